import { randomUUID } from 'node:crypto';
import { errorName } from '../delivery/put-error.ts';
import { now, sleep } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { logger } from '../platform/logger.ts';
import type { Continuation, ReplayCommand } from './command.ts';
import type { Container } from './container.ts';
import { earlier, keepLease, LEASE_MS } from './lease.ts';
import { LeaseLostError } from './ledger.ts';
import { messagesOf } from './messages.ts';
import { objectsUnder } from './objects.ts';
import { replayContainer } from './replay-container.ts';
import type { Sample } from './samples.ts';
import { stores } from './stores.ts';
import { type Summary, tally } from './summary.ts';
import { type Replay, workFor } from './work.ts';

/** What a replay answers with. */
export interface ReplayAnswer extends Summary {
  readonly dryRun: boolean;
  /** Of a dry run: what each error code's records look like, without their values. */
  readonly samples?: readonly Sample[];
  /** Present where time ran out: what the next invocation is given. */
  readonly continuation?: Continuation;
}

/** How a container was left: `elsewhere`, another invocation has it. */
export type End = 'done' | 'left' | 'failed' | 'elsewhere' | 'interrupted';

/** Small containers that are replayed side by side. */
const CONCURRENCY = 10;
/** A killed invocation's lease ends within this. */
const WAIT_MS = LEASE_MS + 5_000;
const MOST_LATER = 1_000;

/** Carries out a command until its source is done, its limit is met, or the invocation's time is nearly up. */
export async function replay(command: ReplayCommand, deadline: Deadline): Promise<ReplayAnswer> {
  const work = workFor(command, deadline);
  const startedAt = command.continuation?.startedAt ?? now();
  const run: Run = { work, running: new Set(), later: [], after: command.continuation?.after, unfinished: false };
  for await (const container of containersOf(command, startedAt, deadline)) {
    if (isOutOfTime(work)) run.unfinished = true;
    else await begin(run, container);
    if (run.unfinished) await container.leave();
    if (run.unfinished || isOverLimit(work)) break;
  }
  await Promise.all(run.running);
  await tryAgain(run);
  const { after, unfinished } = run;
  return answerOf(work, unfinished ? { after, startedAt, runs: (command.continuation?.runs ?? 0) + 1 } : undefined);
}

/** One call of `replay`. */
interface Run {
  readonly work: Replay;
  readonly running: Set<Promise<void>>;
  /** Containers that another invocation had. */
  readonly later: Container[];
  /** Objects up to this key were gone through. */
  after: string | undefined;
  unfinished: boolean;
}

/** Small containers go side by side, each other one alone. */
async function begin(run: Run, container: Container): Promise<void> {
  if (!container.isSmall) await Promise.all(run.running);
  else if (run.running.size >= CONCURRENCY) await Promise.race(run.running);
  const ending = replayOne(container, run.work).then((end) => {
    if (end === 'interrupted') run.unfinished = true;
    else if (end === 'elsewhere' && run.later.length < MOST_LATER) run.later.push(container);
    else if (end === 'elsewhere') tally(run.work.summary.skipped, 'being replayed elsewhere');
    if (end !== 'interrupted' && container.key !== undefined) run.after = container.key;
  });
  const settled = ending.finally(() => run.running.delete(settled));
  run.running.add(settled);
  if (!container.isSmall) await settled;
}

/** Containers that another invocation had: where it was killed, its lease ends soon. */
async function tryAgain({ work, later }: Run): Promise<void> {
  const end = now() + WAIT_MS;
  let waiting = later;
  while (waiting.length > 0 && now() < end && !isOutOfTime(work)) {
    await sleep(1_000);
    const still: Container[] = [];
    for (const container of waiting) if ((await replayOne(container, work)) === 'elsewhere') still.push(container);
    waiting = still;
  }
  tally(work.summary.skipped, 'being replayed elsewhere', waiting.length);
  for (const container of waiting) await container.leave();
}

/** One container, under a lease, and settled once every record in it is done. Rejects for nothing that concerns it alone. */
export async function replayOne(container: Container, work: Replay): Promise<End> {
  try {
    return work.command.dryRun ? await look(container, work) : await take(container, work);
  } catch (error) {
    if (error instanceof LeaseLostError) return 'elsewhere';
    const code = errorName(error);
    tally(work.summary.failed, code);
    logger.error('Dead letters could not be replayed', { source: container.name, error: code });
    await container.leave().catch(() => undefined);
    return 'failed';
  }
}

/** Goes through a container without changing anything. */
async function look(container: Container, work: Replay): Promise<End> {
  const end = await replayContainer({ ...container, owner: '', begun: true }, work);
  work.summary.sources.read += 1;
  await container.leave();
  return end === 'interrupted' ? end : 'left';
}

async function take(container: Container, work: Replay): Promise<End> {
  const { ledger, summary } = work;
  const owner = randomUUID();
  const asked = now();
  const lease = await ledger.lease(container.name, owner, asked + LEASE_MS);
  if (lease === undefined) return 'elsewhere';
  const held = keepLease(container, owner, ledger, asked);
  let settled = lease.settled;
  if (settled) tally(summary.skipped, 'source already replayed');
  try {
    const times = { ...work.times, puts: earlier(work.times.puts, held.deadline) };
    const end = settled
      ? 'settled'
      : await replayContainer({ ...container, owner, begun: lease.begun }, { ...work, times });
    if (end === 'interrupted') return end;
    summary.sources.read += 1;
    settled = end === 'settled';
    if (settled) {
      await container.settle();
      summary.sources.settled += 1;
    } else await container.leave();
    return settled ? 'done' : 'left';
  } finally {
    held.stop();
    // A lease that can't be given back ends by itself.
    await ledger.release(container.name, owner, settled).catch(() => undefined);
  }
}

function containersOf(command: ReplayCommand, startedAt: number, deadline: Deadline): AsyncIterable<Container> {
  const { source, since, settle, dryRun } = command;
  return source.kind === 'objects'
    ? objectsUnder({ ...source, after: command.continuation?.after, since, until: startedAt + 1, settle })
    : messagesOf({ url: source.url, startedAt, settle, dryRun, deadline }, stores);
}

function isOutOfTime({ times, reserveMs }: Replay): boolean {
  return times.invocations.remainingMs() < reserveMs;
}

function isOverLimit({ command, summary }: Replay): boolean {
  return summary.replayed + summary.quarantined >= (command.limit ?? Number.POSITIVE_INFINITY);
}

function answerOf(work: Replay, next: Omit<Continuation, 'summary'> | undefined): ReplayAnswer {
  const { command, summary, samples } = work;
  return {
    ...summary,
    dryRun: command.dryRun,
    ...(command.dryRun ? { samples: [...samples.values()] } : {}),
    ...(next === undefined ? {} : { continuation: { ...next, summary } }),
  };
}
