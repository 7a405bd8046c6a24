/** A date or a point in time as a text or number wrote it, and how to write another one the same way. */
export interface Moment {
  readonly epochMs: number;
  write(epochMs: number): string;
}

const DAY_FIRST = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})$/;
const ISO =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:([T ])(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/** Years that a number of seconds or milliseconds is read in. */
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** Reads ISO 8601 dates and times, `20260512`, `12.05.2026` (day first), and epochs in seconds or milliseconds. */
export function readMoment(text: string): Moment | undefined {
  const value = text.trim();
  return readIso(value) ?? readCompact(value) ?? readDayFirst(value) ?? readEpoch(value);
}

function readIso(value: string): Moment | undefined {
  const match = ISO.exec(value);
  if (match === null) return undefined;
  const [, year, month, day, separator, hour, minute, second] = match;
  const epochMs = utc(Number(year), Number(month), Number(day ?? '1'));
  if (epochMs === undefined) return undefined;
  if (separator === undefined) return { epochMs, write: (ms) => isoDay(ms).slice(0, value.length) };
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second ?? '0') > 60) return undefined;
  // Moments are shifted by whole days: time of day, fraction and zone stay as they are written.
  const tail = value.slice(10);
  return { epochMs, write: (ms) => isoDay(ms) + tail };
}

function readCompact(value: string): Moment | undefined {
  const match = COMPACT.exec(value);
  if (match === null || !/^(?:19|20|21)/.test(value)) return undefined;
  const epochMs = utc(Number(match[1]), Number(match[2]), Number(match[3]));
  return epochMs === undefined ? undefined : { epochMs, write: (ms) => isoDay(ms).replaceAll('-', '') };
}

function readDayFirst(value: string): Moment | undefined {
  const match = DAY_FIRST.exec(value);
  if (match === null) return undefined;
  const [, day, separator, month, year] = match;
  // With slashes the order differs by country: only days beyond 12 tell.
  if (separator === '/' && Number(day) <= 12 && day !== month) return undefined;
  const epochMs = utc(Number(year), Number(month), Number(day));
  if (epochMs === undefined) return undefined;
  return { epochMs, write: (ms) => isoDay(ms).split('-').reverse().join(separator) };
}

function readEpoch(value: string): Moment | undefined {
  if (!/^-?\d{1,13}(?:\.\d{1,9})?$/.test(value)) return undefined;
  const number = Number(value);
  const unit = Math.abs(number) >= 1e11 ? 1 : 1000;
  const epochMs = number * unit;
  if (epochMs < EARLIEST || epochMs > LATEST) return undefined;
  return { epochMs, write: (ms) => String(ms / unit) };
}

/** Midnight UTC of a day that exists. */
function utc(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}

export function isoDay(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
