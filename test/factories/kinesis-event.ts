import type { ByteString } from '../../shared/record/byte-string.ts';

export const STREAM_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/events';
/** How Lambda names the stream where it reads by enhanced fan-out. */
export const CONSUMER_ARN = `${STREAM_ARN}/consumer/suite:1789800000`;
const SHARD = 'shardId-000000000000';

export interface KinesisRecordFields {
  readonly data: ByteString;
  readonly partitionKey?: string;
  readonly shardId?: string;
}

/** A sequence number of AWS's length that rises with `n`. */
export function sequence(n: number): string {
  return `49671234567890${String(n).padStart(42, '0')}`;
}

/** A record as an event source mapping gives it; only what a test says differs from a plain one. */
export function kinesisRecord(n: number, { data, partitionKey = 'key', shardId = SHARD }: KinesisRecordFields) {
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber: sequence(n),
      data: btoa(data),
      approximateArrivalTimestamp: 1789809023.187,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${sequence(n)}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::123456789012:role/suite',
    awsRegion: 'us-east-1',
    eventSourceARN: STREAM_ARN,
  };
}

/** An event with these records, numbered from `first`. */
export function kinesisEvent(records: readonly KinesisRecordFields[], first = 0) {
  return { Records: records.map((fields, index) => kinesisRecord(first + index, fields)) };
}
