import type { ByteString } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { type StreamPosition, type StreamRecord, UnreadableRecordError } from '../record/record.ts';
import type { Ending } from './firehose-answer.ts';
import type { FirehoseBatch, FirehoseRecord, Origin } from './firehose-batch.ts';

/** The event is not one of a delivery stream. Names what is missing and where, never a value. */
class FirehoseEventError extends Error {
  override readonly name = 'FirehoseEventError';

  constructor(what: string) {
    super(`The event is not a Firehose data transformation event: ${what}.`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a transformation event: Direct PUT, a Kinesis stream, or MSK. Field names in another case are taken as well.
 * Throws a FirehoseEventError for an event of another kind, and for nothing else.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
export function readFirehoseEvent(event: unknown): FirehoseBatch {
  if (!isObject(event)) throw new FirehoseEventError('it is no object');
  const records = member(event, 'records');
  if (!Array.isArray(records)) throw new FirehoseEventError('"records" is no array');
  const deliveryStream = lastPart(member(event, 'deliveryStreamArn'));
  return { deliveryStream, origin: originOf(event, deliveryStream, records[0]), records: records.map(readRecord) };
}

function originOf(event: Fields, deliveryStream: string, first: unknown): Origin | undefined {
  const arn = member(event, 'sourceKinesisStreamArn');
  if (typeof arn === 'string' && arn !== '') return { kind: 'stream', arn };
  const fromElsewhere = typeof member(event, 'sourceMSKArn') === 'string' || (isObject(first) && isPulled(first));
  return fromElsewhere || deliveryStream === '' ? undefined : { kind: 'deliveryStream', name: deliveryStream };
}

/** Only a delivery stream without a source takes PutRecordBatch. */
function isPulled(record: Fields): boolean {
  const pulled = ['kinesisRecordMetadata', 'kafkaRecordMetadata', 'kafkaRecordValue'];
  return pulled.some((name) => member(record, name) !== undefined);
}

/** The members of a record that matter. */
const RECORD_NAMES: ReadonlySet<string> = new Set([
  'recordId',
  'data',
  'kafkaRecordValue',
  'approximateArrivalTimestamp',
  'kinesisRecordMetadata',
  'kafkaRecordMetadata',
]);
const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map([...RECORD_NAMES].map((name) => [name.toLowerCase(), name]));

function readRecord(value: unknown, index: number): FirehoseRecord {
  if (!isObject(value)) throw new FirehoseEventError(`records[${index}] is no object`);
  const fields = withKnownNames(value);
  const { recordId } = fields;
  if (typeof recordId !== 'string') throw new FirehoseEventError(`records[${index}].recordId is no string`);
  const encoded = fields.data ?? fields.kafkaRecordValue;
  if (typeof encoded !== 'string') return new ReadRecord(recordId, '', undefined);
  return new ReadRecord(recordId, encoded, streamRecord(recordId, encoded, fields));
}

/** Made by a constructor and no literal: see firehose-answer.ts. */
class ReadRecord implements FirehoseRecord {
  readonly recordId: string;
  readonly encoded: string;
  readonly record: StreamRecord | undefined;

  constructor(recordId: string, encoded: string, record: StreamRecord | undefined) {
    this.recordId = recordId;
    this.encoded = encoded;
    this.record = record;
  }
}

/**
 * A record whose bytes are decoded each time they are asked for: a batch then holds them once, as they came. Strings that
 * live as long as their batch cost more, in collecting garbage, than decoding does.
 */
class EncodedRecord implements StreamRecord {
  readonly id: string;
  readonly encoded: string;
  readonly arrival?: number;
  readonly position?: StreamPosition;

  constructor(id: string, encoded: string, arrival: number | undefined, position: StreamPosition | undefined) {
    this.id = id;
    this.encoded = encoded;
    if (arrival !== undefined) this.arrival = arrival;
    if (position !== undefined) this.position = position;
  }

  get data(): ByteString {
    try {
      return atob(this.encoded);
    } catch {
      throw new UnreadableRecordError(NO_BASE64);
    }
  }
}

/** The record itself where its names are spelled as AWS spells them, which is to say always. */
function withKnownNames(record: Fields): Fields {
  for (const name in record) {
    if (!RECORD_NAMES.has(name)) return { ...record, ...renamed(record) };
  }
  return record;
}

function renamed(record: Fields): Fields {
  const members = Object.entries(record);
  return Object.fromEntries(members.map(([name, value]) => [BY_LOWER_CASE.get(name.toLowerCase()) ?? name, value]));
}

function streamRecord(id: string, encoded: string, fields: Fields): StreamRecord {
  const { kinesisRecordMetadata: kinesis, kafkaRecordMetadata: kafka } = fields;
  const arrival = milliseconds(fields.approximateArrivalTimestamp);
  if (!isObject(kinesis) && !isObject(kafka)) return new EncodedRecord(id, encoded, arrival, undefined);
  const metadata = isObject(kinesis) ? kinesis : (kafka as Fields);
  const time = arrival ?? milliseconds(member(metadata, 'approximateArrivalTimestamp'));
  const position = isObject(kinesis) ? kinesisPosition(kinesis) : kafkaPosition(metadata);
  return new EncodedRecord(id, encoded, time, position);
}

function kinesisPosition(metadata: Fields): StreamPosition {
  const subsequence = member(metadata, 'subsequenceNumber');
  return {
    shardId: text(member(metadata, 'shardId')),
    sequenceNumber: text(member(metadata, 'sequenceNumber')),
    partitionKey: text(member(metadata, 'partitionKey')),
    ...(subsequence !== undefined && subsequence !== null && { subsequenceNumber: Number(subsequence) }),
  };
}

function kafkaPosition(metadata: Fields): StreamPosition {
  return {
    shardId: text(member(metadata, 'partitionId') ?? member(metadata, 'partition')),
    sequenceNumber: text(member(metadata, 'offset')),
    partitionKey: '',
  };
}

/** Milliseconds as the contract has them; seconds, as other event sources write them, are told by their size. */
function milliseconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= 8.64e15)) return undefined;
  return number < 1e11 ? Math.round(number * 1000) : Math.round(number);
}

/** A member by its name, or by its name in another case. */
function member(object: Fields, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  for (const key in object) if (key.length === wanted.length && key.toLowerCase() === wanted) return object[key];
  return undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `arn:…:deliverystream/name` → `name`. */
function lastPart(arn: unknown): string {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : '';
}

/** The records that the pipeline runs over. */
export function readableRecords(batch: FirehoseBatch): readonly StreamRecord[] {
  const readable: StreamRecord[] = [];
  for (const { record, ended } of batch.records) if (record !== undefined && ended === undefined) readable.push(record);
  return readable;
}

const NO_BASE64 = permanent('InvalidBase64', 'source', 'the data is missing, or no base64');
const UNREADABLE: Failed = failed(NO_BASE64);

/** How every record of the event ends: those that could be read have run. */
export function allEndings(batch: FirehoseBatch, ran: readonly Ending[]): readonly Ending[] {
  if (ran.length === batch.records.length) return ran;
  let next = 0;
  return batch.records.map(({ record, ended }) => ended ?? (record === undefined ? UNREADABLE : ran[next++]!));
}
