import { hash } from 'node:crypto';
import { deaggregate, isAggregate } from '../formats/kpl.ts';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';

/** One record as the pipeline sees it: a Kinesis record, or one of those that it aggregates. */
interface Arrival {
  readonly record: StreamRecord;
  /** Index into the batch's `units`. */
  readonly unit: number;
  /** Set where the source itself can't go on with it: the record then holds all bytes that came. */
  readonly failure?: Failed;
}

/** What an event source mapping brought, taken apart. */
export interface KinesisBatch {
  readonly streamArn: string;
  readonly shardId: string;
  readonly arrivals: readonly Arrival[];
  /** Sequence numbers in the order of the event: what can be answered, and is retried, as one. */
  readonly units: readonly string[];
  /** Every unit is here wholly. False for enhanced fan-out, where an event may end in the middle of an aggregate. */
  readonly unitsWhole: boolean;
  /** Records left out since the event holds the same record already. */
  readonly duplicates: number;
}

/** `{"batchItemFailures":[{"itemIdentifier":"<sequence number>"}]}`; an empty list is success. */
export interface KinesisBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The invocation's event is not one of a Kinesis event source mapping. */
export class UnknownEventError extends Error {
  override readonly name = 'UnknownEventError';
}

interface EventRecord {
  readonly eventID?: unknown;
  readonly eventSourceARN?: unknown;
  readonly kinesis?: {
    readonly partitionKey?: unknown;
    readonly sequenceNumber?: unknown;
    readonly data?: unknown;
    readonly approximateArrivalTimestamp?: unknown;
  };
}

/** An event record's place, as far as it can be told. */
interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrival: number | undefined;
}

/** An ARN ends so where Lambda reads by enhanced fan-out: it then takes KPL aggregates apart itself. */
const CONSUMER_ARN = /^(arn:[^:]*:kinesis:[^:]*:[^:]*:stream\/[^/]+)\/consumer\//;

/**
 * Reads an event of a Kinesis event source mapping. KPL aggregates become their records; a broken one stays whole, as one failure.
 * Throws UnknownEventError for an event of another kind, and for nothing else.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function decodeKinesis(event: unknown): KinesisBatch {
  const eventRecords = recordsOf(event);
  const units = new Map<string, number>();
  const nameOf = namer(eventRecords);
  const arrivals: Arrival[] = [];
  let duplicates = 0;
  for (const eventRecord of eventRecords) {
    const place = placeOf(eventRecord);
    const unit = units.get(place.sequenceNumber) ?? units.size;
    units.set(place.sequenceNumber, unit);
    const data = dataOf(eventRecord);
    const bytes = typeof data === 'string' ? data : encodeUtf8(JSON.stringify(eventRecord));
    const id = nameOf(place, bytes, isFannedOut(eventRecord));
    if (id === undefined) duplicates++;
    else if (typeof data !== 'string') arrivals.push({ record: recordOf(place, id, bytes), unit, failure: data });
    else if (isAggregate(data)) arrivals.push(...childrenOf(place, id, data, unit));
    else arrivals.push({ record: recordOf(place, id, data), unit });
  }
  const first = eventRecords[0];
  return {
    streamArn: streamArnOf(first),
    shardId: first === undefined ? '' : placeOf(first).shardId,
    arrivals,
    units: [...units.keys()],
    unitsWhole: !eventRecords.some(isFannedOut),
    duplicates,
  };
}

/**
 * The answer to a batch of which some units are not done. Lambda takes the lowest number as the checkpoint and sends everything
 * from it on again, so that one is named and no more.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function respondKinesis(batch: KinesisBatch, notDone: Iterable<number>): KinesisBatchResponse {
  let lowest: string | undefined;
  let unnamed = false;
  for (const unit of notDone) {
    const sequenceNumber = batch.units[unit]!;
    if (sequenceNumber === '') unnamed = true;
    else if (lowest === undefined || compareSequence(sequenceNumber, lowest) < 0) lowest = sequenceNumber;
  }
  if (unnamed) lowest = lowestOf(batch.units);
  return { batchItemFailures: lowest === undefined ? [] : [{ itemIdentifier: lowest }] };
}

/** Orders sequence numbers: decimal, without leading zeros, too long for a number. */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The ends of what the batch covers; undefined where no record has a number. */
export function lowestAndHighest(units: readonly string[]): readonly [string, string] | undefined {
  const numbers = units.filter((unit) => unit !== '').sort(compareSequence);
  return numbers.length === 0 ? undefined : [numbers[0]!, numbers.at(-1)!];
}

