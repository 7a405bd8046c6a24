import { byteStringOf } from '../../record/byte-string.ts';
import { readBatchPayload } from './batch-payload.ts';
import { readFirehoseFailure } from './firehose-object.ts';
import type { Found } from './found.ts';
import { type Line, linesOf } from './lines.ts';
import { originOfKey } from './object-key.ts';

/** Code of records that lie in a source backup, or in a file of one's own: they never failed, they are sent again. */
export const BACKUP = 'SourceBackup';
/** Code of records of a batch that Lambda gave up on. */
export const BATCH_FAILED = 'Lambda.BatchFailed';

/** Reads every dead letter of an S3 object, whatever kind of object it is, in memory bounded by the longest line. */
export async function* readObject(key: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Found> {
  try {
    for await (const line of linesOf(body)) yield* readLine(key, line);
  } catch (cause) {
    if (!isBrokenGzip(cause)) throw cause;
    yield { kind: 'unreadable', at: 'gzip', code: 'BrokenGzip' };
  }
}

function* readLine(key: string, line: Line): Generator<Found> {
  const at = String(line.offset).padStart(15, '0');
  if (line.tooLong) return yield { kind: 'unreadable', at, code: 'LineTooLong' };
  if (isBlank(line.bytes)) return;
  const value = line.bytes[0] === 0x7b ? parsed(line.bytes) : undefined;
  if (value !== undefined) {
    const batch = readBatchPayload(value, BATCH_FAILED);
    if (batch !== undefined) return yield* batch;
    const failure = readFirehoseFailure(value, at, key);
    if (failure !== undefined) return yield failure;
  } else if (looksLikeFailure(line.bytes)) {
    return yield { kind: 'unreadable', at, code: line.ended ? 'NotJson' : 'HalfLine' };
  }
  yield {
    kind: 'record',
    at,
    data: byteStringOf(line.bytes) + (line.ended ? '\n' : ''),
    code: BACKUP,
    arrival: undefined,
    origin: originOfKey(key),
  };
}

function parsed(bytes: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A line of an error object that broke off is no record of its own: it must not be sent as one. */
function looksLikeFailure(bytes: Buffer): boolean {
  return /"(rawData|errorCode|ErrorCode|attemptsMade|KinesisBatchInfo)"/.test(bytes.toString('latin1', 0, 4096));
}

function isBlank(bytes: Buffer): boolean {
  return bytes.length === 0 || (bytes.length < 64 && bytes.toString('latin1').trim() === '');
}

function isBrokenGzip(cause: unknown): boolean {
  return cause instanceof Error && String((cause as { code?: unknown }).code).startsWith('Z_');
}
