import { fromBase64 } from './firehose-object.ts';
import type { Found } from './found.ts';
import { readStreamBatch, streamArnOf } from './stream-batch.ts';

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
 * event as an escaped JSON string in `payload`. Undefined where the value is none.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function readBatchPayload(value: object, code: string): readonly Found[] | undefined {
  const payload = (value as { payload?: unknown }).payload;
  const batch = readStreamBatch(value);
  if (typeof payload !== 'string' || batch === undefined) return undefined;
  const records = recordsOf(payload);
  if (records === undefined) return [{ kind: 'unreadable', at: '0', code: 'BadPayload' }];
  return records.map((record, index) => foundOf(record, index, batch.streamArn, code));
}

function foundOf(record: KinesisRecord, index: number, streamArn: string, code: string): Found {
  const { kinesis } = record;
  const data = fromBase64(kinesis?.data);
  const at = kinesis?.sequenceNumber ?? String(index);
  if (data === undefined || typeof kinesis?.partitionKey !== 'string')
    return { kind: 'unreadable', at, code: 'BadPayload' };
  const seconds = kinesis.approximateArrivalTimestamp;
  return {
    kind: 'record',
    // Children of one aggregate bear the same sequence number: the index tells them apart.
    at: `${at}:${index}`,
    data,
    code,
    arrival: typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined,
    origin: {
      kind: 'stream',
      stream: streamArnOf(record.eventSourceARN ?? streamArn),
      partitionKey: kinesis.partitionKey,
    },
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
