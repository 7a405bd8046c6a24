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
  const time = new Date(0);
  time.setUTCFullYear(year, month, day);
  time.setUTCHours(hour, minute - offset, second);
  if (time.getUTCFullYear() < 0 || time.getUTCFullYear() > 9999) return undefined;
  const whole = time.toISOString().slice(0, 19);
  return fraction === undefined || fraction === '' ? `${whole}Z` : `${whole}.${fraction}Z`;
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
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
