import { randomUUID } from 'node:crypto';
import type { StreamRecord } from './record.ts';

/** Whose records a transform is handed. */
export interface Origin {
  readonly deliveryStreamArn: string;
  readonly sourceKinesisStreamArn: string | undefined;
  readonly region: string;
}

/** The synchronous invocation payload of Lambda, either way, bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MOST_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** Bytes around the records' own JSON, at most. */
export const EVENT_OVERHEAD_BYTES = 2048;

/** A record's id in the event: its sequence number and its place in what that number stands for. */
export function recordId(record: StreamRecord): string {
  const { sequenceNumber, subsequenceNumber } = record.source;
  const place = String(subsequenceNumber).padStart(6, '0');
  const part = record.part === 0 ? '' : String(record.part).padStart(6, '0');
  return sequenceNumber + place + part;
}

/**
 * The record's member of `records`, as JSON text. Timestamps are integer milliseconds; only records of a Kinesis
 * source have metadata. https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
export function recordJson(record: StreamRecord, id: string): string {
  const { arrival, kinesis, sequenceNumber, subsequenceNumber } = record.source;
  const data = record.data.toString('base64');
  const head = `{"recordId":"${id}","approximateArrivalTimestamp":${arrival},"data":"${data}"`;
  if (kinesis === undefined) return `${head}}`;
  const key = JSON.stringify(kinesis.partitionKey);
  const place = `"sequenceNumber":"${sequenceNumber}","subsequenceNumber":${subsequenceNumber}`;
  const metadata = `"shardId":"${kinesis.shardId}","partitionKey":${key},${place},"approximateArrivalTimestamp":${arrival}`;
  return `${head},"kinesisRecordMetadata":{${metadata}}}`;
}

/** Bytes that `recordJson` will give, at most. */
export function recordJsonBytes(record: StreamRecord): number {
  const key = record.source.kinesis?.partitionKey;
  return Math.ceil(record.data.length / 3) * 4 + 192 + (key === undefined ? 0 : 320 + key.length * 6);
}

/** One invocation's event: each has an id of its own, also when it repeats the records of another. */
export function transformEvent(origin: Origin, records: readonly string[]): string {
  const source = origin.sourceKinesisStreamArn;
  const from = source === undefined ? '' : `"sourceKinesisStreamArn":${JSON.stringify(source)},`;
  const head = `"invocationId":"${randomUUID()}","deliveryStreamArn":${JSON.stringify(origin.deliveryStreamArn)}`;
  return `{${head},${from}"region":"${origin.region}","records":[${records.join(',')}]}`;
}
