/** The members that several operations take, with the API reference's constraints. */
import { AwsError } from '../gateway/aws-error.ts';
import { integer, optional, text } from '../gateway/shape.ts';
import type { StreamStore } from './store.ts';
import type { Stream } from './stream.ts';

export const streamName = text({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' });
export const streamArn = text({ min: 1, max: 2048, pattern: 'arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+' });
export const shardId = text({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' });
export const partitionKey = text({ min: 1, max: 256, hidden: true });
export const hashKey = text({ pattern: '0|([1-9]\\d{0,38})' });
export const sequenceNumberText = text({ pattern: '0|([1-9]\\d{0,128})' });
export const token = text({ min: 1, max: 1_048_576, hidden: true });
export const pageSize = integer({ min: 1, max: 10_000 });

/** How a request names its stream. */
export const streamRef = { StreamName: optional(streamName), StreamARN: optional(streamArn) };

export function findStream(
  store: StreamStore,
  ref: { StreamName?: string | undefined; StreamARN?: string | undefined },
): Stream {
  if (ref.StreamName === undefined && ref.StreamARN === undefined) {
    throw new AwsError('InvalidArgumentException', 'Either StreamName or StreamARN must be given.');
  }
  const byArn = ref.StreamARN === undefined ? undefined : store.stream(ref.StreamARN);
  if (ref.StreamName === undefined) return byArn as Stream;
  if (byArn !== undefined && byArn.name !== ref.StreamName) {
    throw new AwsError('InvalidArgumentException', 'StreamName and StreamARN name different streams.');
  }
  return byArn ?? store.stream(ref.StreamName);
}

export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
