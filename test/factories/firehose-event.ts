import { bytesOf, encodeUtf8 } from '../../shared/record/byte-string.ts';

export const DELIVERY_STREAM_ARN = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clickstream';
export const SOURCE_STREAM_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/events';

/** Text or bytes in base64, as an event has them. */
export function base64(data: string | Uint8Array): string {
  return Buffer.from(typeof data === 'string' ? bytesOf(encodeUtf8(data)) : data).toString('base64');
}

/** A Direct PUT event with these texts or bytes as its records, ids `r0`, `r1`, … */
export function directPutEvent(records: readonly (string | Uint8Array)[]) {
  return {
    invocationId: 'f1b3a5c0-0000-4000-8000-000000000001',
    deliveryStreamArn: DELIVERY_STREAM_ARN,
    region: 'us-east-1',
    records: records.map((data, index) => ({
      recordId: `r${index}`,
      approximateArrivalTimestamp: 1789809023187,
      data: base64(data),
    })),
  };
}

/** The same from a Kinesis stream; each record's partition key is `k` and its index. */
export function kinesisSourceEvent(records: readonly (string | Uint8Array)[]) {
  const event = directPutEvent(records);
  return {
    ...event,
    sourceKinesisStreamArn: SOURCE_STREAM_ARN,
    records: event.records.map((record, index) => ({
      ...record,
      kinesisRecordMetadata: {
        shardId: 'shardId-000000000000',
        partitionKey: `k${index}`,
        approximateArrivalTimestamp: 1789809023187,
        sequenceNumber: `4960000000000000000000000000000000000000000000000000000${index}`,
        subsequenceNumber: '',
      },
    })),
  };
}
