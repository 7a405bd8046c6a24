/**
 * The main job: feeds records into the account, waits until they have gone their way, replays what failed, and keeps
 * the books.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalAccount, startLocal } from '../account/start-local.ts';
import { tallyMetrics } from '../accounting/metrics.ts';
import type { Options } from '../command-line/arguments.ts';
import type { OpenInput } from '../input/open.ts';
import { type ProducerFigures, produce } from '../producer/kinesis.ts';
import { produceLogEvents } from '../producer/log-events.ts';
import { type Progress, showProgress, type Terminal } from '../progress/progress.ts';
import type { RunReport } from '../report/run-report.ts';
import { breakConsumer } from './crash.ts';
import { failuresSoFar } from './failures.ts';
import { type Feed, feedsOf } from './feed.ts';
import { keepTable } from './keep-table.ts';
import { replayDeadLetters } from './replay.ts';
import { reportRun } from './report-run.ts';
import { stackParts } from './stack.ts';
import { stagesOf } from './stages.ts';
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
/** After an interruption a person waits no longer than this. */
const INTERRUPTED_DRAIN_MS = 20_000;

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
  const refusedFolder = resolve(options.data, 'refused');
  const feeds = feedsOf(options, input, { refusedFolder, streamRecordBytes: parts.streamRecordBytes }).map((feed) => ({
    feed,
    figures: { sent: 0, refused: 0 },
  }));
  const deployFix = breakConsumer(account.faults, parts.consumer);
  const started = performance.now();
  const progress = showProgress(stagesOf(account, parts, feeds, metrics), options.terminal);
  const memory = watchMemory();
  const settle = (): Promise<void> =>
    account.drain({ timeoutMs: options.signal.aborted ? INTERRUPTED_DRAIN_MS : DRAIN_MS });
  try {
    for (const warning of input?.warnings ?? []) progress.say(warning);
    await Promise.all(feeds.map(({ feed, figures }) => send(feed, figures, account, options)));
    await settleOrSay(settle, options, progress);
    const failures = failuresSoFar(account, parts, metrics);
    deployFix();
    const sources = replaySources(account, parts);
    const replay = options.signal.aborted
      ? undefined
      : await replayDeadLetters(account.functions, parts.replayer, sources, () =>
          settleOrSay(settle, options, progress),
        );
    progress.end();
    const seconds = (performance.now() - started) / 1_000;
    await keepTable(account.tables, parts.windowsTable, resolve(options.data));
    return await reportRun({ account, parts, metrics, feeds, failures, replay, seconds, memory, options });
  } finally {
    progress.end();
    metrics.stop();
    memory.stop();
    await input?.close();
  }
}

async function send(
  feed: Feed,
  figures: ProducerFigures,
  account: LocalAccount,
  { signal, rate }: RunOptions,
): Promise<void> {
  const parts = stackParts(account.template.resources);
  const { endpoint, clock } = account;
  if (feed.name === 'logs') {
    const logStream = 'web-1';
    const logs = { endpoint, logGroup: parts.logGroup, logStream, now: () => clock.now(), signal };
    return produceLogEvents(feed.batches(), logs, figures);
  }
  const isAhead = (): boolean => figures.sent - readFrom(account, parts.stream) > MOST_AHEAD;
  const mayGoOn = async (): Promise<void> => {
    while (isAhead() && !signal.aborted) await sleep(10);
  };
  await produce(feed.batches(), { endpoint, stream: parts.stream, rate, mayGoOn, signal }, figures);
}

/** Records that the mappings of a stream have read. */
function readFrom(account: LocalAccount, stream: string): number {
  const arn = account.streams.arnOf(stream);
  const readings = account.mappings.figures().filter(({ eventSourceArn }) => eventSourceArn === arn);
  return Math.min(...readings.map(({ read }) => read));
}

/** An account that does not come to rest is said so, and the books then show what is where. */
async function settleOrSay(settle: () => Promise<void>, { signal }: RunOptions, progress: Progress): Promise<void> {
  try {
    await settle();
  } catch (cause) {
    progress.say(signal.aborted ? 'Not everything that was sent could go its way in time.' : (cause as Error).message);
  }
}

/** The largest this process has been, in MB. */
export interface MemoryWatch {
  peakMb(): number;
  stop(): void;
}

const LOOK_MS = 200;

function watchMemory(): MemoryWatch {
  let peak = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return {
    peakMb() {
      look();
      return Math.round(peak / 1024 / 1024);
    },
    stop: () => clearInterval(timer),
  };
}
