import type { Document, Node } from '../record/document.ts';
import { epochMsOf } from '../record/moment.ts';
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
  const { source, start, end } = node;
  if (isInLastHour(source, start + 1, end - 1)) return beginning(length);
  const ms = epochMsOf(node);
  const iso = ms === undefined ? undefined : new Date(ms).toISOString();
  // Years of more than four digits are written with a sign.
  if (iso === undefined || iso.length !== 24) return undefined;
  lastHour = iso.slice(0, 13);
  lastBeginning = '';
  return beginning(length);
}

/** `2026-11-20T09`: what the last moment began with, which its neighbours mostly share. */
let lastHour = '';
let lastBeginning = '';

/** The same string for the same beginning: those who compare it then compare addresses. */
function beginning(length: number): string {
  if (lastBeginning.length !== length) lastBeginning = lastHour.slice(0, length);
  return lastBeginning;
}

/**
 * Whether a UTC moment spelled as most are, `2026-11-20T09:22:11.123Z`, in the same hour as the one before, stands at these
 * places of a text: read where it stands, for this is done for every record.
 */
function isInLastHour(text: string, start: number, end: number): boolean {
  if (end - start < 20 || end - start > 30 || lastHour.length !== 13) return false;
  // From the end, where it differs most.
  for (let i = 12; i >= 0; i--) if (text.charCodeAt(start + i) !== lastHour.charCodeAt(i)) return false;
  if (text.charCodeAt(start + 13) !== COLON || text.charCodeAt(start + 16) !== COLON) return false;
  if (!isSixty(text, start + 14) || !isSixty(text, start + 17) || text.charCodeAt(end - 1) !== Z) return false;
  if (end - start === 20) return true;
  if (text.charCodeAt(start + 19) !== DOT || end - start === 21) return false;
  for (let at = start + 20; at < end - 1; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return true;
}

const COLON = 0x3a;
const DOT = 0x2e;
const Z = 0x5a;

/** Two digits from 00 to 59. */
function isSixty(text: string, at: number): boolean {
  const ten = text.charCodeAt(at);
  return ten >= 0x30 && ten <= 0x35 && isDigit(text.charCodeAt(at + 1));
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
