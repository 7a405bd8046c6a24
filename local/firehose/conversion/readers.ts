/** JSON values as a column's values, by the rules of the deserializer. */

import type { HiveType } from '../../glue/hive-type.ts';
import type { HiveOptions, OpenXOptions } from '../settings.ts';
import { readDecimal, rescale } from './decimal.ts';
import { Numeral, numberText } from './exact-json.ts';
import { type KeyRules, memberFinder } from './members.ts';
import { timeReader } from './time-reader.ts';
import { fromEpoch, readDate, readSqlTimestamp, readTimestamp } from './timestamps.ts';

/** Why a value doesn't fit its column: types and names, never the value. */
export class MismatchError extends Error {}

/** Takes a value that is neither null nor absent. Throws MismatchError. */
export type Reader = (value: unknown) => unknown;

export interface ReaderRules extends KeyRules {
  /** Strings are read as numbers, single values as arrays, objects as text: OpenX's ways. */
  readonly lenient: boolean;
  readonly timestamp: (text: string) => bigint | undefined;
}

export function readerRules(input: OpenXOptions | HiveOptions): ReaderRules {
  if (input.serde === 'openx') {
    const { caseInsensitive, dotsToUnderscores } = input;
    return { lenient: true, caseInsensitive, dotsToUnderscores, timestamp: readTimestamp };
  }
  const readers = input.timestampFormats.flatMap((format) => {
    const read = format === 'millis' ? millis : timeReader(format);
    return read === undefined ? [] : [read];
  });
  const timestamp = (text: string): bigint | undefined => {
    for (const read of [...readers, readSqlTimestamp]) {
      const micros = read(text);
      if (micros !== undefined) return micros;
    }
    return undefined;
  };
  return { lenient: false, caseInsensitive: true, dotsToUnderscores: false, timestamp };
}

function millis(text: string): bigint | undefined {
  return /^-?\d{1,18}$/.test(text) ? BigInt(text) * 1000n : undefined;
}

/** A reader for the type of a column (or of what stands inside it), `name` being said in errors. */
export function readerOf(type: HiveType, name: string, rules: ReaderRules): Reader {
  switch (type.kind) {
    case 'boolean':
      return (value) => readBoolean(value, name);
    case 'integer':
      return integerReader(type.bits, name, rules);
    case 'float':
    case 'double':
      return floatReader(type.kind, name, rules);
    case 'decimal':
      return decimalReader(type.precision, type.scale, name, rules);
    case 'string':
      return (value) => readText(value, name, rules);
    case 'binary':
      return (value) => Buffer.from(readText(value, name, rules), 'utf8');
    case 'date':
      return (value) => readDate(scalarText(value, name)) ?? mismatch(name, value, 'a date');
    case 'timestamp':
      return timestampReader(name, rules);
    case 'array':
      return arrayReader(type.of, name, rules);
    case 'map':
      return mapReader(type.key, type.value, name, rules);
    case 'struct':
      return structReader(type, name, rules);
  }
}

function mismatch(name: string, value: unknown, wanted: string): never {
  throw new MismatchError(
    `Data does not match the schema. Column ${name} is ${wanted} and cannot hold ${kindOf(value)}.`,
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a JSON array';
  if (typeof value === 'number' || value instanceof Numeral) return 'this JSON number';
  if (typeof value === 'object') return 'a JSON object';
  return typeof value === 'string' ? 'this JSON string' : 'a JSON boolean';
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Numeral);
}

function scalarText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (isContainer(value)) return mismatch(name, value, 'a single value');
  return numberText(value) ?? String(value);
}

function readBoolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  return mismatch(name, value, 'a boolean');
}

/** A number's text: a string counts as a number only to the lenient. */
function numeric(value: unknown, name: string, wanted: string, rules: ReaderRules): string {
  const text = typeof value === 'string' && rules.lenient ? value.trim() : numberText(value);
  return text ?? mismatch(name, value, wanted);
}

function integerReader(bits: 8 | 16 | 32 | 64, name: string, rules: ReaderRules): Reader {
  const limit = 2n ** BigInt(bits - 1);
  const wanted = `an integer of ${bits} bits`;
  return (value) => {
    // What a double holds exactly needs no detour over text.
    if (typeof value === 'number' && Number.isSafeInteger(value) && bits === 64) return BigInt(value);
    const exact = readDecimal(numeric(value, name, wanted, rules)) ?? mismatch(name, value, wanted);
    const whole = exact.scale <= 0 ? rescale(exact, 0, 20) : wholeNumber(exact.unscaled, exact.scale);
    if (whole === undefined || whole >= limit || whole < -limit) return mismatch(name, value, wanted);
    return bits === 64 ? whole : Number(whole);
  };
}

