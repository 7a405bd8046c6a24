import { type ByteString, decodeUtf8 } from '../record/byte-string.ts';
import type { FailedRecord } from '../sources/failures/found.ts';

/** What a dry run shows of one error code: how many, and the shape of the first, without a value. */
export interface Sample {
  readonly code: string;
  count: number;
  readonly bytes: number;
  readonly shape: unknown;
}

const DEEPEST = 8;
const MOST_MEMBERS = 40;

/** Adds a record to the samples, one for each code. */
export function sample(samples: Map<string, Sample>, { code, data }: FailedRecord): void {
  const known = samples.get(code);
  if (known !== undefined) known.count += 1;
  else samples.set(code, { code, count: 1, bytes: data.length, shape: shapeOf(data) });
}

/** The record's members with each value replaced by its type: no value, and no odd key, is shown. */
function shapeOf(data: ByteString): unknown {
  try {
    return masked(JSON.parse(decodeUtf8(data)), 0);
  } catch {
    return '[NOT JSON]';
  }
}

function masked(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object')
    return value === null ? '[NULL]' : `[${(typeof value).toUpperCase()}]`;
  if (depth === DEEPEST) return '[…]';
  if (Array.isArray(value)) return value.slice(0, 1).map((element) => masked(element, depth + 1));
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([key, member]) => [maskedKey(key), masked(member, depth + 1)]));
}

/** A key is shown where it looks like a name; ids, addresses and tokens are keys too. */
function maskedKey(key: string): string {
  return /^[A-Za-z_][A-Za-z_-]{0,39}$/.test(key) ? key : '[KEY]';
}
