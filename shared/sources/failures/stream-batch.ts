import { byteStringOf } from '../../record/byte-string.ts';
import type { FailedRecord, Found } from './found.ts';

/** `KinesisBatchInfo` of the document that Lambda sends where a batch failed for good. */
export interface StreamBatch {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  /** 0: the document does not tell. */
  readonly batchSize: number;
  readonly streamArn: string;
  /** When the batch was given up, epoch milliseconds. */
  readonly failedAt: number | undefined;
  /** The document as it came. */
  readonly document: unknown;
}

/** The part of the Kinesis API that reading back needs; rejects with the SDK's errors. */
export interface ShardReader {
  /** An iterator at, or after, a sequence number; undefined where the stream no longer knows the shard or the number. */
  iterator(
    streamArn: string,
    shardId: string,
    sequenceNumber: string,
    where: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER',
  ): Promise<string | undefined>;
  /** Undefined where the iterator has expired: five minutes after it was given. */
  read(streamArn: string, iterator: string): Promise<ShardPage | undefined>;
}

export interface ShardPage {
  readonly records: readonly StoredRecord[];
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined;
  /** 0: the page reached the tip of the shard. */
  readonly millisBehindLatest: number;
}

interface StoredRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly arrival: number | undefined;
}

/** Tells which records of a batch were delivered before it failed, by their sequence numbers. */
export type WasDelivered = (sequenceNumber: string) => boolean;

/** A page without records passes over five minutes of a shard; a week of them is 2,016. */
const MOST_EMPTY_PAGES = 3_000;

/** `arn:…:stream/name/consumer/c:1` → `arn:…:stream/name`: with enhanced fan-out Lambda names the consumer. */
export function streamArnOf(arn: string): string {
  return arn.replace(/\/consumer\/.*$/, '');
}

/** Finds `KinesisBatchInfo` in an on-failure document. Undefined where it is none. */
export function readStreamBatch(document: unknown): StreamBatch | undefined {
  const { KinesisBatchInfo: info, timestamp } = (document ?? {}) as {
    KinesisBatchInfo?: Partial<StreamBatch>;
    timestamp?: unknown;
  };
  if (typeof info?.shardId !== 'string' || typeof info.streamArn !== 'string') return undefined;
  const { startSequenceNumber, endSequenceNumber } = info;
  if (!isSequenceNumber(startSequenceNumber) || !isSequenceNumber(endSequenceNumber)) return undefined;
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return {
    shardId: info.shardId,
    startSequenceNumber,
    endSequenceNumber,
    batchSize: Math.max(Math.floor(Number(info.batchSize)) || 0, 0),
    streamArn: streamArnOf(info.streamArn),
    failedAt: Number.isNaN(time) ? undefined : time,
    document,
  };
}

/**
 * Reads the records of a failed batch back from its stream: everything from the first to the last sequence number.
 * What retention has taken is found as `lost`, with its range.
 */
export async function* readBack(
  batch: StreamBatch,
  reader: ShardReader,
  wasDelivered: WasDelivered,
  code: string,
): AsyncGenerator<Found> {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = batch;
  const last = BigInt(endSequenceNumber);
  const seen: Seen = { records: 0, first: undefined };
  let at = startSequenceNumber;
  let iterator = await reader.iterator(streamArn, shardId, startSequenceNumber, 'AT_SEQUENCE_NUMBER');
  for (let empty = 0; iterator !== undefined; ) {
    const page = await reader.read(streamArn, iterator);
    if (page === undefined) {
      const where = seen.records === 0 ? 'AT_SEQUENCE_NUMBER' : 'AFTER_SEQUENCE_NUMBER';
      iterator = await reader.iterator(streamArn, shardId, at, where);
      empty += 1;
    } else {
      for (const record of page.records) {
        if (BigInt(record.sequenceNumber) > last) return yield* lostOf(batch, seen);
        seen.first ??= record.sequenceNumber;
        seen.records += 1;
        at = record.sequenceNumber;
        yield wasDelivered(at) ? { kind: 'delivered', at } : failedRecord(batch, record, code);
        if (at === endSequenceNumber) return yield* lostOf(batch, seen);
      }
      if (page.records.length === 0 && page.millisBehindLatest === 0) break;
      iterator = page.next;
      empty = page.records.length === 0 ? empty + 1 : 0;
    }
    if (empty > MOST_EMPTY_PAGES) return yield { kind: 'unreadable', at, code: 'StreamNotReadToItsEnd' };
  }
  yield* lostOf(batch, seen);
}

/** What of a batch was found in the stream. */
interface Seen {
  records: number;
  first: string | undefined;
}

function failedRecord(batch: StreamBatch, record: StoredRecord, code: string): FailedRecord {
  return {
    kind: 'record',
    at: record.sequenceNumber,
    data: byteStringOf(record.data),
    code,
    arrival: record.arrival,
    failedAt: batch.failedAt,
    origin: {
      kind: 'stream',
      stream: batch.streamArn,
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
    },
  };
}

/** What was not there. AWS gives the number of records of the batch, so that what is missing can be counted. */
function* lostOf(batch: StreamBatch, { records: found, first }: Seen): Generator<Found> {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber, batchSize, document } = batch;
  const beginsLate = first !== startSequenceNumber;
  if (!beginsLate && found >= batchSize) return;
  const range = `${streamArn} ${shardId} ${startSequenceNumber}…${beginsLate ? (first ?? endSequenceNumber) : endSequenceNumber}`;
  const records = Math.max(batchSize - found, 1);
  yield { kind: 'lost', at: startSequenceNumber, records, range, letter: document };
}

function isSequenceNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,128}$/.test(value);
}
