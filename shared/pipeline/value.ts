import type { Document, Node } from '../record/document.ts';
import type { StepCompiler } from '../record/step.ts';

/** A text that is taken from a document: a partition key, a table's name, an event's id. */
export interface DocumentValue {
  /** The word the pipeline's author wrote: `field`, `day`. */
  readonly name: string;
  /** Undefined where the document has no such value and no default was declared. */
  compile(compiler: StepCompiler): (document: Document) => string | undefined;
}

export interface ValueOptions {
  /** Stands where the document has no value. For a partition key: `__HIVE_DEFAULT_PARTITION__` without it. */
  readonly default?: string;
}

/** The value at a path as text. A string's characters, a number's or literal's spelling; null and containers are no value. */
export function field(path: string, options: ValueOptions = {}): DocumentValue {
  return valueAt('field', path, options, textOf);
}

/** The UTC day of the timestamp at a path: `2026-11-20`. Takes ISO 8601 text and epoch seconds or milliseconds. */
export function day(path: string, options: ValueOptions = {}): DocumentValue {
  return valueAt('day', path, options, (node) => timeOf(node, 10));
}

/** The UTC hour of the timestamp at a path: `2026-11-20-09`. */
export function hour(path: string, options: ValueOptions = {}): DocumentValue {
  return valueAt('hour', path, options, (node) => timeOf(node, 13)?.replace('T', '-'));
}

/** The UTC month of the timestamp at a path: `2026-11`. */
export function month(path: string, options: ValueOptions = {}): DocumentValue {
  return valueAt('month', path, options, (node) => timeOf(node, 7));
}

function valueAt(
  name: string,
  path: string,
  options: ValueOptions,
  read: (node: Node) => string | undefined,
): DocumentValue {
  return {
    name,
    compile(compiler) {
      const selector = compiler.selector(path);
      return (document) => {
        const node = document.get(selector);
        const value = node === undefined ? undefined : read(node);
        return value === undefined || value === '' ? options.default : value;
      };
    },
  };
}

function textOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'string':
      return node.string;
    case 'number':
    case 'boolean':
      return node.json;
    default:
      return undefined;
  }
}

/** Epoch numbers from this one on are milliseconds: as seconds it is the year 5138. */
const MILLISECONDS_FROM = 1e11;
const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z$/;

/** The first `length` characters of the timestamp in ISO 8601, in UTC. */
function timeOf(node: Node, length: number): string | undefined {
  const text = textOf(node);
  if (text === undefined || node.kind === 'boolean') return undefined;
  if (ISO_UTC.test(text)) return isValid(text) ? text.slice(0, length) : undefined;
  const number = Number(text);
  const epoch = Number.isFinite(number)
    ? Math.abs(number) < MILLISECONDS_FROM
      ? number * 1000
      : number
    : Date.parse(text);
  const iso = Math.abs(epoch) <= 8.64e15 ? new Date(epoch).toISOString() : undefined;
  return iso === undefined || iso.length !== 24 ? undefined : iso.slice(0, length);
}

let lastValid = '';

/** Whether a UTC timestamp of the right shape is one that exists. Neighbours mostly share the hour. */
function isValid(text: string): boolean {
  const upToHour = text.slice(0, 13);
  if (upToHour === lastValid) return true;
  if (Number.isNaN(Date.parse(text))) return false;
  lastValid = upToHour;
  return true;
}
