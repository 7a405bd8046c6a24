import type { ShardPosition, StreamEntry } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { input, optional, structure, text, timestamp } from '../gateway/shape.ts';
import { decimalHashKey } from './hash-range.ts';
import { findStream, pageSize, seconds, sequenceNumberText, shardId, streamArn, streamRef } from './inputs.ts';
import { rateExceeded } from './put-records.ts';
import { compareSequence, parseSequenceNumber } from './sequence-number.ts';
import { readShard, type StreamStore } from './store.ts';
import type { Shard, Stream } from './stream.ts';
import { createTokens } from './tokens.ts';

const POSITIONS = ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER', 'TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'] as const;
const positionType = text<(typeof POSITIONS)[number]>({ values: POSITIONS });

const readGetShardIterator = input({
  ...streamRef,
  ShardId: shardId,
  ShardIteratorType: positionType,
  StartingSequenceNumber: optional(sequenceNumberText),
  Timestamp: optional(timestamp()),
});
const readGetRecords = input({
  ShardIterator: text({ min: 1, max: 512, hidden: true }),
  Limit: optional(pageSize),
  StreamARN: optional(streamArn),
});

/** A starting position as SubscribeToShard takes it. */
export const startingPosition = structure({
  Type: positionType,
  SequenceNumber: optional(sequenceNumberText),
  Timestamp: optional(timestamp()),
});

/** Source: GetRecords' API reference. */
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_RECORDS = 10_000;
const ITERATOR_LIFE_MS = 300_000;

/** What an iterator says; short names, since it is at most 512 characters. */
interface Iterator {
  readonly s: string;
  /** The stream's serial number: an iterator doesn't outlive its stream. */
  readonly c: number;
  readonly h: string;
  readonly p: ShardPosition;
  readonly t: number;
}

export function readOperations(store: StreamStore): Record<string, JsonOperation> {
  const tokens = createTokens('shard-iterator');
  const issue = (stream: Stream, shard: Shard, position: ShardPosition): string =>
    tokens.seal({
      s: stream.name,
      c: stream.serial,
      h: shard.id,
      p: position,
      t: store.clock.now(),
    } satisfies Iterator);

  function open(sealed: string): { stream: Stream; shard: Shard; position: ShardPosition } {
    const iterator = tokens.open<Iterator>(sealed);
    if (iterator === undefined) throw new AwsError('InvalidArgumentException', 'Invalid ShardIterator.');
    checkAge(iterator.t, store.clock.now());
    const stream = store.stream(iterator.s);
    if (stream.serial !== iterator.c) throw new AwsError('InvalidArgumentException', 'Invalid ShardIterator.');
    return { stream, shard: store.shard(stream, iterator.h), position: iterator.p };
  }

  return {
    GetShardIterator(raw) {
      const request = readGetShardIterator(raw);
      const stream = findStream(store, request);
      const shard = store.shard(stream, request.ShardId);
      const wanted = {
        Type: request.ShardIteratorType,
        SequenceNumber: request.StartingSequenceNumber,
        Timestamp: request.Timestamp,
      };
      return { ShardIterator: issue(stream, shard, positionOf(store, stream, shard, wanted)) };
    },
    GetRecords(raw) {
      const request = readGetRecords(raw);
      const { stream, shard, position } = open(request.ShardIterator);
      const now = store.clock.now();
      if (store.limits && !(shard.reads.ready(now) && shard.reads.take(now, [1, 0])))
        throw rateExceeded(store, stream, shard);
      const limit = { records: Math.min(request.Limit ?? MOST_RECORDS, MOST_RECORDS), bytes: MOST_BYTES };
      const read = readShard(stream, shard, position, limit, now);
      shard.reads.spend(now, [0, read.entries.reduce((sum, entry) => sum + entry.data.length, 0)]);
      return {
        Records: read.entries.map((entry) => recordOf(stream, entry)),
        MillisBehindLatest: read.millisBehindLatest,
        ...(read.ended
          ? { ChildShards: childShards(stream, shard) }
          : { NextShardIterator: issue(stream, shard, read.next) }),
      };
    },
  };
}

