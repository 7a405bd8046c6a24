/** English month names as log formats write them. */
const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, index) => [
    name,
    index,
  ]),
);

/** A moment's fields; `fraction` is the digits after the decimal point as they came. */
export interface DateFields {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly fraction?: string | undefined;
  /** Minutes east of UTC. */
  readonly offset: number;
}

/** The index of an English month, from 0: `May` → 4. */
export function monthOf(name: string): number | undefined {
  return MONTHS[name];
}

/** `Z`, `+0200`, `-03:30` in minutes east of UTC; undefined for anything else. */
export function offsetOf(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes] = [Number(match[2]), Number(match[3])];
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (match[1] === '-' ? -1 : 1);
}

/**
 * The moment in ISO 8601, UTC, with the fraction's digits as they came: `2015-05-17T10:05:03Z`. Undefined where there is
 * no such day or time. A leap second becomes the second after it, since readers refuse `:60`.
 */
export function isoOf(fields: DateFields): string | undefined {
  const { year, month, day, hour, minute, second, fraction, offset } = fields;
  if (month > 11 || hour > 23 || minute > 59 || second > 60 || day < 1 || day > daysIn(year, month)) return undefined;
  // Date.UTC takes years below 100 for those of the 20th century; 400 years are whole weeks and leap cycles.
  const time = new Date(Date.UTC(year + 400, month, day, hour, minute - offset, second) - FOUR_CENTURIES);
  if (!(time.getTime() >= FIRST && time.getTime() <= LAST)) return undefined;
  const whole = time.toISOString().slice(0, 19);
  return fraction === undefined || fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

const FOUR_CENTURIES = 146_097 * 86_400_000;
/** The years 0 to 9999, which ISO 8601 writes with four digits. */
const FIRST = Date.parse('0000-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 1 && isLeap ? 29 : DAYS[month]!;
}

const COMMON_LOG = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})$/;

/** The time of an access log line, `17/May/2015:10:05:03 +0000`, in ISO 8601, UTC. */
export function isoOfCommonLog(text: string): string | undefined {
  const match = COMMON_LOG.exec(text);
  if (match === null) return undefined;
  const [, day, name, year, hour, minute, second, zone] = match;
  const [month, offset] = [monthOf(name!), offsetOf(zone!)];
  if (month === undefined || offset === undefined) return undefined;
  return isoOf({
    year: Number(year),
    month,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    offset,
  });
}

const INTERNET =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?([Zz]|[+-]\d{2}:?\d{2})?$/;

/** RFC 3339, ISO 8601 and SQL spellings of a moment, in ISO 8601, UTC. `fallback`: minutes east of UTC where no zone is given. */
export function isoOfInternet(text: string, fallback = 0): string | undefined {
  const match = INTERNET.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const offset = zone === undefined ? fallback : offsetOf(zone);
  if (offset === undefined) return undefined;
  return isoOf({
    year: Number(year),
    month: Number(month) - 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    fraction,
    offset,
  });
}
