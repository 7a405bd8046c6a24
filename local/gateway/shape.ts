/**
 * Reading a JSON request's members as AWS does: a wrong JSON type is a SerializationException at once; broken
 * constraints are gathered and answered together as one ValidationException, in AWS's words, without payload.
 */
import { AwsError } from './aws-error.ts';

/** Where a member stands, for the message: `records.1.member.partitionKey`. */
interface Place {
  readonly parent: Place | undefined;
  readonly name: string | number;
}

export interface Field<T> {
  /** Reads a value that may be absent; pushes onto `faults` what is wrong with it. */
  read(value: unknown, parent: Place | undefined, name: string | number, faults: string[]): T;
}

type Fields = { readonly [name: string]: Field<unknown> };
export type Read<F> = F extends Field<infer T> ? T : F extends Fields ? { [K in keyof F]: Read<F[K]> } : never;

interface TextLimits<T extends string> {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly T[];
  /** The value is the caller's data: it isn't shown. */
  readonly hidden?: boolean;
}

export function text<T extends string = string>(limits: TextLimits<T> = {}): Field<T> {
  const pattern = limits.pattern === undefined ? undefined : new RegExp(`^(?:${limits.pattern})$`, 's');
  return field((value, show, faults) => {
    if (typeof value !== 'string') throw wrongType(value, 'String');
    const say = (rule: string): void => fault(faults, show, limits.hidden ? '(not shown)' : `'${cut(value)}'`, rule);
    if (limits.max !== undefined && value.length > limits.max) say(`have length less than or equal to ${limits.max}`);
    if (limits.min !== undefined && value.length < limits.min)
      say(`have length greater than or equal to ${limits.min}`);
    if (pattern !== undefined && !pattern.test(value)) say(`satisfy regular expression pattern: ${limits.pattern}`);
    if (limits.values !== undefined && !limits.values.includes(value as T)) {
      say(`satisfy enum value set: [${limits.values.join(', ')}]`);
    }
    return value as T;
  }, '' as T);
}

export function integer(limits: { readonly min?: number; readonly max?: number } = {}): Field<number> {
  return field((value, show, faults) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(value, 'Integer');
    if (limits.max !== undefined && value > limits.max) {
      fault(faults, show, `'${value}'`, `have value less than or equal to ${limits.max}`);
    }
    if (limits.min !== undefined && value < limits.min) {
      fault(faults, show, `'${value}'`, `have value greater than or equal to ${limits.min}`);
    }
    return value;
  }, 0);
}

export function bool(): Field<boolean> {
  return field((value) => {
    if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
    return value;
  }, false);
}

/** Epoch seconds in JSON, epoch milliseconds as read. */
export function timestamp(): Field<number> {
  return field((value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(value, 'Timestamp');
    return Math.round(value * 1000);
  }, 0);
}

const EMPTY = Buffer.alloc(0);

/** Base64 in JSON; `max` bounds the decoded bytes. */
export function blob(limits: { readonly min?: number; readonly max?: number } = {}): Field<Buffer> {
  return field((value, show, faults) => {
    if (typeof value !== 'string') throw wrongType(value, 'Blob');
    const bytes = decodeBase64(value);
    if (bytes === undefined) throw new AwsError('SerializationException', 'A blob is not valid base64.');
    if (limits.max !== undefined && bytes.length > limits.max) {
      fault(faults, show, `of ${bytes.length} bytes`, `have length less than or equal to ${limits.max}`);
    }
    if (limits.min !== undefined && bytes.length < limits.min) {
      fault(faults, show, `of ${bytes.length} bytes`, `have length greater than or equal to ${limits.min}`);
    }
    return bytes;
  }, EMPTY);
}

export function list<T>(of: Field<T>, limits: { readonly min?: number; readonly max?: number } = {}): Field<T[]> {
  return {
    read(value, parent, name, faults) {
      const place = { parent, name };
      if (value === undefined || value === null) return absent(faults, place, []);
      if (!Array.isArray(value)) throw wrongType(value, 'List');
      const say = (rule: string): void => fault(faults, () => pathOf(place), `of ${value.length} members`, rule);
      if (limits.max !== undefined && value.length > limits.max) say(`have length less than or equal to ${limits.max}`);
      if (limits.min !== undefined && value.length < limits.min) {
        say(`have length greater than or equal to ${limits.min}`);
      }
      // A list far over its limit is refused whole, not member by member.
      if (faults.length > 0 && limits.max !== undefined && value.length > limits.max) return [];
      return value.map((item, index) => of.read(item, place, index + 1, faults));
    },
  };
}

