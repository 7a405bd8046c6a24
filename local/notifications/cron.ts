/** Cron expressions of EventBridge. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */

/** A schedule expression can't be read; says what is wrong. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

/** A moment of a time zone's wall clock; month from 1. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export interface Cron {
  /** The first moment after this one; undefined when there is none. */
  next(after: Wall): Wall | undefined;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LAST_YEAR = 2199;

/** Whether a day of a month is meant. */
type DayTest = (year: number, month: number, day: number) => boolean;

export function parseCron(source: string): Cron {
  const fields = source.trim().split(/\s+/);
  if (fields.length !== 6) throw new ScheduleError(`cron(${source}) must have six fields`);
  const [minuteField, hourField, dayField, monthField, weekdayField, yearField] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if ((dayField === '?') === (weekdayField === '?')) {
    throw new ScheduleError(`cron(${source}) must have ? for either the day of the month or the day of the week`);
  }
  const minutes = numbers(minuteField, 0, 59);
  const hours = numbers(hourField, 0, 23);
  const months = numbers(monthField, 1, 12, MONTHS);
  const years = numbers(yearField, 1970, LAST_YEAR);
  const isDay = dayField === '?' ? weekdayTest(weekdayField) : monthDayTest(dayField);
  return { next: (after) => search({ minutes, hours, months, years, isDay }, after) };
}

interface Fields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly isDay: DayTest;
}

function search(fields: Fields, after: Wall): Wall | undefined {
  for (const year of fields.years) {
    if (year < after.year) continue;
    for (const month of fields.months) {
      if (year === after.year && month < after.month) continue;
      const found = searchMonth(fields, year, month, after);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function searchMonth(fields: Fields, year: number, month: number, after: Wall): Wall | undefined {
  const sameMonth = year === after.year && month === after.month;
  for (let day = sameMonth ? after.day : 1; day <= daysIn(year, month); day++) {
    if (!fields.isDay(year, month, day)) continue;
    const sameDay = sameMonth && day === after.day;
    for (const hour of fields.hours) {
      if (sameDay && hour < after.hour) continue;
      const minute = fields.minutes.find((each) => !sameDay || hour > after.hour || each > after.minute);
      if (minute !== undefined) return { year, month, day, hour, minute };
    }
  }
  return undefined;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** From 1 for Sunday. */
function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

/** `*`, `5`, `1,3`, `1-5`, `0/15`, `10-30/5`, `MON-FRI`. */
function numbers(field: string, least: number, most: number, names: readonly string[] = []): readonly number[] {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const stride = step === undefined ? 1 : Number(step);
    const [from, to] = rangeOf(range, step !== undefined, least, most, names);
    if (!(stride >= 1) || !(from >= least && to <= most && from <= to))
      throw new ScheduleError(`"${field}" is not valid`);
    for (let value = from; value <= to; value += stride) found.add(value);
  }
  return [...found].sort((left, right) => left - right);
}

function rangeOf(
  range: string,
  stepped: boolean,
  least: number,
  most: number,
  names: readonly string[],
): readonly [number, number] {
  if (range === '*' || range === '?') return [least, most];
  const [from = '', to] = range.split('-');
  const read = (text: string): number => {
    const name = names.indexOf(text.toUpperCase());
    return name === -1 ? Number(text === '' ? Number.NaN : text) : name + 1;
  };
  const start = read(from);
  if (to === undefined) return [start, stepped ? most : start];
  return [start, read(to)];
}

/** Also `L`, the last day, and `15W`, the weekday nearest to the 15th. */
function monthDayTest(field: string): DayTest {
  if (field === 'L') return (year, month, day) => day === daysIn(year, month);
  const near = /^(\d{1,2}|L)W$/.exec(field)?.[1];
  if (near !== undefined) {
    return (year, month, day) => {
      const wanted = near === 'L' ? daysIn(year, month) : Math.min(Number(near), daysIn(year, month));
      return day === nearestWeekday(year, month, wanted);
    };
  }
  const days = numbers(field, 1, 31);
  return (_year, _month, day) => days.includes(day);
}

/** Stays within the month. */
function nearestWeekday(year: number, month: number, day: number): number {
  const weekday = weekdayOf(year, month, day);
  if (weekday === 7) return day > 1 ? day - 1 : day + 2;
  if (weekday === 1) return day < daysIn(year, month) ? day + 1 : day - 2;
  return day;
}

/** Also `6L`, the last Friday, and `2#1`, the first Monday. */
function weekdayTest(field: string): DayTest {
  const last = /^([1-7]|[A-Z]{3})L$/i.exec(field)?.[1];
  if (last !== undefined) {
    const [wanted] = numbers(last, 1, 7, DAYS);
    return (year, month, day) => weekdayOf(year, month, day) === wanted && day + 7 > daysIn(year, month);
  }
  const nth = /^([1-7]|[A-Z]{3})#([1-5])$/i.exec(field);
  if (nth !== null) {
    const [wanted] = numbers(nth[1] as string, 1, 7, DAYS);
    return (year, month, day) => weekdayOf(year, month, day) === wanted && Math.ceil(day / 7) === Number(nth[2]);
  }
  const days = numbers(field === 'L' ? '7' : field, 1, 7, DAYS);
  return (year, month, day) => days.includes(weekdayOf(year, month, day));
}
