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

/** The object unpacks to more than any object of dead letters holds. */
export class UnpackedTooLargeError extends Error {
  override readonly name = 'UnpackedTooLargeError';
}

/** A record of 10 MiB in base64, with its fields. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** Firehose buffers 128 MB before it packs them: what unpacks to more was not made by it. */
const MOST_UNPACKED = 4 * 1024 * 1024 * 1024;
/** An object of packed records, packed once more. */
const MOST_LAYERS = 2;
const LINE_FEED = 0x0a;

/** Reads an object line by line in memory bounded by the longest line, unpacking it where it is gzip. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let length = 0;
  let offset = 0;
  const line = (ended: boolean): Line => {
    const tooLong = length > LONGEST_LINE;
    const result = { offset, bytes: tooLong ? Buffer.alloc(0) : joined(parts), ended, tooLong };
    offset += length + (ended ? 1 : 0);
    parts = [];
    length = 0;
    return result;
  };
  for await (const chunk of unpacked(body, MOST_LAYERS)) {
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

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/**
 * The object's bytes, unpacked where they begin as gzip does: several members are one content, since records that were
 * packed stand one after the other in a source backup. Rejects where the gzip is broken, or a bomb.
 */
async function* unpacked(body: AsyncIterable<Uint8Array>, layers: number): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    while (head.length < 2) {
      const next = await chunks.next();
      if (next.done) break;
      head = Buffer.concat([head, next.value]);
    }
    const rest = prepend(head, chunks);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    if (isGzip && layers > 0) yield* unpacked(capped(gunzip(rest)), layers - 1);
    else yield* rest;
  } finally {
    await chunks.return?.();
  }
}

async function* prepend(head: Buffer, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const { buffer, byteOffset, byteLength } = next.value;
    yield Buffer.from(buffer, byteOffset, byteLength);
  }
}

/** Packed bytes that are unpacked at a time: they become a thousand times as many at most. */
const STEP = 16 * 1024;

/** Gives all that could be unpacked before it rejects. */
async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const engine = createGunzip();
  let ready: Buffer[] = [];
  let failure: Error | undefined;
  // As the bytes come: the stream's own buffer goes with its first error.
  engine.on('data', (chunk: Buffer) => ready.push(chunk));
  engine.on('error', (error) => {
    failure ??= error;
  });
  const closed = new Promise<void>((resolve) => engine.on('close', resolve));
  const step = async (begin: (done: () => void) => void): Promise<readonly Buffer[]> => {
    await Promise.race([new Promise<void>(begin), closed]);
    const chunks = ready;
    ready = [];
    return chunks;
  };
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length; at += STEP) {
        yield* await step((done) => engine.write(chunk.subarray(at, at + STEP), () => done()));
        if (failure !== undefined) throw failure;
      }
    }
    yield* await step(() => engine.end());
    if (failure !== undefined) throw failure;
  } finally {
    engine.destroy();
  }
}

async function* capped(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of content) {
    length += chunk.length;
    if (length > MOST_UNPACKED) throw new UnpackedTooLargeError('The object unpacks to too much.');
    yield chunk;
  }
}
