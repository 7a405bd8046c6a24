import { classes } from '../../json/index.ts';
import { applyEdits, type Edit } from '../edit.ts';
import { MaskError } from '../method.ts';
import { encodedAt } from './base64.ts';
import type { Span } from './finding.ts';
import type { Context } from './keywords.ts';
import { detect } from './scan.ts';
import type { DetectorSet } from './set.ts';
import { COVERED, plainForm, uncover, type View } from './view.ts';

/** How deep text may hide in text: percent-encoded JSON in base64 in a string, and one more. */
const DEEPEST = 5;

/** What a text is looked through for, and what is put in the place of what is found. */
export interface Search {
  readonly set: DetectorSet;
  readonly context: Context;
  /** Text in the place of a find; undefined: it stays (an allow-list says so). */
  replacement(found: string, span: Span): string | undefined;
  /** The edits for JSON text in the text (as UTF-16); undefined where it is not JSON. */
  json(text: string, depth: number): readonly Edit[] | undefined;
}

const NONE: readonly Edit[] = [];
const UNKNOWN = -1;
/** Classes of which one is there where characters hide others. */
const COVERS = classes.ESCAPE | classes.HIGH | classes.PERCENT | classes.OTHER;

/**
 * The edits that take what the search finds out of a text: also what is percent-encoded, written in full-width or
 * zero-width forms, in base64, or in JSON inside the text. In order, none overlapping another.
 * `found` are the text's classes (shared/json/classes.ts), as far as they are known.
 */
export function editsOfText(text: string, search: Search, depth = 0, found = UNKNOWN): readonly Edit[] {
  const view = found & COVERS ? plainView(text) : undefined;
  if (view === undefined) return editsOfPlain(text, search, depth, found);
  const uncovered = editsOfPlain(view.text, search, depth, UNKNOWN).map((edit) => backTo(view, text, edit));
  // What only looks encoded must not hide what stands there in the clear: `%B4111…` of a magnetic stripe.
  const plain = editsOfPlain(text, search, depth, found).filter(
    (edit) => !uncovered.some((other) => meet(edit, other)),
  );
  if (uncovered.length + plain.length === 0) return NONE;
  return [...uncovered, ...plain].sort((a, b) => a.start - b.start);
}

function meet(a: Edit, b: Edit): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Characters that stand for ASCII ones or for nothing. */
const DISGUISED =
  /[\u00a0\u00ad\u061c\u0660-\u0669\u06f0-\u06f9\u07c0-\u07c9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0e50-\u0e59\u0ed0-\u0ed9\u0f20-\u0f29\u1040-\u1049\u17e0-\u17e9\u180e\u1810-\u1819\u2000-\u2015\u2024\u202a-\u202f\u205f-\u206f\u2212\u24b6-\u24e9\u3000\u3002\ufe52\ufe55\ufe58\ufe63\ufe6b\ufeff\uff01-\uff61]|\u034f|[\ufe00-\ufe0f]|\ud835|\udb40|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The text in the clear; undefined where it is so already. */
function plainView(text: string): View | undefined {
  const disguised = DISGUISED.test(text);
  if (!disguised && !COVERED.test(text)) return undefined;
  return uncover(disguised ? undisguised(text) : identity(text));
}

function identity(text: string): View {
  const starts = Array.from({ length: text.length }, (_, index) => index);
  return { text, starts, ends: starts.map((start) => start + 1) };
}

function undisguised(text: string): View {
  let plain = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at)!;
    const width = point > 0xffff ? 2 : 1;
    const form = plainForm(point);
    plain += form;
    for (let i = 0; i < form.length; i++) {
      starts.push(at);
      ends.push(at + width);
    }
    at += width;
  }
  return { text: plain, starts, ends };
}

/** An edit of a view as an edit of its source. What goes into percent-encoded text must not end it. */
function backTo(view: View, source: string, edit: Edit): Edit {
  const start = view.starts[edit.start]!;
  const end = edit.end > edit.start ? view.ends[edit.end - 1]! : start;
  const encoded = source.slice(start, end).includes('%');
  return { start, end, text: encoded ? edit.text.replace(/[\s"#%&+<>]/g, encodeURIComponent) : edit.text };
}

function editsOfPlain(text: string, search: Search, depth: number, found: number): readonly Edit[] {
  const nested = found & classes.BRACKET ? editsOfJson(text, search, depth) : undefined;
  const { spans, tokens } = detect(text, search.set, search.context);
  if (spans.length === 0 && tokens.length === 0) return nested?.edits ?? NONE;
  const edits: Edit[] = [];
  for (const span of spans) {
    if (nested !== undefined && span.start < nested.end && span.end > nested.start) continue;
    const replacement = search.replacement(text.slice(span.start, span.end), span);
    if (replacement !== undefined) edits.push({ start: span.start, end: span.end, text: replacement });
  }
  if (nested !== undefined) edits.push(...nested.edits);
  for (const token of tokens) addEncoded(text, token, search, depth, edits);
  return edits.sort((a, b) => a.start - b.start);
}

/** What hides deeper than anyone looks must not pass. */
function checkDepth(depth: number): void {
  if (depth >= DEEPEST) throw new MaskError(`texts hide in texts more than ${DEEPEST} deep`);
}

/** JSON that the text is, or that stands in it: a log line with an object at its end. */
function editsOfJson(text: string, search: Search, depth: number) {
  const quoted = isJsonString(text);
  const start = quoted ? 0 : startOfJson(text);
  if (start < 0) return undefined;
  const end = quoted ? text.length : Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
  if (end <= start + 1) return undefined;
  checkDepth(depth);
  const edits = search.json(text.slice(start, end), depth + 1);
  if (edits === undefined) return undefined;
  return {
    start,
    end,
    edits: edits.map((edit) => ({ start: start + edit.start, end: start + edit.end, text: edit.text })),
  };
}

/** A string of JSON that holds JSON: `"{\\"a\\":1}"`. */
function isJsonString(text: string): boolean {
  return text.length > 4 && text.charCodeAt(0) === 0x22 && text.endsWith('"') && text.includes('\\');
}

const JSON_START = /\{\s{0,8}"|\[\s{0,8}[{"[\d]/;

function startOfJson(text: string): number {
  const first = text.charCodeAt(0);
  if (first === 0x7b || first === 0x5b) return 0;
  if (!text.includes('{"') && !text.includes('[')) return -1;
  return text.search(JSON_START);
}

function addEncoded(text: string, token: number, search: Search, depth: number, edits: Edit[]): void {
  const encoded = encodedAt(text, token);
  if (encoded === undefined) return;
  checkDepth(depth);
  if (edits.some((edit) => meet(edit, encoded))) return;
  const inside = editsOfText(encoded.text, search, depth + 1);
  if (inside.length === 0) return;
  edits.push({ start: encoded.start, end: encoded.end, text: encoded.encode(applyEdits(encoded.text, inside)) });
}
