import type { Document, Node } from '../record/document.ts';
import { epochMsOf, epochMsOfText } from '../record/moment.ts';
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

/** The first `length` characters of a moment in ISO 8601, in UTC. */
function timeOf(node: Node, length: number): string | undefined {
  const text = node.string;
  if (text !== undefined && isUtc(text)) return text.slice(0, length);
  const ms = epochMsOf(node);
  const iso = ms === undefined ? undefined : new Date(ms).toISOString();
  // Years of more than four digits are written with a sign.
  return iso === undefined || iso.length !== 24 ? undefined : iso.slice(0, length);
}

let lastHour = '';

/**
 * Whether text is a UTC moment spelled as most are, `2026-11-20T09:22:11.123Z`, in the same hour as the one before: then
 * only the rest is looked at. Others take the long way.
 */
function isUtc(text: string): boolean {
  const { length } = text;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 0x5a || text.charCodeAt(13) !== 0x3a) return false;
  if (!isSixty(text, 14) || text.charCodeAt(16) !== 0x3a || !isSixty(text, 17)) return false;
  if (length > 20 && (text.charCodeAt(19) !== 0x2e || length === 21)) return false;
  for (let i = 20; i < length - 1; i++) if (!isDigit(text.charCodeAt(i))) return false;
  if (lastHour !== '' && text.startsWith(lastHour)) return true;
  if (!/^\d{4}-\d\d-\d\dT\d\d/.test(text) || epochMsOfText(text) === undefined) return false;
  lastHour = text.slice(0, 13);
  return true;
}

/** Two digits from 00 to 59. */
function isSixty(text: string, at: number): boolean {
  const ten = text.charCodeAt(at);
  return ten >= 0x30 && ten <= 0x35 && isDigit(text.charCodeAt(at + 1));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
