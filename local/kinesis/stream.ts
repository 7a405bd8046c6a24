/** A stream and its shards: what the operations work on. */
import { join } from 'node:path';
import type { StreamEntry } from '../account/contracts.ts';
import { evenRanges, type HashRange } from './hash-range.ts';
import { sequenceBase, sequenceNumber } from './sequence-number.ts';
import { createShardLog, type ShardLog } from './shard-log.ts';
import { createThroughput, type Throughput } from './throughput.ts';

export interface Shard {
  readonly id: string;
  readonly index: number;
  readonly range: HashRange;
  readonly parents: readonly string[];
  readonly createdSeconds: number;
  readonly createdAt: number;
  readonly base: bigint;
  readonly log: ShardLog;
  readonly startingSequenceNumber: string;
  /** Set when a split or merge closed it. */
  closed: { readonly at: number; readonly endingSequenceNumber: string } | undefined;
  /** Records ever put. */
  count: number;
  lastSequenceNumber: string;
  /** Records a second and bytes a second. */
  readonly writes: Throughput;
  /** GetRecords calls a second and bytes a second. */
  readonly reads: Throughput;
}

export interface Consumer {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** The subscription that runs for each shard: when it began, and what ends it. */
  readonly subscriptions: Map<string, { readonly since: number; readonly end: () => void }>;
}

export interface Stream {
  readonly name: string;
  /** Another for each stream ever made, be it of the same name. */
  readonly serial: number;
  readonly arn: string;
  readonly createdAt: number;
  readonly shards: Map<string, Shard>;
  readonly consumers: Map<string, Consumer>;
  readonly tags: Map<string, string>;
  readonly listeners: Set<() => void>;
  readonly metrics: Set<string>;
  onDemand: boolean;
  retentionHours: number;
  maxRecordKiB: number;
  keyId: string | undefined;
  nextShard: number;
  /** The open shards in the order of their ranges; made when first asked for after a change. */
  route: readonly Shard[] | undefined;
  trimmedAt: number;
  /** On-demand only: the whole stream's writes. */
  readonly capacity: OnDemandCapacity;
  readonly folder: string | undefined;
}

/** What an on-demand stream takes, grown to double its peak. */
interface OnDemandCapacity {
  take(now: number, bytes: number): boolean;
}

/** Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD_WRITE = { records: 1000, bytes: 1024 * 1024 };
export const SHARD_READ = { calls: 5, bytes: 2 * 1024 * 1024 };
const ON_DEMAND_START = { records: 4000, bytes: 4 * 1024 * 1024, shards: 4 };
const ON_DEMAND_MOST = { records: 200_000, bytes: 200 * 1024 * 1024 };
const TRIM_EVERY_MS = 1000;
export const HOUR_MS = 3_600_000;

export interface NewStream {
  readonly name: string;
  /** Provisioned shards; absent for on-demand. */
  readonly shardCount?: number;
  readonly onDemand?: boolean;
  readonly retentionHours?: number;
  readonly maxRecordSizeKiB?: number;
  /** The KMS key; present for server-side encryption. */
  readonly keyId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface Opening {
  readonly serial: number;
  readonly arn: string;
  readonly now: number;
  readonly folder: string | undefined;
}

export function openStream(wanted: NewStream, { serial, arn, now, folder }: Opening): Stream {
  const stream: Stream = {
    name: wanted.name,
    serial,
    arn,
    createdAt: now,
    shards: new Map(),
    consumers: new Map(),
    tags: new Map(Object.entries(wanted.tags ?? {})),
    listeners: new Set(),
    metrics: new Set(),
    onDemand: wanted.onDemand ?? wanted.shardCount === undefined,
    retentionHours: wanted.retentionHours ?? 24,
    maxRecordKiB: wanted.maxRecordSizeKiB ?? 1024,
    keyId: wanted.keyId,
    nextShard: 0,
    route: undefined,
    trimmedAt: now,
    capacity: createOnDemandCapacity(),
    folder,
  };
  const count = stream.onDemand ? ON_DEMAND_START.shards : (wanted.shardCount ?? 1);
  for (const range of evenRanges(count)) addShard(stream, range, [], now);
  return stream;
}

