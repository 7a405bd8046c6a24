/**
 * Text and numbers as timestamps: microseconds since the epoch, UTC.
 * https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
 */
import { readDecimal, rescale } from './decimal.ts';

const SPACED = /^(\d{4})-(\d{1,2})-(\d{1,2}) (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z?$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
/** An epoch number below it counts seconds, from it on milliseconds. */
const LEAST_MILLIS = 1_000_000_000_000_000_000n;
/** What a 64-bit count of microseconds holds. */
const MOST_MICROS = 2n ** 63n - 1n;
const DAY_MS = 86_400_000;

/** OpenX's: ISO-8601 with Z, `yyyy-MM-dd HH:mm:ss[.S…]`, epoch seconds or milliseconds. Undefined for anything else. */
export function readTimestamp(text: string): bigint | undefined {
  const match = ISO.exec(text) ?? SPACED.exec(text);
  if (match !== null) return fromFields(match.slice(1, 7).map(Number), match[7] ?? '');
  return fromEpoch(text);
}

/** `yyyy-MM-dd HH:mm:ss[.S…]` alone: java.sql.Timestamp's. */
export function readSqlTimestamp(text: string): bigint | undefined {
  const match = SPACED.exec(text);
  return match === null ? undefined : fromFields(match.slice(1, 7).map(Number), match[7] ?? '');
}

/** Epoch seconds below 10^12, milliseconds from there on; with fractions. */
export function fromEpoch(text: string): bigint | undefined {
  const number = readDecimal(text);
  if (number === undefined) return undefined;
  const micros = rescale(number, 6, 30);
  if (micros === undefined) return undefined;
  const size = micros < 0n ? -micros : micros;
  const value = size < LEAST_MILLIS ? micros : micros / 1000n;
  return value > MOST_MICROS || value < -MOST_MICROS ? undefined : value;
}

/** Days since the epoch of `yyyy-M-d`. */
export function readDate(text: string): number | undefined {
  const match = DATE.exec(text);
  const micros = match === null ? undefined : fromFields([...match.slice(1, 4).map(Number), 0, 0, 0], '');
  return micros === undefined ? undefined : Number(micros / 1000n) / DAY_MS;
}

/** Undefined for a day or hour that isn't in the calendar. */
export function fromFields(fields: readonly number[], fraction: string): bigint | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return undefined;
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