function lowestOf(units: readonly string[]): string {
  const ends = lowestAndHighest(units);
  if (ends === undefined) throw new UnknownEventError('No record of the event has a sequence number to answer with.');
  return ends[0];
}

function recordsOf(event: unknown): readonly EventRecord[] {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) {
    throw new UnknownEventError('The event is not one of a Kinesis event source mapping: it has no list of Records.');
  }
  return records.map((record) => (typeof record === 'object' && record !== null ? record : {}));
}

function placeOf({ eventID, kinesis }: EventRecord): Place {
  const sequenceNumber = typeof kinesis?.sequenceNumber === 'string' ? kinesis.sequenceNumber : '';
  const seconds = kinesis?.approximateArrivalTimestamp;
  return {
    shardId: typeof eventID === 'string' && eventID.includes(':') ? eventID.slice(0, eventID.lastIndexOf(':')) : '',
    sequenceNumber,
    partitionKey: typeof kinesis?.partitionKey === 'string' ? kinesis.partitionKey : '',
    arrival: typeof seconds === 'number' && Number.isFinite(seconds) ? Math.round(seconds * 1000) : undefined,
  };
}

/** The record's bytes, or why there are none. */
function dataOf({ kinesis }: EventRecord): ByteString | Failed {
  if (typeof kinesis?.data !== 'string' || typeof kinesis.sequenceNumber !== 'string') {
    return failed(permanent('InvalidEventRecord', 'source', 'The event record lacks its data or its sequence number.'));
  }
  try {
    return atob(kinesis.data);
  } catch {
    return failed(permanent('InvalidBase64', 'source', "The event record's data is not base64."));
  }
}

/**
 * Names records. `shard:sequence`; where Lambda took an aggregate apart its records bear one number, so a digest of key and
 * bytes tells them apart, and a count tells equal ones, which a producer may well have meant. Undefined for a record
 * that the event holds already.
 */
function namer(eventRecords: readonly EventRecord[]) {
  const numbers = new Map<string, number>();
  for (const { kinesis } of eventRecords) {
    const number = String(kinesis?.sequenceNumber);
    numbers.set(number, (numbers.get(number) ?? 0) + 1);
  }
  const seen = new Map<string, number>();
  return ({ shardId, sequenceNumber, partitionKey }: Place, data: ByteString, fannedOut: boolean) => {
    const plain = `${shardId}:${sequenceNumber}`;
    if (!fannedOut && numbers.get(sequenceNumber) === 1) return plain;
    const id = `${plain}:${digestOf(partitionKey, data)}`;
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    if (before === 0) return id;
    return fannedOut ? `${id}.${before}` : undefined;
  };
}

function digestOf(partitionKey: string, data: ByteString): string {
  return hash('md5', Buffer.from(`${encodeUtf8(partitionKey)}\n${data}`, 'latin1'), 'base64url');
}

/** The records of an aggregate, or the aggregate itself where it is broken. */
function childrenOf(place: Place, id: string, data: ByteString, unit: number): readonly Arrival[] {
  const aggregate = deaggregate(data);
  if (aggregate.kind === 'failed') return [{ record: recordOf(place, id, data), unit, failure: aggregate }];
  return aggregate.records.map((child, index) => ({
    record: recordOf({ ...place, partitionKey: child.partitionKey }, `${id}:${index}`, child.data, index),
    unit,
  }));
}

function recordOf(place: Place, id: string, data: ByteString, subsequenceNumber?: number): StreamRecord {
  const { shardId, sequenceNumber, partitionKey, arrival } = place;
  const position =
    subsequenceNumber === undefined
      ? { shardId, sequenceNumber, partitionKey }
      : { shardId, sequenceNumber, subsequenceNumber, partitionKey };
  return arrival === undefined ? { id, data, position } : { id, data, arrival, position };
}

function isFannedOut({ eventSourceARN }: EventRecord): boolean {
  return typeof eventSourceARN === 'string' && CONSUMER_ARN.test(eventSourceARN);
}

/** The stream's own ARN, also where the event names a consumer's. */
function streamArnOf(eventRecord: EventRecord | undefined): string {
  const arn = typeof eventRecord?.eventSourceARN === 'string' ? eventRecord.eventSourceARN : '';
  return CONSUMER_ARN.exec(arn)?.[1] ?? arn;
}
