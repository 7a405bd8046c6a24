import { fromFields } from './timestamps.ts';

/** Reads text by one Java time pattern into microseconds since the epoch, UTC; undefined where it doesn't fit. */
export type TimeReader = (text: string) => bigint | undefined;

const GROUPS: Readonly<Record<string, string>> = {
  y: '(?<year>\\d{4})',
  u: '(?<year>\\d{4})',
  M: '(?<month>\\d{1,2})',
  d: '(?<day>\\d{1,2})',
  H: '(?<hour>\\d{1,2})',
  h: '(?<half>\\d{1,2})',
  m: '(?<minute>\\d{1,2})',
  s: '(?<second>\\d{1,2})',
  S: '(?<fraction>\\d{1,9})',
  a: '(?<noon>[AaPp][Mm])',
  X: '(?<zone>Z|[+-]\\d{2}(?::?\\d{2})?)',
  x: '(?<zone>[+-]\\d{2}(?::?\\d{2})?)',
  Z: '(?<zone>Z|[+-]\\d{2}:?\\d{2})',
};
const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Undefined for a pattern with fields that no timestamp can be read from. */
export function timeReader(pattern: string): TimeReader | undefined {
  let source = '';
  for (const token of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|./gs)) {
    const [whole, literal, letter] = token;
    if (literal !== undefined) source += escaped(literal === '' ? "'" : literal.replaceAll("''", "'"));
    else if (letter === undefined) source += whole === '[' ? '(?:' : whole === ']' ? ')?' : escaped(whole);
    else if (letter === 'M' && whole.length > 2) source += '(?<name>[A-Za-z]{3,9})';
    else if (Object.hasOwn(GROUPS, letter)) source += GROUPS[letter];
    else return undefined;
  }
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`);
  } catch {
    return undefined;
  }
  return (text) => {
    const groups = expression.exec(text)?.groups;
    return groups === undefined ? undefined : fromGroups(groups);
  };
}

function fromGroups(groups: Readonly<Record<string, string | undefined>>): bigint | undefined {
  const named = MONTH_NAMES.indexOf((groups.name ?? '').slice(0, 3).toLowerCase()) + 1;
  const month = groups.name === undefined ? Number(groups.month ?? 1) : named;
  const afternoon = groups.noon?.toLowerCase() === 'pm' ? 12 : 0;
  const hour = groups.half === undefined ? Number(groups.hour ?? 0) : (Number(groups.half) % 12) + afternoon;
  const time = [Number(groups.year ?? 1970), month, Number(groups.day ?? 1), hour];
  const micros = fromFields([...time, Number(groups.minute ?? 0), Number(groups.second ?? 0)], groups.fraction ?? '');
  return micros === undefined ? undefined : micros - BigInt(offsetMinutes(groups.zone)) * 60_000_000n;
}

function offsetMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
