import { type ByteString, decodeUtf8 } from '../record/byte-string.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import type { ReplayCommand } from './command.ts';

/** Whether a dead letter is such as the command asks for. `made`: when its container was, for a record that does not tell its time. */
export function matches(
  { code, arrival = undefined, data }: FailedRecord,
  { errorCode, match, since, until }: Pick<ReplayCommand, 'errorCode' | 'match' | 'since' | 'until'>,
  made: number | undefined,
): boolean {
  if (errorCode !== undefined && code !== errorCode) return false;
  const time = arrival ?? made;
  if (time !== undefined && (time < (since ?? 0) || time >= (until ?? Number.POSITIVE_INFINITY))) return false;
  return match === undefined || documentsOf(data).some((document) => hasValues(document, match));
}

/** The record's JSON, or that of each of its lines. */
function documentsOf(data: ByteString): readonly unknown[] {
  const whole = parsed(data);
  return whole === undefined ? data.split('\n').map(parsed) : [whole];
}

function parsed(text: ByteString): unknown {
  try {
    return JSON.parse(decodeUtf8(text));
  } catch {
    return undefined;
  }
}

/** Whether a document has these values at these paths: `{"user.id": "u-1"}`, or `{"user": {"id": "u-1"}}`. */
function hasValues(document: unknown, wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([path, value]) => isLike(valueAt(document, path), value));
}

function isLike(value: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return value === wanted;
  if (!Array.isArray(wanted)) return isObject(value) && hasValues(value, wanted as Record<string, unknown>);
  return Array.isArray(value) && value.length === wanted.length && wanted.every((each, i) => isLike(value[i], each));
}

/** Dots part names, `[2]` is an element; a member whose name has dots in it is found too. */
function valueAt(document: unknown, path: string): unknown {
  if (isObject(document) && Object.hasOwn(document, path)) return document[path];
  const names = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  return names.reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    document,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
