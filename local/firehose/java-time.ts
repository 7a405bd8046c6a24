/**
 * Patterns of Java's DateTimeFormatter, as S3 prefixes and HiveJsonSerDe write them.
 * https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html
 */

/** An instant seen in one time zone. `local` holds the zone's wall clock in its UTC fields. */
export interface ZonedTime {
  readonly epochMs: number;
  readonly local: Date;
  readonly offsetMinutes: number;
}

export type TimeFormat = (time: ZonedTime) => string;

/** The pattern can't be read; the message names the part. */
class TimePatternError extends Error {}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const DAY_MS = 86_400_000;

export function compileTimePattern(pattern: string): TimeFormat {
  const parts: (string | TimeFormat)[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === "'") {
      const literal = quoted(pattern, at);
      parts.push(literal.text);
      at = literal.end;
    } else if (/[A-Za-z]/.test(char)) {
      let end = at + 1;
      while (pattern[end] === char) end++;
      parts.push(field(char, end - at));
      at = end;
    } else {
      if ('{}#'.includes(char)) throw new TimePatternError(`the reserved character ${char}`);
      // Optional sections only matter when reading text: every field is known here.
      if (char !== '[' && char !== ']') parts.push(char);
      at++;
    }
  }
  if (parts.length === 0) throw new TimePatternError('an empty pattern');
  return (time) => parts.map((part) => (typeof part === 'string' ? part : part(time))).join('');
}

function quoted(pattern: string, start: number): { text: string; end: number } {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 };
  let text = '';
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") {
      text += "'";
      at++;
    } else return { text, end: at + 1 };
  }
  throw new TimePatternError('a quote that is not closed');
}

type Field = (width: number) => TimeFormat | undefined;

function number(value: (time: ZonedTime) => number, widest = 2): Field {
  return (width) => (width > widest ? undefined : (time) => String(value(time)).padStart(width, '0'));
}

/** One to three letters: short; four: full; five: the first letter. */
function words(
  value: (time: ZonedTime) => string,
  short: (word: string) => string = (word) => word.slice(0, 3),
): Field {
  return (width) => {
    if (width > 5) return undefined;
    if (width === 4) return value;
    return (time) => (width === 5 ? value(time).slice(0, 1) : short(value(time)));
  };
}

function numberOrWords(asNumber: Field, asWords: Field): Field {
  return (width) => (width < 3 ? asNumber(width) : asWords(width));
}

function year(value: (time: ZonedTime) => number): Field {
  return (width) => (time) => {
    const of = value(time);
    return width === 2 ? String(of % 100).padStart(2, '0') : String(of).padStart(width, '0');
  };
}

const quarter = (time: ZonedTime): number => Math.floor(time.local.getUTCMonth() / 3) + 1;
const weekday = (time: ZonedTime): number => time.local.getUTCDay() + 1;
const hour = (time: ZonedTime): number => time.local.getUTCHours();
const milliOfDay = (time: ZonedTime): number => time.local.getTime() - startOfDay(time.local.getTime());
const ORDINAL = ['1st', '2nd', '3rd', '4th'];

const FIELDS: Readonly<Record<string, Field>> = {
  G: (width) => (width > 5 ? undefined : () => (width === 4 ? 'Anno Domini' : width === 5 ? 'A' : 'AD')),
  y: year((time) => time.local.getUTCFullYear()),
  u: year((time) => time.local.getUTCFullYear()),
  Y: year((time) => week(time.local).year),
  M: numberOrWords(
    number((time) => time.local.getUTCMonth() + 1),
    words((time) => MONTHS[time.local.getUTCMonth()] as string),
  ),
  d: number((time) => time.local.getUTCDate()),
  D: number((time) => (startOfDay(time.local.getTime()) - Date.UTC(time.local.getUTCFullYear(), 0, 1)) / DAY_MS + 1, 3),
  Q: numberOrWords(
    number(quarter),
    words(
      (time) => `${ORDINAL[quarter(time) - 1]} quarter`,
      (word) => `Q${word[0]}`,
    ),
  ),
  w: number((time) => week(time.local).week),
  W: number((time) => Math.floor((time.local.getUTCDate() - 1 + firstWeekday(time.local)) / 7) + 1, 1),
  F: number((time) => ((time.local.getUTCDate() - 1) % 7) + 1, 1),
  E: words((time) => DAYS[time.local.getUTCDay()] as string),
  e: numberOrWords(
    number(weekday),
    words((time) => DAYS[time.local.getUTCDay()] as string),
  ),
  a: (width) => (width > 1 ? undefined : (time) => (hour(time) < 12 ? 'AM' : 'PM')),
  H: number(hour),
  h: number((time) => ((hour(time) + 11) % 12) + 1),
  K: number((time) => hour(time) % 12),
  k: number((time) => ((hour(time) + 23) % 24) + 1),
  m: number((time) => time.local.getUTCMinutes()),
  s: number((time) => time.local.getUTCSeconds()),
  S: (width) =>
    width > 9
      ? undefined
      : (time) => String(time.local.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, width),
  A: number(milliOfDay, 19),
  n: number((time) => time.local.getUTCMilliseconds() * 1_000_000, 19),
  N: number((time) => milliOfDay(time) * 1_000_000, 19),
  z: (width) => (width > 3 ? undefined : (time) => (time.offsetMinutes === 0 ? 'UTC' : offset(time, ':'))),
  X: (width) => (width > 3 ? undefined : (time) => (time.offsetMinutes === 0 ? 'Z' : isoOffset(time, width))),
  x: (width) => (width > 3 ? undefined : (time) => isoOffset(time, width)),
  Z: (width) => (width > 3 ? undefined : (time) => offset(time, '')),
};
const ALIASES: Readonly<Record<string, string>> = { L: 'M', q: 'Q', c: 'e' };

function field(letter: string, width: number): TimeFormat {
  const format = FIELDS[ALIASES[letter] ?? letter]?.(width);
  if (format === undefined) throw new TimePatternError(`the pattern letters ${letter.repeat(width)}`);
  return format;
}

function offset(time: ZonedTime, separator: string): string {
  const minutes = Math.abs(time.offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${time.offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

function isoOffset(time: ZonedTime, width: number): string {
  const whole = offset(time, width === 3 ? ':' : '');
  return width === 1 && time.offsetMinutes % 60 === 0 ? whole.slice(0, 3) : whole;
}

function startOfDay(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS) * DAY_MS;
}

function firstWeekday(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)).getUTCDay();
}

/** Weeks begin on Sunday, and the one with 1 January is the first: Java's English locale. */
function week(date: Date): { year: number; week: number } {
  const of = date.getUTCFullYear();
  const day = startOfDay(date.getTime());
  const next = new Date(Date.UTC(of + 1, 0, 1));
  if (day >= next.getTime() - next.getUTCDay() * DAY_MS) return { year: of + 1, week: 1 };
  const first = new Date(Date.UTC(of, 0, 1));
  return { year: of, week: Math.floor(((day - first.getTime()) / DAY_MS + first.getUTCDay()) / 7) + 1 };
}
