import { AwsError, injectedError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { blob, input, list, optional, structure, text } from '../gateway/shape.ts';
import { hashOfPartitionKey, parseHashKey } from './hash-range.ts';
import { findStream, hashKey, partitionKey, sequenceNumberText, streamRef } from './inputs.ts';
import type { StreamStore } from './store.ts';
import { appendRecord, type Shard, type Stream, shardFor, trimStream } from './stream.ts';

/** Source: PutRecords' API reference. */
const MOST_RECORDS = 500;
const MOST_REQUEST_BYTES = 10 * 1024 * 1024;
/** The largest a stream's MaxRecordSizeInKiB can be; a stream's own limit is checked once it is known. */
const MOST_RECORD_BYTES = 10 * 1024 * 1024;

const record = {
  Data: blob({ max: MOST_RECORD_BYTES }),
  PartitionKey: partitionKey,
  ExplicitHashKey: optional(hashKey),
};
const readPutRecord = input({ ...streamRef, ...record, SequenceNumberForOrdering: optional(sequenceNumberText) });
const readPutRecords = input({
  ...streamRef,
  Records: list(structure(record), { min: 1, max: MOST_RECORDS }),
  StreamId: optional(text()),
});

interface Incoming {
  readonly Data: Buffer;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string | undefined;
}

export function putOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    PutRecord(raw) {
      const request = readPutRecord(raw);
      const stream = findStream(store, request);
      checkSize(stream, request);
      const placed = place(store, stream, request);
      if (placed instanceof AwsError) throw placed;
      store.changed(stream);
      return { ...placed, ...encryption(stream) };
    },
    PutRecords(raw) {
      const request = readPutRecords(raw);
      const stream = findStream(store, request);
      checkRequestSize(stream, request.Records);
      let failed = 0;
      const records = request.Records.map((each) => {
        const placed = place(store, stream, each);
        if (!(placed instanceof AwsError)) return placed;
        failed += 1;
        return { ErrorCode: placed.code, ErrorMessage: placed.message };
      });
      if (failed < records.length) store.changed(stream);
      return { FailedRecordCount: failed, Records: records, ...encryption(stream) };
    },
  };
}

function encryption(stream: Stream): { EncryptionType: string } {
  return { EncryptionType: stream.keyId === undefined ? 'NONE' : 'KMS' };
}

type Placed = { SequenceNumber: string; ShardId: string };

/** Appends one record, or says why that one failed: what PutRecords answers in its place. */
function place(store: StreamStore, stream: Stream, incoming: Incoming): Placed | AwsError {
  const now = store.clock.now();
  trimStream(stream, now);
  const fault = store.faults.kinesisPut?.(stream.name, incoming.PartitionKey);
  if (fault !== undefined) return injectedError(fault);
  const shard = shardFor(stream, hashKeyOf(incoming));
  if (store.limits && !withinLimits(stream, shard, sizeOf(incoming), now)) return rateExceeded(store, stream, shard);
  try {
    return { SequenceNumber: appendRecord(shard, incoming.PartitionKey, incoming.Data, now), ShardId: shard.id };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    return new AwsError('InternalFailure', `The stream's data folder can't be written: ${code}.`, {
      status: 500,
      cause,
    });
  }
}

function hashKeyOf(incoming: Incoming): string {
  if (incoming.ExplicitHashKey === undefined) return hashOfPartitionKey(incoming.PartitionKey);
  const key = parseHashKey(incoming.ExplicitHashKey);
  if (key !== undefined) return key;
  throw new AwsError(
    'InvalidArgumentException',
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${incoming.ExplicitHashKey}`,
  );
}

function withinLimits(stream: Stream, shard: Shard, bytes: number, now: number): boolean {
  return stream.onDemand ? stream.capacity.take(now, bytes) : shard.writes.take(now, [1, bytes]);
}

export function rateExceeded(store: StreamStore, stream: Stream, shard: Shard): AwsError {
  return new AwsError(
    'ProvisionedThroughputExceededException',
    `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${store.accountId}.`,
  );
}

function sizeOf(incoming: Incoming): number {
  return incoming.Data.length + Buffer.byteLength(incoming.PartitionKey);
}

function checkRequestSize(stream: Stream, records: readonly Incoming[]): void {
  let total = 0;
  for (const each of records) {
    checkSize(stream, each);
    // A key out of range fails the request before any of its records is put.
    if (each.ExplicitHashKey !== undefined) hashKeyOf(each);
    total += sizeOf(each);
  }
  if (total <= MOST_REQUEST_BYTES) return;
  throw new AwsError('InvalidArgumentException', `Records size exceeds ${MOST_REQUEST_BYTES / 1024 / 1024} MB limit`);
}

function checkSize(stream: Stream, incoming: Incoming): void {
  const most = stream.maxRecordKiB * 1024;
  if (incoming.Data.length <= most) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value of ${incoming.Data.length} bytes at 'data' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  );
}