function wholeNumber(unscaled: bigint, scale: number): bigint | undefined {
  if (scale > 400) return undefined;
  const by = 10n ** BigInt(scale);
  return unscaled % by === 0n ? unscaled / by : undefined;
}

function floatReader(kind: 'float' | 'double', name: string, rules: ReaderRules): Reader {
  const wanted = `a ${kind}`;
  return (value) => {
    const text = typeof value === 'number' ? undefined : numeric(value, name, wanted, rules);
    const number = text === undefined ? (value as number) : text === '' ? Number.NaN : Number(text);
    const fits = Number.isFinite(kind === 'float' ? Math.fround(number) : number);
    return fits ? number : mismatch(name, value, wanted);
  };
}

function decimalReader(precision: number, scale: number, name: string, rules: ReaderRules): Reader {
  const wanted = `a decimal(${precision},${scale})`;
  return (value) => {
    const exact = readDecimal(numeric(value, name, wanted, rules));
    const unscaled = exact === undefined ? undefined : rescale(exact, scale, precision);
    return unscaled ?? mismatch(name, value, wanted);
  };
}

function readText(value: unknown, name: string, rules: ReaderRules): string {
  if (typeof value === 'string') return value;
  if (!isContainer(value)) return numberText(value) ?? String(value);
  if (!rules.lenient) return mismatch(name, value, 'text');
  return jsonText(value, rules.caseInsensitive);
}

/** A container as JSON text, its keys in lower case, as OpenX keeps them. */
function jsonText(value: unknown, lowerCase: boolean): string {
  if (!isContainer(value)) return numberText(value) ?? JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, lowerCase)).join(',')}]`;
  const members = Object.entries(value).map(([key, item]) => {
    return `${JSON.stringify(lowerCase ? key.toLowerCase() : key)}:${jsonText(item, lowerCase)}`;
  });
  return `{${members.join(',')}}`;
}

function timestampReader(name: string, rules: ReaderRules): Reader {
  return (value) => {
    if (typeof value === 'boolean' || isContainer(value)) return mismatch(name, value, 'a timestamp');
    const text = scalarText(value, name);
    // Hive's deserializer takes numbers for milliseconds only where `millis` is among its formats.
    const micros = rules.timestamp(text) ?? (rules.lenient ? fromEpoch(text) : undefined);
    return micros ?? mismatch(name, value, 'a timestamp');
  };
}

function arrayReader(of: HiveType, name: string, rules: ReaderRules): Reader {
  const read = readerOf(of, name, rules);
  return (value) => {
    if (!Array.isArray(value) && !rules.lenient) return mismatch(name, value, 'an array');
    const items = Array.isArray(value) ? value : [value];
    return items.map((item) => (item === null ? null : read(item)));
  };
}

function mapReader(key: HiveType, of: HiveType, name: string, rules: ReaderRules): Reader {
  const readKey = readerOf(key, name, { ...rules, lenient: true });
  const readValue = readerOf(of, name, rules);
  return (value) => {
    if (!isContainer(value) || Array.isArray(value)) return mismatch(name, value, 'a map');
    const lower = rules.lenient && rules.caseInsensitive;
    const entries = Object.entries(value).map(([member, item]) => {
      return [readKey(lower ? member.toLowerCase() : member), item === null ? null : readValue(item)] as const;
    });
    return new Map(entries);
  };
}

function structReader(type: HiveType & { kind: 'struct' }, name: string, rules: ReaderRules): Reader {
  const finder = memberFinder(
    type.fields.map((field) => field.name),
    rules,
  );
  const readers = type.fields.map((field) => readerOf(field.type, `${name}.${field.name}`, rules));
  return (value) => {
    if (value === '' && rules.lenient) return null;
    const byPlace = Array.isArray(value) && rules.lenient;
    if (!isContainer(value) || (Array.isArray(value) && !byPlace)) return mismatch(name, value, 'a struct');
    const members = byPlace ? (value as unknown[]) : finder.find(value);
    const struct: Record<string, unknown> = {};
    for (const [index, field] of type.fields.entries()) {
      const member = members[index];
      struct[field.name] = member === undefined || member === null ? null : (readers[index] as Reader)(member);
    }
    return struct;
  };
}
