/** A sealed run of a shard's records as one file, so that a long run's records can be replayed without holding them. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { StreamEntry } from '../account/contracts.ts';

/** Before each record: data length (4), partition key length (2), arrival (8), sequence number (56). */
const HEAD = 4 + 2 + 8 + 56;

export function writeSegment(path: string, entries: readonly StreamEntry[]): void {
  let size = 0;
  const keys = entries.map((entry) => Buffer.from(entry.partitionKey));
  for (const [index, entry] of entries.entries()) size += HEAD + (keys[index] as Buffer).length + entry.data.length;
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const key = keys[index] as Buffer;
    bytes.writeUInt32LE(entry.data.length, at);
    bytes.writeUInt16LE(key.length, at + 4);
    bytes.writeDoubleLE(entry.arrival, at + 6);
    bytes.write(entry.sequenceNumber, at + 14, 'latin1');
    key.copy(bytes, at + HEAD);
    entry.data.copy(bytes, at + HEAD + key.length);
    at += HEAD + key.length + entry.data.length;
  }
  writeFileSync(path, bytes);
}

/** Reads a segment back; the records' data are views of the one buffer. */
export function readSegment(path: string): StreamEntry[] {
  const bytes = readFileSync(path);
  const entries: StreamEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const dataLength = bytes.readUInt32LE(at);
    const key = at + HEAD;
    const data = key + bytes.readUInt16LE(at + 4);
    entries.push({
      sequenceNumber: bytes.toString('latin1', at + 14, key),
      partitionKey: bytes.toString('utf8', key, data),
      data: bytes.subarray(data, data + dataLength),
      arrival: bytes.readDoubleLE(at + 6),
    });
    at = data + dataLength;
  }
  return entries;
}
