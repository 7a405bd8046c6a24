import { bytesOf } from '../../shared/record/byte-string.ts';

/** A line of a `processing-failed/` object. */
export function processingFailed(data: string, members: object = {}): string {
  return JSON.stringify({
    rawData: Buffer.from(data).toString('base64'),
    errorCode: 'Lambda.ProcessingFailedStatus',
    errorMessage: 'ProcessingFailed status set for record',
    attemptsMade: 1,
    arrivalTimestamp: 1789014240448,
    attemptEndingTimestamp: 1789014301529,
    lambdaARN: 'arn:aws:lambda:us-east-1:123456789012:function:transform',
    ...members,
  });
}

/** Lambda's on-failure document for a batch of a Kinesis stream. */
export function batchFailed(info: object = {}, members: object = {}): object {
  return {
    requestContext: {
      requestId: 'r-1',
      functionArn: 'arn:f',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 1,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-09-19T09:11:52.059Z',
    KinesisBatchInfo: {
      shardId: 'shardId-000000000000',
      startSequenceNumber: '100',
      endSequenceNumber: '102',
      approximateArrivalOfFirstRecord: '2026-09-19T09:10:00.000Z',
      approximateArrivalOfLastRecord: '2026-09-19T09:10:01.000Z',
      batchSize: 3,
      streamArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
      ...info,
    },
    ...members,
  };
}

/** The bytes of an object, in chunks of an odd size. */
export async function* inChunks(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? bytesOf(text) : Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
