/** Hive's column types, as Glue spells them: `struct<id:string,tags:array<string>>`. */

export type HiveType =
  | { readonly kind: 'boolean' | 'float' | 'double' | 'string' | 'binary' | 'date' | 'timestamp' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64 }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly of: HiveType }
  | { readonly kind: 'map'; readonly key: HiveType; readonly value: HiveType }
  | { readonly kind: 'struct'; readonly fields: readonly HiveField[] };

export interface HiveField {
  readonly name: string;
  readonly type: HiveType;
}

/** The type is none of Hive's, or one that can't be converted. */
export class HiveTypeError extends Error {}

const SIMPLE: Readonly<Record<string, HiveType>> = {
  boolean: { kind: 'boolean' },
  tinyint: { kind: 'integer', bits: 8 },
  smallint: { kind: 'integer', bits: 16 },
  int: { kind: 'integer', bits: 32 },
  integer: { kind: 'integer', bits: 32 },
  bigint: { kind: 'integer', bits: 64 },
  float: { kind: 'float' },
  real: { kind: 'float' },
  double: { kind: 'double' },
  string: { kind: 'string' },
  binary: { kind: 'binary' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp' },
  decimal: { kind: 'decimal', precision: 10, scale: 0 },
};
const MOST_DEPTH = 32;

/** Reads a type. Throws HiveTypeError. */
export function readHiveType(text: string, depth = 0): HiveType {
  const type = text.trim().toLowerCase();
  if (depth > MOST_DEPTH) throw new HiveTypeError('a type nested more than 32 deep');
  if (Object.hasOwn(SIMPLE, type)) return SIMPLE[type] as HiveType;
  const sized = /^(char|varchar)\s*\(\s*\d{1,5}\s*\)$/.exec(type);
  if (sized !== null) return { kind: 'string' };
  const decimal = /^decimal\s*\(\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?\)$/.exec(type);
  if (decimal !== null) return decimalType(Number(decimal[1]), Number(decimal[2] ?? 0));
  const nested = /^(array|map|struct)\s*<(.*)>$/s.exec(type);
  if (nested === null) throw new HiveTypeError(`the type ${type.slice(0, 64)}`);
  const inner = splitTop(nested[2] as string);
  if (nested[1] === 'struct') return { kind: 'struct', fields: inner.map((part) => structField(part, depth)) };
  const [first, second, ...more] = inner.map((part) => readHiveType(part, depth + 1));
  if (nested[1] === 'array' && first !== undefined && second === undefined) return { kind: 'array', of: first };
  if (nested[1] === 'map' && first !== undefined && second !== undefined && more.length === 0) {
    return { kind: 'map', key: first, value: second };
  }
  throw new HiveTypeError(`the type ${type.slice(0, 64)}`);
}

function decimalType(precision: number, scale: number): HiveType {
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new HiveTypeError(`the type decimal(${precision},${scale})`);
  }
  return { kind: 'decimal', precision, scale };
}

function structField(text: string, depth: number): HiveField {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim();
  if (colon === -1 || name === '') throw new HiveTypeError('a struct field without a name');
  return { name, type: readHiveType(text.slice(colon + 1), depth + 1) };
}

/** Parts between the commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '<' || char === '(') depth++;
    else if (char === '>' || char === ')') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
