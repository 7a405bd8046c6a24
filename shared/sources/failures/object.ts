import { byteStringOf } from '../../record/byte-string.ts';
import { entriesOf, type ObjectEntry } from './entries.ts';
import type { Found } from './found.ts';
import { readLetter, type Stores } from './letter.ts';
import { UnpackedTooLargeError } from './lines.ts';
import { originOfKey } from './object-key.ts';

/** Code of records that lie in a source backup, or in a file of one's own: they never failed, they are sent again. */
const BACKUP = 'SourceBackup';

/** What lies there is what producers sent: a record that looks like a failure is a record. */
const BACKUPS = /(?:^|\/)source-backup\//;
/** Firehose's error prefixes end so: nothing but failures lies under them. */
const FAILURES = /(?:^|\/)[a-z-]+-failed\//;
/** Parquet, ORC, zip, and the two framings of snappy: no records to be cut out of. */
const OTHER_CONTENT = /^(?:PAR1|ORC|PK\x03\x04|\xff\x06\x00\x00sNaPpY)/;
const OTHER_EXTENSION = /\.(?:parquet|orc|zip|snappy|avro)$/i;

/** Reads every dead letter of an S3 object, whatever kind of object it is, in memory bounded by the longest line. */
export async function* readObject(key: string, body: AsyncIterable<Uint8Array>, stores: Stores): AsyncGenerator<Found> {
  try {
    for await (const entry of entriesOf(body)) {
      if (entry.offset === 0 && isOtherContent(key, entry.bytes))
        return yield { kind: 'unreadable', at: '0', code: 'UnsupportedContent' };
      yield* readEntry(key, entry, stores);
    }
  } catch (cause) {
    const code = codeOf(cause);
    if (code === undefined) throw cause;
    yield { kind: 'unreadable', at: 'gzip', code };
  }
}

async function* readEntry(key: string, entry: ObjectEntry, stores: Stores): AsyncGenerator<Found> {
  const at = String(entry.offset).padStart(15, '0');
  const { value, bytes, ended, tooLong } = entry;
  if (tooLong) return yield { kind: 'unreadable', at, code: 'LineTooLong' };
  const isBackup = BACKUPS.test(key);
  const letters = value === undefined || isBackup ? undefined : readLetter(value, at, key, stores);
  if (letters !== undefined) return yield* letters;
  if (FAILURES.test(key) || (value === undefined && !isBackup && looksLikeFailure(bytes))) {
    const code = value !== undefined ? 'UnknownDeadLetter' : ended ? 'NotJson' : 'HalfLine';
    return yield { kind: 'unreadable', at, code };
  }
  const data = byteStringOf(bytes) + (ended ? '\n' : '');
  yield { kind: 'record', at, data, code: BACKUP, arrival: undefined, origin: originOfKey(key) };
}

/** A line of an error object that broke off is no record of its own: it must not be sent as one. */
function looksLikeFailure(bytes: Buffer): boolean {
  return /"(rawData|errorCode|ErrorCode|attemptsMade|KinesisBatchInfo)"/.test(bytes.toString('latin1', 0, 4096));
}

function isOtherContent(key: string, bytes: Buffer): boolean {
  return OTHER_EXTENSION.test(key) || OTHER_CONTENT.test(bytes.toString('latin1', 0, 16));
}

function codeOf(cause: unknown): string | undefined {
  if (cause instanceof UnpackedTooLargeError) return 'UnpackedTooLarge';
  const isGzipError = cause instanceof Error && String((cause as { code?: unknown }).code).startsWith('Z_');
  return isGzipError ? 'BrokenGzip' : undefined;
}
