/** Unpacks a deployment package. Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Not a zip file, or one of a kind that isn't read here (encrypted, zip64, another compression). */
class ZipError extends Error {
  override readonly name = 'ZipError';
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 250 MB unzipped. */
const UNPACKED_BYTES = 250 * 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

export function unpackZip(zip: Buffer, directory: string): void {
  let total = 0;
  for (const entry of readEntries(zip)) {
    const target = path.resolve(directory, entry.name);
    if (!target.startsWith(path.resolve(directory) + path.sep)) throw new ZipError(`${entry.name} leaves the package`);
    if (entry.name.endsWith('/')) continue;
    total += entry.unpacked;
    if (total > UNPACKED_BYTES) throw new ZipError(`The package is larger than ${UNPACKED_BYTES} bytes when unpacked`);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, contentOf(zip, entry));
  }
}

function readEntries(zip: Buffer): readonly Entry[] {
  let end = zip.length - END_BYTES;
  while (end >= 0 && zip.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new ZipError('The package is not a zip file');
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new ZipError('The package is cut short');
    const nameBytes = zip.readUInt16LE(at + 28);
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + nameBytes),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      unpacked: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function contentOf(zip: Buffer, entry: Entry): Buffer {
  if (entry.offset + 30 > zip.length) throw new ZipError('The package is cut short');
  const start = entry.offset + 30 + zip.readUInt16LE(entry.offset + 26) + zip.readUInt16LE(entry.offset + 28);
  const packed = zip.subarray(start, start + entry.packed);
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) throw new ZipError(`${entry.name} is packed in a way that isn't supported`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(entry.unpacked, 1) });
}
