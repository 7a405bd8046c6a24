import { now } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { requiredSetting } from '../platform/settings.ts';
import type { Continuation, ReplayCommand } from './command.ts';
import type { Container } from './container.ts';
import { ledgerTable } from './ledger-table.ts';
import { messagesOf } from './messages.ts';
import { objectsUnder } from './objects.ts';
import { quarantine, reportLost } from './quarantine.ts';
import { pace } from './rate.ts';
import { CHUNK_MS, type Replay, replayContainer } from './replay-container.ts';
import type { Sample } from './samples.ts';
import { stores } from './stores.ts';
import { emptySummary, type Summary, tally } from './summary.ts';
import { putBack } from './targets.ts';

/** What a replay answers with. */
export interface ReplayAnswer extends Summary {
  readonly dryRun: boolean;
  /** Of a dry run: what each error code's records look like, without their values. */
  readonly samples?: readonly Sample[];
  /** Present where time ran out: what the next invocation is given. */
  readonly continuation?: Continuation;
}

/** How long a source stays with an invocation that was killed before another one may take it: Lambda's longest run. */
const LEASE_MS = 900_000;

/** Carries out a command until its source is done, its limit is met, or the invocation's time is nearly up. */
export async function replay(command: ReplayCommand, owner: string, deadline: Deadline): Promise<ReplayAnswer> {
  const work = workFor(command, deadline);
  const startedAt = command.continuation?.startedAt ?? now();
  let after = command.continuation?.after;
  let unfinished = false;
  for await (const container of containersOf(command, startedAt)) {
    unfinished = deadline.remainingMs() < CHUNK_MS || (await replayOne(container, owner, work)) === 'interrupted';
    if (unfinished) {
      await container.leave();
      break;
    }
    if (isOverLimit(work)) break;
    after = 'key' in container ? (container.key as string) : after;
  }
  return answerOf(work, unfinished ? { after, startedAt, runs: (command.continuation?.runs ?? 0) + 1 } : undefined);
}

export function workFor(command: ReplayCommand, deadline: Deadline): Replay {
  return {
    command,
    ledger: ledgerTable(requiredSetting('LEDGER_TABLE', 'the table of what was replayed')),
    summary: command.continuation?.summary ?? emptySummary(),
    samples: new Map(),
    pace: pace(command.ratePerSecond),
    deadline,
    putBack,
    quarantine,
    reportLost,
  };
}

/** One container, under a lease, and settled once every record in it is done. */
export async function replayOne(
  container: Container,
  owner: string,
  work: Replay,
): Promise<'done' | 'left' | 'interrupted'> {
  const { command, ledger, summary } = work;
  if (!command.dryRun && !(await ledger.lease(container.name, owner, now() + LEASE_MS))) {
    tally(summary.skipped, 'being replayed elsewhere');
    await container.leave();
    return 'left';
  }
  try {
    const end = await replayContainer(container, work);
    if (end === 'interrupted') return end;
    summary.sources.read += 1;
    if (end === 'settled' && !command.dryRun) {
      await container.settle();
      summary.sources.settled += 1;
      return 'done';
    }
    await container.leave();
    return 'left';
  } finally {
    if (!command.dryRun) await ledger.release(container.name, owner);
  }
}

function containersOf(command: ReplayCommand, startedAt: number): AsyncIterable<Container> {
  const { source, since, until, settle } = command;
  return source.kind === 'objects'
    ? objectsUnder({ ...source, after: command.continuation?.after, since, until: until ?? startedAt + 1, settle })
    : messagesOf({ url: source.url, since, until, startedAt }, stores);
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