function checkAge(issuedAt: number, now: number): void {
  if (now - issuedAt <= ITERATOR_LIFE_MS) return;
  throw new AwsError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${new Date(issuedAt).toUTCString()} while right now it is ${new Date(now).toUTCString()} which is further in the future than the tolerated delay of ${ITERATOR_LIFE_MS} milliseconds.`,
  );
}

interface Wanted {
  readonly Type: (typeof POSITIONS)[number];
  readonly SequenceNumber?: string | undefined;
  readonly Timestamp?: number | undefined;
}

/** Turns a requested position into one that stays put: LATEST is the tip of this moment. */
export function positionOf(store: StreamStore, stream: Stream, shard: Shard, wanted: Wanted): ShardPosition {
  switch (wanted.Type) {
    case 'TRIM_HORIZON':
      return { type: 'TRIM_HORIZON' };
    case 'LATEST':
      return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: shard.lastSequenceNumber };
    case 'AT_TIMESTAMP':
      return { type: 'AT_TIMESTAMP', timestamp: checkedTimestamp(wanted.Timestamp, store.clock.now()) };
    default:
      return { type: wanted.Type, sequenceNumber: checkedSequence(store, stream, shard, wanted) };
  }
}

function checkedTimestamp(at: number | undefined, now: number): number {
  if (at === undefined) {
    throw new AwsError(
      'InvalidArgumentException',
      'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.',
    );
  }
  if (at <= now) return at;
  throw new AwsError(
    'InvalidArgumentException',
    `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${at}, currentTimestampInMillis: ${now}`,
  );
}

function checkedSequence(store: StreamStore, stream: Stream, shard: Shard, wanted: Wanted): string {
  const number = wanted.SequenceNumber;
  if (number === undefined) {
    throw new AwsError(
      'InvalidArgumentException',
      `Must either specify (1) AT_SEQUENCE_NUMBER and StartingSequenceNumber or (2) AFTER_SEQUENCE_NUMBER and StartingSequenceNumber. Request specified ${wanted.Type} and no StartingSequenceNumber.`,
    );
  }
  const parts = parseSequenceNumber(number);
  const foreign = parts !== undefined && parts.shardIndex !== shard.index;
  const beyond = compareSequence(number, shard.closed?.endingSequenceNumber ?? number) > 0;
  const before = compareSequence(number, shard.startingSequenceNumber) < 0;
  if (parts !== undefined && !foreign && !beyond && !before) return number;
  const why = foreign
    ? `Invalid StartingSequenceNumber. It encodes shardId-${String(parts.shardIndex).padStart(12, '0')}, while it was used in a call to a shard with ${shard.id}`
    : `StartingSequenceNumber ${number} used in GetShardIterator on shard ${shard.id} in stream ${stream.name} under account ${store.accountId} is invalid because it did not come from this stream.`;
  throw new AwsError('InvalidArgumentException', why);
}

export function recordOf(stream: Stream, entry: StreamEntry): object {
  return {
    SequenceNumber: entry.sequenceNumber,
    ApproximateArrivalTimestamp: seconds(entry.arrival),
    Data: entry.data.toString('base64'),
    PartitionKey: entry.partitionKey,
    ...(stream.keyId === undefined ? {} : { EncryptionType: 'KMS' }),
  };
}

export function childShards(stream: Stream, shard: Shard): object[] {
  return [...stream.shards.values()]
    .filter((each) => each.parents.includes(shard.id))
    .map((each) => ({
      ShardId: each.id,
      ParentShards: each.parents,
      HashKeyRange: {
        StartingHashKey: decimalHashKey(each.range.start),
        EndingHashKey: decimalHashKey(each.range.end),
      },
    }));
}
