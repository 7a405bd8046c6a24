import { hash } from 'node:crypto';
import { type ByteString, byteStringOf, bytesOf, decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { lengthDelimited, ProtobufReader, varint } from './protobuf.ts';

/**
 * The aggregation format of the Kinesis Producer Library: magic, a protobuf message, and the message's MD5.
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
const MAGIC: ByteString = '\xf3\x89\x9a\xc2';
const MD5_BYTES = 16;

/** Fields of AggregatedRecord and Record. */
const PARTITION_KEYS = 1;
const HASH_KEYS = 2;
const RECORDS = 3;
const PARTITION_KEY_INDEX = 1;
const HASH_KEY_INDEX = 2;
const DATA = 3;

/** What a producer put, before it was aggregated with others. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: ByteString;
}

export interface UserRecords {
  readonly kind: 'records';
  /** In order: a record's index is its subsequence number. */
  readonly records: readonly UserRecord[];
}

export function isAggregate(data: ByteString): boolean {
  return data.startsWith(MAGIC);
}

/** The records of an aggregate; `BrokenAggregate` where it can't be taken apart wholly. */
export function deaggregate(data: ByteString): UserRecords | Failed {
  const end = data.length - MD5_BYTES;
  if (end < MAGIC.length) return broken('it ends too early');
  const message = data.slice(MAGIC.length, end);
  if (md5(message) !== data.slice(end)) return broken('its checksum is another');
  return readAggregate(message) ?? broken('its message can not be read');
}

/** One aggregate of these records. Its size is the caller's concern: a Kinesis record holds 1 MiB by default. */
export function aggregate(records: readonly UserRecord[]): ByteString {
  const partitionKeys = new Map<string, number>();
  const hashKeys = new Map<string, number>();
  const encoded = records.map(({ partitionKey, explicitHashKey, data }) => {
    const key = varint(PARTITION_KEY_INDEX, indexOf(partitionKeys, partitionKey));
    const hashKey = explicitHashKey === undefined ? '' : varint(HASH_KEY_INDEX, indexOf(hashKeys, explicitHashKey));
    return lengthDelimited(RECORDS, key + hashKey + lengthDelimited(DATA, data));
  });
  const message = [
    ...[...partitionKeys.keys()].map((key) => lengthDelimited(PARTITION_KEYS, encodeUtf8(key))),
    ...[...hashKeys.keys()].map((key) => lengthDelimited(HASH_KEYS, encodeUtf8(key))),
    ...encoded,
  ].join('');
  return MAGIC + message + md5(message);
}

function indexOf(table: Map<string, number>, key: string): number {
  const known = table.get(key);
  if (known !== undefined) return known;
  table.set(key, table.size);
  return table.size - 1;
}

interface Indexed {
  readonly partitionKey: number;
  readonly hashKey: number | undefined;
  readonly data: ByteString;
}

/** Undefined for anything but a whole, consistent message. */
function readAggregate(message: ByteString): UserRecords | undefined {
  const partitionKeys: string[] = [];
  const hashKeys: string[] = [];
  const indexed: Indexed[] = [];
  const reader = new ProtobufReader(message);
  while (reader.next()) {
    if (reader.bytes === undefined) continue;
    if (reader.field === PARTITION_KEYS) partitionKeys.push(decodeUtf8(reader.bytes));
    else if (reader.field === HASH_KEYS) hashKeys.push(decodeUtf8(reader.bytes));
    else if (reader.field === RECORDS) {
      const record = readRecord(reader.bytes);
      if (record === undefined) return undefined;
      indexed.push(record);
    }
  }
  if (reader.broken) return undefined;
  const records: UserRecord[] = [];
  for (const { partitionKey: index, hashKey, data } of indexed) {
    const partitionKey = partitionKeys[index];
    const explicitHashKey = hashKey === undefined ? undefined : hashKeys[hashKey];
    if (partitionKey === undefined || (hashKey !== undefined && explicitHashKey === undefined)) return undefined;
    records.push(explicitHashKey === undefined ? { partitionKey, data } : { partitionKey, explicitHashKey, data });
  }
  return { kind: 'records', records };
}

function readRecord(message: ByteString): Indexed | undefined {
  let partitionKey: number | undefined;
  let hashKey: number | undefined;
  let data: ByteString | undefined;
  const reader = new ProtobufReader(message);
  while (reader.next()) {
    if (reader.field === PARTITION_KEY_INDEX) partitionKey = reader.number;
    else if (reader.field === HASH_KEY_INDEX) hashKey = reader.number;
    else if (reader.field === DATA) data = reader.bytes;
  }
  if (reader.broken || partitionKey === undefined || data === undefined) return undefined;
  return { partitionKey, hashKey, data };
}

function md5(message: ByteString): ByteString {
  return byteStringOf(hash('md5', bytesOf(message), 'buffer'));
}

function broken(why: string): Failed {
  return failed(permanent('BrokenAggregate', 'source', `The record is marked as a KPL aggregate, but ${why}.`));
}
