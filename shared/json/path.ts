import { encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText, Selector } from '../record/document.ts';
import { keyIdOf } from './keys.ts';
import { encodeString } from './strings.ts';

/** One step of a path. */
export type Segment =
  | KeySegment
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'deep' };

export interface KeySegment {
  readonly kind: 'key';
  readonly key: string;
  readonly keyId: number;
  /** The key as a member's text begins: `"key":`. */
  readonly json: JsonText;
}

/** A selector as the engine compiles it. */
export interface CompiledSelector extends Selector {
  readonly segments: readonly Segment[];
  /** No wildcards: it names one place. */
  readonly concrete: boolean;
  /** Keys and nothing else. */
  readonly keysOnly: boolean;
  /** `**` alone: every value of the document. */
  readonly everything: boolean;
  /** States of the matcher at the document's root, and the state that says "matched". */
  readonly start: number;
  readonly accept: number;
}

/** States of the matcher are bits of one 32-bit number, so that a path has at most this many segments. */
const MAX_SEGMENTS = 30;

/** Compiles a path, or says what is wrong with it. */
export function compilePath(path: string): CompiledSelector | { readonly fault: string } {
  const segments: Segment[] = [];
  let at = 0;
  while (at < path.length) {
    const read = path[at] === '[' ? readBracket(path, at) : readName(path, at, segments.length > 0);
    if (typeof read === 'string') return { fault: `path ${JSON.stringify(path)}: ${read}` };
    segments.push(read.segment);
    at = read.end;
  }
  if (segments.length === 0) return { fault: 'a path is empty' };
  if (segments.length > MAX_SEGMENTS)
    return { fault: `path ${JSON.stringify(path)}: more than ${MAX_SEGMENTS} segments` };
  const concrete = segments.every((segment) => segment.kind === 'key' || segment.kind === 'index');
  const everything = segments.length === 1 && segments[0]!.kind === 'deep';
  const keysOnly = segments.every((segment) => segment.kind === 'key');
  return { path, segments, concrete, keysOnly, everything, start: close(segments, 1), accept: 1 << segments.length };
}

/** `**` also stands for no level at all: where it is next, so is what follows it. */
function close(segments: readonly Segment[], states: number): number {
  let closed = states;
  for (let at = 0; at < segments.length; at++) {
    if (segments[at]!.kind === 'deep' && closed & (1 << at)) closed |= 1 << (at + 1);
  }
  return closed;
}

/** What tells whether the member at `node` has a key. */
export interface Keys {
  hasKey(node: number, segment: KeySegment): boolean;
}

/** The matcher's states at a member, or at the element with this index, of a container in `states`. */
export function advance(
  { segments }: CompiledSelector,
  states: number,
  keys: Keys,
  node: number,
  index: number,
): number {
  let next = 0;
  for (let at = 0; at < segments.length; at++) {
    if ((states & (1 << at)) === 0) continue;
    const segment = segments[at]!;
    if (segment.kind === 'deep') next |= 1 << at;
    else if (segment.kind === 'any') next |= 1 << (at + 1);
    else if (segment.kind === 'index') next |= segment.index === index ? 1 << (at + 1) : 0;
    else if (index < 0 && keys.hasKey(node, segment)) next |= 1 << (at + 1);
  }
  return next === 0 ? 0 : close(segments, next);
}

/** Compiles a path that is known to be right. */
export function selectorOf(path: string): CompiledSelector {
  const compiled = compilePath(path);
  if ('fault' in compiled) throw new TypeError(compiled.fault);
  return compiled;
}

type Read = { segment: Segment; end: number } | string;

function readName(path: string, at: number, needsDot: boolean): Read {
  let start = at;
  if (needsDot) {
    if (path[at] !== '.') return `expected "." or "[" at ${at}`;
    start++;
  }
  let end = start;
  while (end < path.length && path[end] !== '.' && path[end] !== '[') end++;
  const name = path.slice(start, end);
  if (name === '') return `a name is missing at ${start}`;
  if (name === '*') return { segment: { kind: 'any' }, end };
  if (name === '**') return { segment: { kind: 'deep' }, end };
  if (name.includes('*'))
    return `"*" stands for a whole level: write ${JSON.stringify(`["${name}"]`)} for a key that holds it`;
  if (name.includes(']') || name.includes('"')) return `a key with brackets or quotes is written ["…"], at ${start}`;
  return { segment: keySegment(name), end };
}

function readBracket(path: string, at: number): Read {
  const quote = path[at + 1];
  if (quote === '"' || quote === "'") return readQuoted(path, at, quote);
  const close = path.indexOf(']', at);
  if (close < 0) return `"[" at ${at} is not closed`;
  const inside = path.slice(at + 1, close);
  if (inside === '*') return { segment: { kind: 'any' }, end: close + 1 };
  if (inside === '**') return { segment: { kind: 'deep' }, end: close + 1 };
  if (!/^(0|[1-9]\d{0,8})$/.test(inside)) return `[…] at ${at} holds neither an index, nor *, nor a quoted key`;
  return { segment: { kind: 'index', index: Number(inside) }, end: close + 1 };
}

/** `["a.b"]` or `['a.b']`; a backslash takes the next character as it is. */
function readQuoted(path: string, at: number, quote: string): Read {
  let key = '';
  let end = at + 2;
  while (end < path.length && path[end] !== quote) {
    if (path[end] === '\\') end++;
    key += path[end] ?? '';
    end++;
  }
  if (path[end] !== quote || path[end + 1] !== ']') return `the quoted key at ${at} is not closed`;
  return { segment: keySegment(key), end: end + 2 };
}

function keySegment(key: string): KeySegment {
  return { kind: 'key', key, keyId: keyIdOf(encodeUtf8(key), key), json: `${encodeString(key)}:` };
}

/** How a path names a member: `.key`, or `["…"]` where the key is not plain. */
export function keyInPath(key: string): string {
  return /^[^.[\]"'*\\]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
