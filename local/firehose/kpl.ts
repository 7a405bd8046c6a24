/**
 * User records inside an aggregate of the Kinesis Producer Library.
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
import { createHash } from 'node:crypto';

export interface UserRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const DIGEST_BYTES = 16;

/** The aggregate's records in order; undefined for anything else, a wrong checksum included: it passes as it is. */
export function deaggregate(data: Buffer): readonly UserRecord[] | undefined {
  if (data.length <= MAGIC.length + DIGEST_BYTES || !data.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const message = data.subarray(MAGIC.length, data.length - DIGEST_BYTES);
  const digest = createHash('md5').update(message).digest();
  if (!digest.equals(data.subarray(data.length - DIGEST_BYTES))) return undefined;
  try {
    return userRecords(message);
  } catch {
    return undefined;
  }
}

function userRecords(message: Buffer): UserRecord[] {
  const keys: string[] = [];
  const records: Buffer[] = [];
  for (const { number, bytes } of fields(message)) {
    if (number === 1 && bytes !== undefined) keys.push(bytes.toString('utf8'));
    if (number === 3 && bytes !== undefined) records.push(bytes);
  }
  return records.map((record) => {
    let partitionKey: string | undefined;
    let data: Buffer = Buffer.alloc(0);
    for (const { number, value, bytes } of fields(record)) {
      if (number === 1) partitionKey = keys[value];
      if (number === 3 && bytes !== undefined) data = bytes;
    }
    if (partitionKey === undefined) throw new RangeError('a user record without a partition key');
    return { partitionKey, data };
  });
}

interface ProtobufField {
  readonly number: number;
  readonly value: number;
  readonly bytes: Buffer | undefined;
}

/** The fields of a protobuf message. Throws RangeError where it is cut short or of an unknown wire type. */
function* fields(message: Buffer): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint of more than ten bytes');
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag & 7;
    const number = Math.floor(tag / 8);
    if (wire === 0) yield { number, value: varint(), bytes: undefined };
    else if (wire === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError('a field longer than its message');
      yield { number, value: 0, bytes: message.subarray(at, at + length) };
      at += length;
    } else throw new RangeError(`wire type ${wire}`);
  }
}
