import { type ByteString, decodeUtf8 } from '../record/byte-string.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import type { ReplayCommand } from './command.ts';

/** Whether a dead letter is such as the command asks for. */
export function matches(record: FailedRecord, { errorCode, match, since, until }: ReplayCommand): boolean {
  if (errorCode !== undefined && record.code !== errorCode) return false;
  if (record.arrival !== undefined && record.arrival < (since ?? 0)) return false;
  if (record.arrival !== undefined && record.arrival >= (until ?? Number.POSITIVE_INFINITY)) return false;
  return match === undefined || hasValues(record.data, match);
}

/** Whether the record is JSON that has these values at these dot paths. */
function hasValues(data: ByteString, wanted: Readonly<Record<string, unknown>>): boolean {
  let document: unknown;
  try {
    document = JSON.parse(decodeUtf8(data));
  } catch {
    return false;
  }
  return Object.entries(wanted).every(([path, value]) => valueAt(document, path) === value);
}

function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      document,
    );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
