import type { ByteString } from '../../record/byte-string.ts';
import { readRedriven } from '../../record/redriven.ts';
import type { Found } from './found.ts';
import { originOfKey } from './object-key.ts';

/** A line of an error object of Firehose, with its members' names in lower case. */
type Members = ReadonlyMap<string, unknown>;

/**
 * Reads a line that Firehose wrote for a record it could not process, convert or deliver: `processing-failed/`,
 * `format-conversion-failed/`, `splunk-failed/`, `http-endpoint-failed/` and the like. Their members differ in spelling
 * (`errorCode`, `ErrorCode`, `lastErrorCode`) and order, and numbers come as strings too. Undefined where it is none.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
 */
export function readFirehoseFailure(value: object, at: string, key: string): Found | undefined {
  const members: Members = new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
  if (!members.has('rawdata')) return undefined;
  const data = fromBase64(members.get('rawdata'));
  if (data === undefined) return { kind: 'unreadable', at, code: 'BadRawData' };
  return {
    kind: 'record',
    at,
    // A record that failed after it was replayed comes in the envelope that it was put back in.
    ...(readRedriven(data) ?? { data }),
    code: text(members, 'errorcode', 'lasterrorcode') ?? 'Unknown',
    arrival: whole(members.get('arrivaltimestamp')),
    failedAt: whole(members.get('attemptendingtimestamp')),
    origin: originOfKey(key),
  };
}

/** Base64 text as the bytes it stands for; undefined for anything else. */
export function fromBase64(value: unknown): ByteString | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return atob(value);
  } catch {
    return undefined;
  }
}

function text(members: Members, ...names: readonly string[]): string | undefined {
  const found = names.map((name) => members.get(name)).find((value) => typeof value === 'string' && value !== '');
  return found as string | undefined;
}

/** Epoch milliseconds that a date can hold; numbers come as strings too. */
function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= LATEST ? number : undefined;
}

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LATEST = 8.64e15;
