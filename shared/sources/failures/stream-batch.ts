import { byteStringOf } from '../../record/byte-string.ts';
import type { FailedRecord, Found } from './found.ts';

/** `KinesisBatchInfo` of the document that Lambda sends where a batch failed for good. */
export interface StreamBatch {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly batchSize: number;
  readonly streamArn: string;
}

/** The part of the Kinesis API that reading back needs; rejects with the SDK's errors. */
export interface ShardReader {
  /** An iterator at a sequence number; undefined where the stream no longer knows the shard or the number. */
  iteratorAt(streamArn: string, shardId: string, sequenceNumber: string): Promise<string | undefined>;
  read(streamArn: string, iterator: string): Promise<ShardPage>;
}

export interface ShardPage {
  readonly records: readonly StoredRecord[];
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined;
  /** 0: the page reached the tip of the shard. */
  readonly millisBehindLatest: number;
}

export interface StoredRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly arrival: number | undefined;
}

/** More pages than 1,000,000 empty milliseconds of a shard can make: a bound, never met. */
const MOST_PAGES = 10_000;

/** `arn:…:stream/name/consumer/c:1` → `arn:…:stream/name`: with enhanced fan-out Lambda names the consumer. */
export function streamArnOf(arn: string): string {
  return arn.replace(/\/consumer\/.*$/, '');
}

/** Finds `KinesisBatchInfo` in an on-failure document. Undefined where it is none. */
export function readStreamBatch(value: unknown): StreamBatch | undefined {
  const info = (value as { KinesisBatchInfo?: Partial<StreamBatch> } | null)?.KinesisBatchInfo;
  if (typeof info?.shardId !== 'string' || typeof info.streamArn !== 'string') return undefined;
  if (!isSequenceNumber(info.startSequenceNumber) || !isSequenceNumber(info.endSequenceNumber)) return undefined;
  return { ...(info as StreamBatch), batchSize: Number(info.batchSize) || 0, streamArn: streamArnOf(info.streamArn) };
}

/**
 * Reads the records of a failed batch back from its stream: everything from the first to the last sequence number.
 * What retention has taken is found as `lost`, with its range.
 */
export async function* readBack(batch: StreamBatch, reader: ShardReader, code: string): AsyncGenerator<Found> {
  const last = BigInt(batch.endSequenceNumber);
  let found = 0;
  let first: string | undefined;
  let iterator = await reader.iteratorAt(batch.streamArn, batch.shardId, batch.startSequenceNumber);
  for (let page = 0; iterator !== undefined && page < MOST_PAGES; page++) {
    const { records, next, millisBehindLatest } = await reader.read(batch.streamArn, iterator);
    for (const record of records) {
      if (BigInt(record.sequenceNumber) > last) return yield* lostOf(batch, found, first);
      first ??= record.sequenceNumber;
      found += 1;
      yield failedRecord(batch, record, code);
      if (record.sequenceNumber === batch.endSequenceNumber) return yield* lostOf(batch, found, first);
    }
    if (records.length === 0 && millisBehindLatest === 0) break;
    iterator = next;
  }
  yield* lostOf(batch, found, first);
}

function failedRecord(batch: StreamBatch, record: StoredRecord, code: string): FailedRecord {
  return {
    kind: 'record',
    at: record.sequenceNumber,
    data: byteStringOf(record.data),
    code,
    arrival: record.arrival,
    origin: { kind: 'stream', stream: batch.streamArn, partitionKey: record.partitionKey },
  };
}

/** What was not there. AWS gives the number of records of the batch, so that what is missing can be counted. */
function* lostOf(batch: StreamBatch, found: number, first: string | undefined): Generator<Found> {
  const beginsLate = first !== batch.startSequenceNumber;
  if (found >= batch.batchSize && !beginsLate) return;
  const records = Math.max(batch.batchSize - found, 0);
  if (records === 0) return;
  const end = first ?? batch.endSequenceNumber;
  const range = `${batch.streamArn} ${batch.shardId} ${batch.startSequenceNumber}…${end}`;
  yield { kind: 'lost', at: batch.startSequenceNumber, records, range };
}

function isSequenceNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,128}$/.test(value);
}
