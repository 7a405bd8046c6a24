import type { FunctionFigures } from '../account/contracts.ts';
import type { LocalAccount } from '../account/start-local.ts';
import { addBalances, type Balance } from '../accounting/balance.ts';
import type { Entry } from '../generator/records.ts';
import type { FunctionReport, Place, RunReport, Sample } from '../report/run-report.ts';
import { type Books, destinationOf, droppedBy, keepBooks } from './books.ts';
import type { Feed } from './feed.ts';
import type { Job } from './job.ts';
import type { MemoryWatch } from './memory.ts';
import { filesIn } from './places.ts';
import type { ReplayFigures } from './replay.ts';
import { takeSamples } from './samples.ts';
import type { StackParts } from './stack.ts';
import type { Sending } from './stages.ts';

export interface Outcome extends Job {
  /** What failed before anything was replayed, by code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Undefined: nothing was replayed, since the run was stopped. */
  readonly replay: ReplayFigures | undefined;
  readonly seconds: number;
  readonly memory: MemoryWatch;
  readonly pipeline: string;
}

export async function reportRun(outcome: Outcome): Promise<RunReport> {
  const { account, parts, metrics, feeds, failures, replay, seconds, memory, stop } = outcome;
  const stopped = stop.signal.aborted;
  const books: [string, Books][] = [];
  for (const { feed, figures } of feeds) {
    const sent = { feed, taken: figures.sent, partly: stopped };
    books.push([feed.name, await keepBooks(account, parts, metrics, sent)]);
  }
  const balance = addBalances(books.map(([, { balance: each }]) => each));
  // Before the samples are taken, which are invocations too.
  const functions = functionReports(account);
  const dropped = sumOf(feeds.map(({ feed }) => droppedBy(metrics, destinationOf(feed.name, parts))));
  return {
    ...balance,
    failed: total(failures),
    replayed: replay?.replayed ?? 0,
    functions,
    pipeline: outcome.pipeline,
    streams: Object.fromEntries(books.map(([name, { balance: each }]): [string, Balance] => [name, each])),
    droppedByReason: dropped,
    failedByCode: failures,
    quarantinedByCode: sumOf(books.map(([, { quarantinedByCode }]) => quarantinedByCode)),
    refused: sumOf(feeds.map(({ feed }) => feed.own?.refused.counts() ?? {})),
    seconds: Math.round(seconds * 100) / 100,
    recordsPerSecond: Math.round(balance.in / Math.max(seconds, 0.001)),
    peakMemoryMb: memory.peakMb(),
    functionsPeakMemoryMb: memory.functionsPeakMb(),
    interrupted: stopped && stop.fault() === undefined,
    damaged: stop.fault() !== undefined || feeds.some(({ feed }) => feed.own?.figures.damage !== undefined),
    remarks: [...books.flatMap(([, { remarks }]) => remarks), ...replayRemarks(replay), ...stopRemarks(outcome)],
    samples: stopped ? [] : await samplesOf(account, parts, feeds),
    places: placesOf(account, parts, feeds),
  };
}

/** `firehoseTransform`, as serverless.yml calls it. */
function functionReports(account: LocalAccount): Record<string, FunctionReport> {
  const used = account.functions.figures().filter(({ invocations }) => invocations > 0);
  return Object.fromEntries(
    used.map(({ name, ...figures }: FunctionFigures) => [name.slice(name.lastIndexOf('-') + 1), figures]),
  );
}

function replayRemarks(replay: ReplayFigures | undefined): string[] {
  if (replay === undefined) return [];
  const remarks = Object.entries(replay.faults).map(([code, count]) => `the replayer met ${code} ${count} times`);
  if (replay.lost > 0) remarks.push(`${replay.lost} records had left the stream before they could be replayed`);
  return remarks;
}

function stopRemarks({ stop, feeds }: Job): string[] {
  if (!stop.signal.aborted) return [];
  const unsent = feeds.flatMap(({ feed, figures }) => {
    const left = feed.expected === undefined ? undefined : feed.expected - figures.sent;
    return left === 0 ? [] : [`${left === undefined ? 'what was left' : left.toLocaleString('en-US')} of ${feed.name}`];
  });
  const remarks = unsent.length > 0 ? [`not sent any more: ${unsent.join(', ')}`] : [];
  const fault = stop.fault();
  return fault === undefined ? remarks : [fault, ...remarks];
}

/** Enough to find three that the pipeline lets through. */
const CANDIDATES = 20;

async function samplesOf(
  account: LocalAccount,
  parts: StackParts,
  feeds: readonly Sending[],
): Promise<readonly Sample[]> {
  const feed = feeds.find(({ feed: { name } }) => name === 'events')?.feed;
  if (feed === undefined) return [];
  const arn = `arn:aws:firehose:us-east-1:000000000000:deliverystream/${parts.eventsDelivery}`;
  return takeSamples(account.functions, parts.transform, arn, candidatesOf(feed));
}

function candidatesOf({ generated, own }: Feed): readonly Entry[] {
  if (generated === undefined) return (own?.figures.first ?? []).map((data) => ({ data, partitionKey: '' }));
  const { generator, total: count, seed } = generated;
  return Array.from({ length: Math.min(CANDIDATES, count) }, (_, index) => generator.record(index, count, seed));
}

function placesOf({ objects }: LocalAccount, parts: StackParts, feeds: readonly Sending[]): readonly Place[] {
  const buckets = { lake: parts.lakeBucket, quarantine: parts.quarantineBucket, errors: parts.errorBucket };
  const places = Object.entries(buckets).map(([name, bucket]) => filesIn(name, objects.folderOf(bucket)));
  const refused = feeds.flatMap(({ feed: { own } }) =>
    own === undefined ? [] : [filesIn('refused', own.refused.folder)],
  );
  return [...places, ...refused.filter(({ objects: count }) => count > 0)];
}

function sumOf(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
