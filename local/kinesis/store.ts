/** The account's streams, by name; what every operation and the account itself work on. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Faults, ShardPosition, ShardRead, Streams } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { hashOfPartitionKey } from './hash-range.ts';
import {
  appendRecord,
  type Consumer,
  HOUR_MS,
  type NewStream,
  openStream,
  type Shard,
  type Stream,
  shardFor,
  trimHorizon,
  trimStream,
} from './stream.ts';

export interface KinesisOptions {
  readonly clock: Clock;
  readonly faults?: Faults;
  readonly accountId?: string;
  readonly region?: string;
  /** Where records are kept beyond the newest few MiB of each shard; all in memory when absent. */
  readonly dataDir?: string;
  /** Whether API clients meet the shards' write and read limits; true unless told. */
  readonly limits?: boolean;
}

export interface StreamStore {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly accountId: string;
  readonly region: string;
  readonly limits: boolean;
  readonly streams: Map<string, Stream>;
  create(wanted: NewStream): Stream;
  remove(stream: Stream): void;
  /** Finds by name or ARN, a consumer's ARN included. */
  stream(nameOrArn: string): Stream;
  shard(stream: Stream, shardId: string): Shard;
  addConsumer(stream: Stream, name: string, arn?: string): Consumer;
  /** Tells the listeners, once for all that happens in one turn. */
  changed(stream: Stream): void;
}

export function createStore(options: KinesisOptions): StreamStore {
  const { clock, accountId = '000000000000', region = 'us-east-1' } = options;
  const folder = options.dataDir === undefined ? undefined : join(options.dataDir, 'kinesis');
  // Streams don't outlive the account: what an earlier run left can't be reached any more.
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  const streams = new Map<string, Stream>();
  const telling = new Set<Stream>();
  let opened = 0;

  const store: StreamStore = {
    clock,
    faults: options.faults ?? {},
    accountId,
    region,
    limits: options.limits ?? true,
    streams,
    create(wanted) {
      if (streams.has(wanted.name)) {
        throw new AwsError(
          'ResourceInUseException',
          `Stream ${wanted.name} under account ${accountId} already exists.`,
        );
      }
      opened += 1;
      // Numbered: a stream that is made anew must not find its forerunner's segments.
      const own = folder === undefined ? undefined : join(folder, `${wanted.name}.${opened}`);
      const arn = `arn:aws:kinesis:${region}:${accountId}:stream/${wanted.name}`;
      const stream = openStream(wanted, { serial: opened, arn, now: clock.now(), folder: own });
      streams.set(wanted.name, stream);
      return stream;
    },
    remove(stream) {
      streams.delete(stream.name);
      for (const shard of stream.shards.values()) shard.log.drop();
      store.changed(stream);
    },
    stream(nameOrArn) {
      const name = nameOrArn.startsWith('arn:') ? (nameOrArn.split('/')[1] ?? '') : nameOrArn;
      const stream = streams.get(name);
      if (stream !== undefined) return stream;
      throw new AwsError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`);
    },
    shard(stream, shardId) {
      trimStream(stream, clock.now());
      const shard = stream.shards.get(shardId);
      if (shard !== undefined) return shard;
      throw new AwsError(
        'ResourceNotFoundException',
        `Shard ${shardId} in stream ${stream.name} under account ${accountId} does not exist`,
      );
    },
    addConsumer(stream, name, given) {
      if (stream.consumers.has(name)) {
        throw new AwsError('ResourceInUseException', `Consumer ${name} of stream ${stream.name} already exists.`);
      }
      const createdAt = clock.now();
      const arn = given ?? `${stream.arn}/consumer/${name}:${Math.floor(createdAt / 1000)}`;
      const consumer = { name, arn, createdAt, subscriptions: new Map() };
      stream.consumers.set(name, consumer);
      return consumer;
    },
    changed(stream) {
      if (telling.has(stream) || stream.listeners.size === 0) return;
      telling.add(stream);
      queueMicrotask(() => {
        telling.delete(stream);
        for (const listener of [...stream.listeners]) listener();
      });
    },
  };
  return store;
}

/** Kinesis as the account's own parts read it: no limits, no faults. */
export function streamsOf(store: StreamStore): Streams {
  return {
    arnOf: (stream) => store.stream(stream).arn,
    shards(name) {
      const stream = store.stream(name);
      trimStream(stream, store.clock.now());
      return [...stream.shards.values()].map((shard) => ({
        shardId: shard.id,
        parents: shard.parents,
        closed: shard.closed !== undefined,
      }));
    },
    retentionMs: (stream) => store.stream(stream).retentionHours * HOUR_MS,
    read(name, shardId, after, limit) {
      const stream = store.stream(name);
      return readShard(stream, store.shard(stream, shardId), after, limit, store.clock.now());
    },
    put(name, entries) {
      const stream = store.stream(name);
      const now = store.clock.now();
      trimStream(stream, now);
      const placed = entries.map(({ partitionKey, data }) => {
        const shard = shardFor(stream, hashOfPartitionKey(partitionKey));
        return { shardId: shard.id, sequenceNumber: appendRecord(shard, partitionKey, data, now) };
      });
      store.changed(stream);
      return placed;
    },
    onChange(name, listener) {
      const { listeners } = store.stream(name);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function readShard(
  stream: Stream,
  shard: Shard,
  position: ShardPosition,
  limit: { records: number; bytes: number },
  now: number,
): Required<ShardRead> {
  const { entries, nextArrival } = shard.log.read(position, trimHorizon(stream, now), limit);
  const last = entries[entries.length - 1];
  const atTip = nextArrival === undefined;
  return {
    entries,
    millisBehindLatest: atTip ? 0 : Math.max(now - (last?.arrival ?? nextArrival), 0),
    ended: atTip && shard.closed !== undefined,
    next: positionAfter(shard, position, last?.sequenceNumber),
  };
}

/** Where a reader stands. With nothing read, a position that names no record stands at the tip there was. */
function positionAfter(shard: Shard, position: ShardPosition, last: string | undefined): ShardPosition {
  if (last !== undefined) return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last };
  if (position.type === 'AT_SEQUENCE_NUMBER' || position.type === 'AFTER_SEQUENCE_NUMBER') return position;
  return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: shard.lastSequenceNumber };
}
