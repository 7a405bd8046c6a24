import { gunzipSync, gzipSync } from 'node:zlib';
import { type ByteString, byteStringOf, bytesOf } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';

/** What a record may unpack to, in bytes: 32 times the largest record of a delivery stream. */
export const MAX_UNPACKED = 32 * 1024 * 1024;

/** Whether bytes begin as gzip does (RFC 1952). No text of another format begins so: 8B is no UTF-8 there. */
export function isGzip(data: ByteString): boolean {
  return data.charCodeAt(0) === 0x1f && data.charCodeAt(1) === 0x8b;
}

/** The content of one or several gzip members. All of it, or a failure: a broken member never gives what came before it. */
function gunzip(data: ByteString, maxUnpackedBytes: number = MAX_UNPACKED): ByteString | Failed {
  try {
    const bytes = bytesOf(data);
    const { buffer, engine } = unpack(bytes, maxUnpackedBytes);
    // zlib takes zeros after a member for padding and stops there, whatever comes after them.
    if (bytes.subarray(engine.bytesWritten).some((byte) => byte !== 0))
      return broken('there are bytes after its padding');
    return byteStringOf(buffer);
  } catch (error) {
    return faultOf(error, maxUnpackedBytes);
  }
}

/** `info` makes Node give the engine beside the bytes: https://nodejs.org/api/zlib.html#class-options; the types don't say so. */
function unpack(bytes: Buffer, maxOutputLength: number): { buffer: Buffer; engine: { bytesWritten: number } } {
  return gunzipSync(bytes, { maxOutputLength, info: true }) as unknown as ReturnType<typeof unpack>;
}

function faultOf(error: unknown, limit: number): Failed {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return failed(permanent('UnpackedTooLarge', 'decode', `the gzip data unpacks to more than ${limit} bytes`));
  }
  return broken(code === 'Z_BUF_ERROR' ? 'it ends too early' : 'it is damaged');
}

function broken(what: string): Failed {
  return failed(permanent('InvalidGzip', 'decode', `the gzip data can't be read: ${what}`));
}

/** Unpacked where the data is gzip, as it came where not. */
export function unpacked(data: ByteString, maxUnpackedBytes?: number): ByteString | Failed {
  return isGzip(data) ? gunzip(data, maxUnpackedBytes) : data;
}

function packed(text: ByteString): ByteString {
  return byteStringOf(gzipSync(bytesOf(text)));
}

/** Takes a record apart by its content. Pieces are packed where the record was: unpacked they may be too large to be put. */
export function splitContent(
  data: ByteString,
  split: (text: ByteString) => readonly ByteString[] | undefined,
  maxUnpackedBytes?: number,
): readonly ByteString[] | undefined {
  const text = unpacked(data, maxUnpackedBytes);
  if (typeof text !== 'string') return undefined;
  return isGzip(data) ? split(text)?.map(packed) : split(text);
}
