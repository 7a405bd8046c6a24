/** What an on-failure destination gets. https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
import { randomUUID } from 'node:crypto';
import type { InvokeResult, StreamEntry } from '../account/contracts.ts';

/** `RequestPayloadTooLarge` is this account's own word: AWS publishes none for a record that no event can hold. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'RequestPayloadTooLarge';

/** Records that are given up on. */
export interface Discard {
  readonly condition: DiscardCondition;
  readonly first: StreamEntry;
  readonly last: StreamEntry;
  readonly batchSize: number;
  readonly invocations: number;
  /** The last invocation; undefined when the function never had these records. */
  readonly result: InvokeResult | undefined;
  /** The event that failed, or would have been sent. */
  readonly event: string;
}

export interface DocumentPlace {
  readonly mappingId: string;
  readonly shardId: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly now: number;
}

/** `payload`: an S3 object holds the event itself; a message tells only where in the stream it lies. */
export function failureDocument(discard: Discard, place: DocumentPlace, payload: boolean): string {
  const { result, first, last } = discard;
  const document = {
    requestContext: {
      requestId: result?.requestId ?? randomUUID(),
      functionArn: place.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invocations,
    },
    ...(result === undefined ? {} : { responseContext: responseContext(result) }),
    version: '1.0',
    timestamp: new Date(place.now).toISOString(),
    KinesisBatchInfo: {
      shardId: place.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrival).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.arrival).toISOString(),
      batchSize: discard.batchSize,
      streamArn: place.streamArn,
    },
    ...(payload ? { payload: discard.event } : {}),
  };
  return JSON.stringify(document);
}

function responseContext(result: InvokeResult): Record<string, unknown> {
  const functionError = result.functionError ?? null;
  return { statusCode: 200, executedVersion: result.executedVersion, functionError };
}

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>` */
export function failureKey(place: Pick<DocumentPlace, 'mappingId' | 'shardId' | 'now'>): string {
  const time = new Date(place.now).toISOString().slice(0, 19);
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${place.mappingId}/${place.shardId}/${day}/${time.replaceAll(':', '.')}-${randomUUID()}`;
}
