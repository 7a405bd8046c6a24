import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { explain, UsageError } from './failure.ts';
import { DamagedInput, gunzip } from './gunzip.ts';

/** A file, or standard input, ready to be read; what can be told from its beginning has been told. */
export interface OpenInput {
  /** For messages: the path, or `standard input`. */
  readonly name: string;
  /** Bytes on disk, where that is known. */
  readonly size: number | undefined;
  /** Bytes read so far, as they are on disk. */
  bytesRead(): number;
  /** What a person should know before the run: it looks binary. */
  readonly warnings: readonly string[];
  /** The content, unpacked. Throws DamagedInput in the middle where the file is broken. Can be read once. */
  content(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

const HEAD_BYTES = 64 * 1024;

/** Opens `path`, or standard input for `-`. Throws a UsageError for what isn't there, is empty or can't be text. */
export async function openInput(path: string, stdin: AsyncIterable<Uint8Array> = process.stdin): Promise<OpenInput> {
  return path === '-' ? fromStandardInput(stdin) : fromFile(path);
}

async function fromFile(path: string): Promise<OpenInput> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw new UsageError(`--input ${path}: ${explain(cause)}`);
  }
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new UsageError(`--input ${path}: it is a folder, not a file`);
    if (stats.isFile() && stats.size === 0) throw new UsageError(`--input ${path}: the file is empty`);
    const size = stats.isFile() ? stats.size : undefined;
    const source = createReadStream(path, { fd: file, autoClose: false, highWaterMark: HEAD_BYTES });
    const reread = (): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: HEAD_BYTES });
    return await describe({
      name: path,
      size,
      source,
      close: () => file.close(),
      ...(size !== undefined && { reread }),
    });
  } catch (cause) {
    await file.close().catch(() => {});
    throw cause instanceof UsageError ? cause : new UsageError(`--input ${path}: ${explain(cause)}`);
  }
}

async function fromStandardInput(stdin: AsyncIterable<Uint8Array>): Promise<OpenInput> {
  return describe({ name: 'standard input', size: undefined, source: stdin, close: async () => {} });
}

interface Source {
  readonly name: string;
  readonly size: number | undefined;
  readonly source: AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
  /** The same bytes again, from the start. */
  readonly reread?: () => AsyncIterable<Buffer>;
}

async function describe({ name, size, source, close, reread }: Source): Promise<OpenInput> {
  let read = 0;
  const counted = countBytes(source, (bytes) => {
    read += bytes;
  });
  const chunks = counted[Symbol.asyncIterator]();
  const head = await takeHead(chunks);
  if (head.length === 0) throw new UsageError(`${name} is empty`);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  if (!packed) refuseUtf16(name, head);
  const warnings = !packed && head.includes(0) ? [BINARY(name)] : [];
  const raw = prepend(head, chunks);
  return {
    name,
    size,
    warnings,
    bytesRead: () => read,
    content: () => withoutByteOrderMark(packed ? gunzip(name, raw, reread) : readable(name, raw)),
    close,
  };
}

const BINARY = (name: string): string =>
  `${name} looks binary (it holds NUL bytes): its lines go through all the same; what can't be read ends in quarantine`;

function refuseUtf16(name: string, head: Buffer): void {
  const mark = head.length < 2 ? 0 : head.readUInt16BE(0);
  if (mark === 0xfffe || mark === 0xfeff) {
    throw new UsageError(`${name} is UTF-16: records are read as UTF-8 (iconv -f UTF-16 -t UTF-8 converts it)`);
  }
}

async function takeHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return Buffer.concat(parts);
}

async function* countBytes(
  source: AsyncIterable<Uint8Array>,
  add: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    add(bytes.length);
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

async function* prepend(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

async function* readable(name: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* source;
  } catch (cause) {
    throw new DamagedInput(`${name} could not be read to its end: ${explain(cause)}`);
  }
}

async function* withoutByteOrderMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let start = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of source) {
    if (begun) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < 3) continue;
    begun = true;
    yield start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? start.subarray(3) : start;
  }
  if (!begun && start.length > 0) yield start;
}