/** Opens a shard. A child's numbers start above its parents': its creation counts as later, be it in the same second. */
export function addShard(stream: Stream, range: HashRange, parents: readonly Shard[], now: number): Shard {
  const index = stream.nextShard;
  stream.nextShard += 1;
  const after = Math.max(0, ...parents.map((parent) => parent.createdSeconds + 1));
  const createdSeconds = Math.max(Math.floor(now / 1000), after);
  const base = sequenceBase(createdSeconds, index);
  const startingSequenceNumber = sequenceNumber(base, 0, createdSeconds * 1000);
  const id = `shardId-${String(index).padStart(12, '0')}`;
  const shard: Shard = {
    id,
    index,
    range,
    parents: parents.map((parent) => parent.id),
    createdSeconds,
    createdAt: now,
    base,
    log: createShardLog(stream.folder === undefined ? undefined : join(stream.folder, id)),
    startingSequenceNumber,
    closed: undefined,
    count: 0,
    lastSequenceNumber: startingSequenceNumber,
    writes: createThroughput([SHARD_WRITE.records, SHARD_WRITE.bytes]),
    reads: createThroughput([SHARD_READ.calls, SHARD_READ.bytes]),
  };
  stream.shards.set(id, shard);
  stream.route = undefined;
  return shard;
}

export function closeShard(stream: Stream, shard: Shard, now: number): void {
  shard.closed = { at: now, endingSequenceNumber: sequenceNumber(shard.base, shard.count + 1, now) };
  stream.route = undefined;
}

/** The open shards, in the order of their hash ranges. */
export function openShards(stream: Stream): readonly Shard[] {
  stream.route ??= [...stream.shards.values()]
    .filter((shard) => shard.closed === undefined)
    .sort((a, b) => (a.range.start < b.range.start ? -1 : 1));
  return stream.route;
}

export function shardFor(stream: Stream, hashKey: string): Shard {
  const shards = openShards(stream);
  let low = 0;
  let high = shards.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((shards[middle] as Shard).range.start <= hashKey) low = middle;
    else high = middle - 1;
  }
  return shards[low] as Shard;
}

export function appendRecord(shard: Shard, partitionKey: string, data: Buffer, now: number): string {
  const arrival = Math.max(now, shard.log.lastArrival);
  const number = sequenceNumber(shard.base, shard.count + 1, arrival);
  const entry: StreamEntry = { sequenceNumber: number, partitionKey, data, arrival };
  shard.log.append(entry);
  shard.count += 1;
  shard.lastSequenceNumber = number;
  return number;
}

/** Epoch milliseconds before which records are gone. */
export function trimHorizon(stream: Stream, now: number): number {
  return now - stream.retentionHours * HOUR_MS;
}

/** Lets go of what retention has ended for: records, and closed shards that can hold none any more. */
export function trimStream(stream: Stream, now: number): void {
  if (now - stream.trimmedAt < TRIM_EVERY_MS) return;
  stream.trimmedAt = now;
  const horizon = trimHorizon(stream, now);
  for (const shard of stream.shards.values()) {
    if (shard.closed !== undefined && shard.closed.at < horizon) {
      shard.log.drop();
      stream.shards.delete(shard.id);
    } else shard.log.trim(horizon);
  }
}

/**
 * An on-demand stream starts at 4 MiB and 4,000 records a second and takes up to double its former peak.
 * AWS looks back 30 days and grows within 15 minutes; here the peak is that of any second so far, and counts from the next.
 */
function createOnDemandCapacity(): OnDemandCapacity {
  let rates = { records: ON_DEMAND_START.records, bytes: ON_DEMAND_START.bytes };
  const bucket = createThroughput([rates.records, rates.bytes]);
  let second = 0;
  let used = { records: 0, bytes: 0 };

  function grow(now: number): void {
    const current = Math.floor(now / 1000);
    if (current === second) return;
    const next = {
      records: Math.min(Math.max(rates.records, used.records * 2), ON_DEMAND_MOST.records),
      bytes: Math.min(Math.max(rates.bytes, used.bytes * 2), ON_DEMAND_MOST.bytes),
    };
    second = current;
    used = { records: 0, bytes: 0 };
    if (next.records === rates.records && next.bytes === rates.bytes) return;
    rates = next;
    bucket.resize([rates.records, rates.bytes]);
  }

  return {
    take(now, bytes) {
      grow(now);
      const taken = bucket.take(now, [1, bytes]);
      if (taken) used = { records: used.records + 1, bytes: used.bytes + bytes };
      return taken;
    },
  };
}
