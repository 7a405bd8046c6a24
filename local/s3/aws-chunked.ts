/**
 * The aws-chunked encoding: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailer: value>\r\n\r\n`.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { AwsError } from '../gateway/aws-error.ts';

const LONGEST_LINE = 16 * 1024;

/** Yields the bytes inside; puts the trailers, lower-cased, into `trailers`. */
export async function* decodeChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = createReader(source);
  for (;;) {
    const size = chunkSize(await reader.line());
    if (size === 0) break;
    yield* reader.bytes(size);
    if ((await reader.line()) !== '') throw malformed();
  }
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed();
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

function chunkSize(line: string): number {
  const digits = /^([0-9a-fA-F]{1,12})(;.*)?$/.exec(line)?.[1];
  if (digits === undefined) throw malformed();
  return Number.parseInt(digits, 16);
}

interface Reader {
  /** The next line without its end; at the source's end '' if `atEnd` allows it. */
  line(atEnd?: boolean): Promise<string>;
  bytes(count: number): AsyncGenerator<Buffer>;
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const from = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const { value, done } = await from.next();
    if (done) return false;
    held = held.length === 0 ? value : Buffer.concat([held, value]);
    return true;
  }

  return {
    async line(atEnd = false) {
      for (;;) {
        const end = held.indexOf('\n');
        if (end >= 0) {
          const line = held.toString('latin1', 0, end).replace(/\r$/, '');
          held = held.subarray(end + 1);
          return line;
        }
        if (held.length > LONGEST_LINE) throw malformed();
        if (!(await more())) {
          if (atEnd && held.length === 0) return '';
          throw incomplete();
        }
      }
    },
    async *bytes(count) {
      let left = count;
      while (left > 0) {
        if (held.length === 0 && !(await more())) throw incomplete();
        const part = held.subarray(0, left);
        held = held.subarray(part.length);
        left -= part.length;
        if (part.length > 0) yield part;
      }
    },
  };
}

function malformed(): AwsError {
  return new AwsError('InvalidRequest', 'The body is not valid aws-chunked encoding.');
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
}
