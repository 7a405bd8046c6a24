/**
 * The main job: feeds records into the account, waits until they have gone their way, replays what failed, and keeps
 * the books.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../account/drain.ts';
import { type LocalAccount, startLocal } from '../account/start-local.ts';
import { tallyMetrics } from '../accounting/metrics.ts';
import type { Options } from '../command-line/arguments.ts';
import type { OpenInput } from '../input/open.ts';
import { produce } from '../producer/kinesis.ts';
import { produceLogEvents } from '../producer/log-events.ts';
import { showProgress, type Terminal } from '../progress/progress.ts';
import { keepLedger } from '../replay/ledger-file.ts';
import type { RunReport } from '../report/run-report.ts';
import { breakConsumer } from './crash.ts';
import { failuresSoFar } from './failures.ts';
import { feedsOf } from './feed.ts';
import type { Job } from './job.ts';
import { keepTable } from './keep-table.ts';
import { watchMemory } from './memory.ts';
import { type ReplayFigures, replayDeadLetters } from './replay.ts';
import { reportRun } from './report-run.ts';
import { stackParts } from './stack.ts';
import { type Sending, stagesOf } from './stages.ts';
import { watchForStop } from './stop.ts';
import { replaySources } from './waiting.ts';

export interface RunOptions extends Options {
  /** Aborted when the person interrupts: what was sent goes its way still, and is accounted for. */
  readonly signal: AbortSignal;
  readonly terminal?: Terminal;
}

export interface Run {
  readonly account: LocalAccount;
  readonly report: RunReport;
}

/** Records in the stream that no consumer has read yet: more than this, and the producer waits. */
const MOST_AHEAD = 50_000;
const DRAIN_MS = 600_000;
/** After a stop nobody waits longer than this, once for what is on its way and once for what Firehose holds. */
const STOPPED_DRAIN_MS = 10_000;

export async function runJob(options: RunOptions, input: OpenInput | undefined): Promise<Run> {
  const account = await startLocal({
    dataDir: resolve(options.data),
    pipeline: options.pipeline,
    ...(options.port !== undefined && { port: options.port }),
  });
  try {
    return { account, report: await runIn(account, options, input) };
  } catch (cause) {
    await account.stop();
    throw cause;
  }
}

async function runIn(account: LocalAccount, options: RunOptions, input: OpenInput | undefined): Promise<RunReport> {
  const parts = stackParts(account.template.resources);
  const metrics = tallyMetrics(account.functions);
  const feeds = feedsOf(options, input, {
    refusedFolder: resolve(options.data, 'refused'),
    streamRecordBytes: parts.streamRecordBytes,
  }).map((feed) => ({ feed, figures: { sent: 0, refused: 0 } }));
  const started = performance.now();
  const progress = showProgress(stagesOf(account, parts, feeds, metrics), options.terminal);
  const stop = watchForStop(account, options.signal, progress.say);
  const memory = watchMemory();
  const job: Job = { account, parts, metrics, feeds, stop, progress, rate: options.rate };
  try {
    for (const warning of input?.warnings ?? []) progress.say(warning);
    const done = await sendAndReplay(job);
    progress.end();
    const seconds = (performance.now() - started) / 1_000;
    if (stop.fault() === undefined) {
      await keepTable(account.tables, parts.windowsTable, resolve(options.data));
      await keepLedger(account, resolve(options.data));
    }
    return await reportRun({ ...job, ...done, seconds, memory, pipeline: options.pipeline });
  } finally {
    progress.end();
    stop.close();
    metrics.stop();
    memory.stop();
    await input?.close();
  }
}

interface Done {
  /** What failed before anything was replayed, by code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Undefined: nothing was replayed, since the run was stopped. */
  readonly replay: ReplayFigures | undefined;
}

async function sendAndReplay(job: Job): Promise<Done> {
  const { account, parts, metrics, feeds, stop } = job;
  const deployFix = breakConsumer(account.faults, parts.consumer);
  // Nothing is to hold up what is left to do.
  stop.signal.addEventListener('abort', deployFix, { once: true });
  await Promise.all(feeds.map((sending) => send(sending, job)));
  await settle(job);
  const failures = failuresSoFar(account, parts, metrics);
  if (stop.signal.aborted) return { failures, replay: undefined };
  deployFix();
  const replayed = replayDeadLetters(account.functions, parts.replayer, replaySources(account, parts), () =>
    settle(job),
  );
  return { failures, replay: await replayed };
}

async function send({ feed, figures }: Sending, { account, parts, stop, rate }: Job): Promise<void> {
  const { endpoint, clock } = account;
  const { signal } = stop;
  try {
    if (feed.name === 'logs') {
      const logs = { endpoint, logGroup: parts.logGroup, logStream: 'web-1', now: () => clock.now(), signal };
      return await produceLogEvents(feed.batches(), logs, figures);
    }
    const isAhead = (): boolean => figures.sent - readFrom(account, parts.stream) > MOST_AHEAD;
    const mayGoOn = async (): Promise<void> => {
      while (isAhead() && !signal.aborted) await sleep(10);
    };
    await produce(feed.batches(), { endpoint, stream: parts.stream, rate, mayGoOn, signal }, figures);
  } catch (cause) {
    // A stream that can't write its records refuses them: told as the disk's fault, by `stop`.
    if (account.diskFault() === undefined) throw cause;
  }
}

/** Records that the mappings of a stream have read. */
function readFrom(account: LocalAccount, stream: string): number {
  const arn = account.streams.arnOf(stream);
  const readings = account.mappings.figures().filter(({ eventSourceArn }) => eventSourceArn === arn);
  return Math.min(...readings.map(({ read }) => read));
}

/** Waits until all is at rest. An account that does not come to rest is said so, and the books show what is where. */
async function settle({ account, stop, progress }: Job): Promise<void> {
  const limit = new Promise<void>((resolve) => {
    const hurry = (): void => void sleep(STOPPED_DRAIN_MS, undefined, { ref: false }).then(resolve);
    if (stop.signal.aborted) hurry();
    stop.signal.addEventListener('abort', hurry, { once: true });
  });
  try {
    await Promise.race([account.drain({ timeoutMs: DRAIN_MS }), limit]);
  } catch (cause) {
    progress.say((cause as Error).message);
  }
  if (!stop.signal.aborted) return;
  // What reached Firehose is delivered in any case, if it can be.
  await within(account.firehose.flush(), STOPPED_DRAIN_MS);
}
