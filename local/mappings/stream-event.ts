/** The event of a Kinesis event source mapping, member for member. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
import type { StreamEntry } from '../account/contracts.ts';

export interface StreamOrigin {
  readonly shardId: string;
  readonly region: string;
  /** The consumer's with enhanced fan-out. */
  readonly eventSourceArn: string;
  /** The function's role. */
  readonly invokeIdentityArn: string;
}

/** A record and the JSON text that stands for it in an event. */
export interface MappedRecord {
  readonly entry: StreamEntry;
  readonly json: string;
}

export interface WindowState {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** JSON text of an object. */
  readonly state: string;
  readonly final: boolean;
  readonly early: boolean;
}

const RECORDS = '{"Records":[';

/** Writes records of one shard as they stand in an event. */
export function recordWriter(origin: StreamOrigin): (entry: StreamEntry) => string {
  const rest = JSON.stringify({
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: origin.invokeIdentityArn,
    awsRegion: origin.region,
    eventSourceARN: origin.eventSourceArn,
  }).slice(1);
  // The JSON of a sequence number and of base64 needs no escapes: joining text is several times faster.
  return ({ partitionKey, sequenceNumber, data, arrival }) =>
    `{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":${JSON.stringify(partitionKey)},"sequenceNumber":"${sequenceNumber}","data":"${data.toString('base64')}","approximateArrivalTimestamp":${arrival / 1000}},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"${origin.shardId}:${sequenceNumber}",${rest}`;
}

export function streamEvent(records: readonly MappedRecord[], origin: StreamOrigin, window?: WindowState): string {
  const list = `${RECORDS}${records.map(({ json }) => json).join(',')}]`;
  if (window === undefined) return `${list}}`;
  const bounds = `{"start":"${instant(window.start)}","end":"${instant(window.end)}"}`;
  const about = JSON.stringify({
    shardId: origin.shardId,
    eventSourceARN: origin.eventSourceArn,
    isFinalInvokeForWindow: window.final,
    isWindowTerminatedEarly: window.early,
  });
  return `${list},"window":${bounds},"state":${window.state},${about.slice(1)}`;
}

/** What an event takes beside its records. */
export function eventOverhead(origin: StreamOrigin, window?: WindowState): number {
  return Buffer.byteLength(streamEvent([], origin, window));
}

/** Windows begin and end on whole seconds. */
function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
