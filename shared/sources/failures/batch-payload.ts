import { fromBase64 } from './firehose-object.ts';
import type { Found } from './found.ts';
import { type StreamBatch, streamArnOf, type WasDelivered } from './stream-batch.ts';

interface KinesisRecord {
  readonly eventSourceARN?: string;
  readonly kinesis?: {
    readonly partitionKey?: string;
    readonly sequenceNumber?: string;
    readonly data?: string;
    readonly approximateArrivalTimestamp?: number;
  };
}

/**
 * Reads the object that Lambda puts into an S3 on-failure destination: the document of a failed batch with the whole
 * event as an escaped JSON string in `payload`.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function readBatchPayload(
  batch: StreamBatch,
  payload: string,
  wasDelivered: WasDelivered,
  code: string,
): readonly Found[] {
  const records = recordsOf(payload);
  if (records === undefined) return [{ kind: 'unreadable', at: '0', code: 'BadPayload' }];
  return records.map((record, index) => foundOf(record, index, batch, wasDelivered, code));
}

function foundOf(
  record: KinesisRecord,
  index: number,
  batch: StreamBatch,
  wasDelivered: WasDelivered,
  code: string,
): Found {
  const { kinesis, eventSourceARN } = record ?? {};
  const sequenceNumber = kinesis?.sequenceNumber ?? '';
  // Children of one aggregate bear the same sequence number: the index tells them apart.
  const at = `${sequenceNumber}:${index}`;
  const data = fromBase64(kinesis?.data);
  if (data === undefined || typeof kinesis?.partitionKey !== 'string')
    return { kind: 'unreadable', at, code: 'BadPayload' };
  if (wasDelivered(sequenceNumber)) return { kind: 'delivered', at };
  const seconds = kinesis.approximateArrivalTimestamp;
  const stream = streamArnOf(typeof eventSourceARN === 'string' ? eventSourceARN : batch.streamArn);
  return {
    kind: 'record',
    at,
    data,
    code,
    arrival: typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined,
    failedAt: batch.failedAt,
    origin: { kind: 'stream', stream, partitionKey: kinesis.partitionKey, sequenceNumber },
  };
}

function recordsOf(payload: string): readonly KinesisRecord[] | undefined {
  try {
    const { Records: records } = JSON.parse(payload) as { Records?: unknown };
    return Array.isArray(records) ? records : undefined;
  } catch {
    return undefined;
  }
}
