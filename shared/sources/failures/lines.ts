import { createGunzip } from 'node:zlib';

/** One line of an object. The offset is that of its first byte in the unpacked object. */
export interface Line {
  readonly offset: number;
  readonly bytes: Buffer;
  /** Ended by a line feed: a last line without one may be half a line. */
  readonly ended: boolean;
  /** Longer than the cap: its bytes were left out. */
  readonly tooLong: boolean;
}

/** A record of 10 MiB in base64, with its fields. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Reads an object line by line in memory bounded by the longest line, unpacking it where it is gzip. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let offset = 0;
  const line = (ended: boolean): Line => {
    const tooLong = length > LONGEST_LINE;
    const result = { offset, bytes: tooLong ? Buffer.alloc(0) : Buffer.concat(parts), ended, tooLong };
    offset += length + (ended ? 1 : 0);
    parts = [];
    length = 0;
    return result;
  };
  for await (const chunk of unpacked(body)) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      parts.push(chunk.subarray(from, end));
      length += end - from;
      yield line(true);
      from = end + 1;
    }
    length += chunk.length - from;
    if (length <= LONGEST_LINE && from < chunk.length) parts.push(chunk.subarray(from));
    else if (length > LONGEST_LINE) parts = [];
  }
  if (length > 0) yield line(false);
}

/** The object's bytes, unpacked where they begin as gzip does. Rejects where the gzip is broken. */
async function* unpacked(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const rest = prepend(head, chunks);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(rest);
  else yield* rest;
}

async function* prepend(head: Buffer, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield Buffer.from(next.value);
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Readable } = await import('node:stream');
  const source = Readable.from(packed);
  const plain = source.pipe(createGunzip());
  source.on('error', (error) => plain.destroy(error));
  yield* plain;
}