export function structure<F extends Fields>(fields: F): Field<Read<F>> {
  const entries = Object.entries(fields);
  return {
    read(value, parent, name, faults) {
      const place = { parent, name };
      if (value === undefined || value === null) return absent(faults, place, {} as Read<F>);
      if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, 'Structure');
      const from = value as Record<string, unknown>;
      const out: Record<string, unknown> = {};
      for (const [key, member] of entries) out[key] = member.read(from[key], place, key, faults);
      return out as Read<F>;
    },
  };
}

/** A JSON object of text values: tags, attributes. */
export function textMap(limits: { readonly max?: number } = {}): Field<Record<string, string>> {
  return {
    read(value, parent, name, faults) {
      const place = { parent, name };
      if (value === undefined || value === null) return absent(faults, place, {});
      if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, 'Map');
      const entries = Object.entries(value);
      for (const [, item] of entries) if (typeof item !== 'string') throw wrongType(item, 'String');
      if (limits.max !== undefined && entries.length > limits.max) {
        fault(faults, () => pathOf(place), `of ${entries.length} members`, `have at most ${limits.max} members`);
      }
      return Object.fromEntries(entries) as Record<string, string>;
    },
  };
}

export function optional<T>(of: Field<T>): Field<T | undefined> {
  return {
    read: (value, parent, name, faults) =>
      value === undefined || value === null ? undefined : of.read(value, parent, name, faults),
  };
}

/** A reader of one operation's input. Throws the AWS error of what is wrong with it. */
export function input<F extends Fields>(fields: F): (value: unknown) => Read<F> {
  const entries = Object.entries(fields);
  return (value) => {
    const faults: string[] = [];
    const from = value as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const [key, member] of entries) out[key] = member.read(from[key], undefined, key, faults);
    if (faults.length > 0) throw invalid(faults);
    return out as Read<F>;
  };
}

function invalid(faults: readonly string[]): AwsError {
  const count = `${faults.length} validation error${faults.length === 1 ? '' : 's'} detected`;
  return new AwsError('ValidationException', `${count}: ${faults.slice(0, 10).join('; ')}`);
}

type Show = () => string;

function field<T>(read: (value: unknown, show: Show, faults: string[]) => T, fallback: T): Field<T> {
  return {
    read(value, parent, name, faults) {
      if (value === undefined || value === null) return absent(faults, { parent, name }, fallback);
      return read(value, () => pathOf({ parent, name }), faults);
    },
  };
}

function absent<T>(faults: string[], place: Place, fallback: T): T {
  faults.push(`Value null at '${pathOf(place)}' failed to satisfy constraint: Member must not be null`);
  return fallback;
}

function fault(faults: string[], show: Show, value: string, rule: string): void {
  faults.push(`Value ${value} at '${show()}' failed to satisfy constraint: Member must ${rule}`);
}

function pathOf(place: Place): string {
  const own =
    typeof place.name === 'number' ? `${place.name}.member` : place.name[0]?.toLowerCase() + place.name.slice(1);
  return place.parent === undefined ? own : `${pathOf(place.parent)}.${own}`;
}

function cut(value: string): string {
  return value.length > 128 ? `${value.slice(0, 128)}…` : value;
}

function wrongType(value: unknown, wanted: string): AwsError {
  const found = Array.isArray(value)
    ? 'LIST'
    : value === null
      ? 'NULL'
      : typeof value === 'object'
        ? 'MAP'
        : typeof value;
  return new AwsError('SerializationException', `${found.toUpperCase()}_VALUE can not be converted to a ${wanted}`);
}

/** Decodes standard base64 strictly; Node alone skips what it doesn't know. */
function decodeBase64(encoded: string): Buffer | undefined {
  if (encoded.length % 4 !== 0) return undefined;
  const padding = encoded.endsWith('==') ? 2 : encoded.endsWith('=') ? 1 : 0;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== (encoded.length / 4) * 3 - padding) return undefined;
  return encoded.includes('-') || encoded.includes('_') ? undefined : bytes;
}
