/** Bodies of delivered objects. https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { constants, crc32, createGzip, deflateRaw } from 'node:zlib';
import { compress as snappy } from 'snappyjs';
import type { CompressionFormat } from './settings.ts';

/** The bytes of an object, a part at a time, and how many they are together. */
interface Content {
  readonly bytes: number;
  parts(): AsyncIterable<Buffer>;
}

interface Compression {
  readonly extension: string;
  /** The Content-Encoding that the object is labelled with. */
  readonly encoding: string | undefined;
  compress(content: Content): Promise<Buffer>;
}

const deflateBody = promisify(deflateRaw) as (body: Buffer) => Promise<Buffer>;
const SNAPPY_BLOCK = 32 * 1024;

/** The two Snappy forms share an extension, and are told apart by their encoding. */
export const COMPRESSIONS: Readonly<Record<CompressionFormat, Compression>> = {
  UNCOMPRESSED: { extension: '', encoding: undefined, compress: whole },
  GZIP: { extension: '.gz', encoding: 'gzip', compress: gzip },
  ZIP: { extension: '.zip', encoding: 'zip', compress: async (content) => zip(await whole(content)) },
  Snappy: { extension: '.snappy', encoding: 'snappy-java', compress: async (content) => xerial(await whole(content)) },
  HADOOP_SNAPPY: {
    extension: '.snappy',
    encoding: 'hadoop-snappy',
    compress: async (content) => hadoop(await whole(content)),
  },
};

async function whole(content: Content): Promise<Buffer> {
  const body = Buffer.allocUnsafeSlow(content.bytes);
  let at = 0;
  for await (const part of content.parts()) at += part.copy(body, at);
  return body;
}

/** The parts go in as they come, so that only the packed bytes are held. */
async function gzip(content: Content): Promise<Buffer> {
  const packing = createGzip({ level: constants.Z_BEST_SPEED });
  const packed = buffer(packing);
  for await (const part of content.parts()) {
    if (!packing.write(part)) await once(packing, 'drain');
  }
  packing.end();
  return packed;
}

/** The stream format of snappy-java: a header, then blocks of length and bytes. */
function xerial(body: Buffer): Buffer {
  const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  return Buffer.concat([header, ...snappyBlocks(body).flatMap(({ packed }) => [uint32(packed.length), packed])]);
}

/** Hadoop's block format: each block also says how long it is unpacked. */
function hadoop(body: Buffer): Buffer {
  const blocks = snappyBlocks(body);
  return Buffer.concat(blocks.flatMap(({ raw, packed }) => [uint32(raw), uint32(packed.length), packed]));
}

function snappyBlocks(body: Buffer): { raw: number; packed: Buffer }[] {
  const blocks: { raw: number; packed: Buffer }[] = [];
  for (let at = 0; at < body.length; at += SNAPPY_BLOCK) {
    const block = body.subarray(at, at + SNAPPY_BLOCK);
    blocks.push({ raw: block.length, packed: Buffer.from(snappy(block)) });
  }
  return blocks;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** An archive with one deflated entry. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
async function zip(body: Buffer): Promise<Buffer> {
  const name = Buffer.from(randomUUID());
  const packed = await deflateBody(body);
  // Version, flags, method 8, time and date of 1980, checksum, sizes, name length, extra length.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(body), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(body.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
