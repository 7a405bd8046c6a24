import { classes } from '../../json/index.ts';
import { applyEdits, type Edit } from '../edit.ts';
import { MaskError } from '../method.ts';
import { encodedAt } from './base64.ts';
import { detect, type Finds } from './scan.ts';
import type { Search } from './search.ts';
import { liesWithin, meet, type Taken, together, withRest } from './taken.ts';
import { backTo, type Extended, extentInSource, extentInView, plainView } from './view.ts';

/** How deep text may hide in text: percent-encoded JSON in base64 in a string, and one more. */
const DEEPEST = 5;

const NONE: readonly Edit[] = [];
const UNKNOWN = -1;
/** Classes of which one is there where characters hide others. */
const COVERS = classes.ESCAPE | classes.HIGH | classes.PERCENT | classes.OTHER;

/**
 * The edits that take what the search finds out of a text: also what is percent-encoded, written in full-width or
 * zero-width forms, in base64, or in JSON inside the text. In order, none overlapping another.
 * `found` are the text's classes (shared/json/classes.ts), and `finds` what it holds as it stands, as far as they are known.
 */
export function editsOfText(text: string, search: Search, depth = 0, found = UNKNOWN, finds?: Finds): readonly Taken[] {
  const nested = found & (classes.BRACKET | classes.ESCAPE) ? editsOfJson(text, search, depth) : undefined;
  const view = found & COVERS ? plainView(text) : undefined;
  const plain = takenFrom(text, search, depth, nested, finds ?? detect(text, search.set, search.context));
  if (view === undefined) return withRest(text, plain, nested, search);
  // JSON is what it is by its own marks: forms of them inside its strings are undone there.
  const inView =
    nested === undefined ? editsOfJson(view.text, search, depth) : { ...extentInView(view, nested), edits: NONE };
  const uncovered = takenFrom(view.text, search, depth, inView, detect(view.text, search.set, search.context)).map(
    (taken) => ({
      ...taken,
      ...backTo(view, text, taken),
    }),
  );
  // What only looks encoded must not hide what stands there in the clear: `%B4111…` of a magnetic stripe.
  return withRest(text, together(uncovered, plain), nested ?? (inView && extentInSource(view, inView)), search);
}

/** The part of a text that is JSON, and the edits for what is in it. */
interface Region extends Extended {
  readonly edits: readonly Edit[];
}

function takenFrom(
  text: string,
  search: Search,
  depth: number,
  json: Region | undefined,
  { spans, tokens }: Finds,
): readonly Taken[] {
  if (spans.length === 0 && tokens.length === 0) return json?.edits ?? NONE;
  const edits: Taken[] = [];
  for (const span of spans) {
    // What is inside JSON has been looked at by the rules for JSON; what goes beyond it wins: `password={"a":1}`.
    if (json !== undefined && liesWithin(span, json)) continue;
    const replacement = search.replacement(text.slice(span.start, span.end), span);
    if (replacement === undefined) continue;
    edits.push({ start: span.start, end: span.end, text: replacement, token: search.tokens[span.detector] });
  }
  for (const token of tokens) {
    if (json === undefined || token < json.start || token >= json.end) addEncoded(text, token, search, depth, edits);
  }
  return together(
    edits.sort((a, b) => a.start - b.start),
    json?.edits ?? NONE,
  );
}

/** What hides deeper than anyone looks must not pass. */
function checkDepth(depth: number): void {
  if (depth >= DEEPEST) throw new MaskError(`texts hide in texts more than ${DEEPEST} deep`);
}

/** JSON that the text is, or that stands in it: a log line with an object at its end. */
function editsOfJson(text: string, search: Search, depth: number): Region | undefined {
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
    edits: edits.map((edit) => narrowed(text, start + edit.start, start + edit.end, edit.text)),
  };
}

/** An edit without what it leaves as it is: a whole string is put back for a few characters of it. */
function narrowed(text: string, from: number, to: number, replacement: string): Edit {
  let start = from;
  let end = to;
  let cut = replacement.length;
  while (start < end && start - from < cut && text[start] === replacement[start - from]) start++;
  while (end > start && cut > start - from && text[end - 1] === replacement[cut - 1]) {
    end--;
    cut--;
  }
  return { start, end, text: replacement.slice(start - from, cut) };
}

/** A string of JSON that holds JSON: `"{\\"a\\":1}"`. */
function isJsonString(text: string): boolean {
  return text.length > 4 && text.charCodeAt(0) === 0x22 && text.endsWith('"') && text.includes('\\');
}

const JSON_START = /\{\s{0,8}"|\[\s{0,8}[{"[]/;

function startOfJson(text: string): number {
  const first = text.charCodeAt(0);
  if (first === 0x7b || first === 0x5b) return 0;
  if (!text.includes('{') && !text.includes('[')) return -1;
  return text.search(JSON_START);
}

function addEncoded(text: string, token: number, search: Search, depth: number, edits: Taken[]): void {
  const encoded = encodedAt(text, token);
  if (encoded === undefined) return;
  checkDepth(depth);
  if (edits.some((edit) => edit.start <= encoded.start && edit.end >= encoded.end)) return;
  const inside = editsOfText(encoded.text, search, depth + 1);
  if (inside.length === 0) return;
  const { start, end } = encoded;
  const met = edits.filter((edit) => meet(edit, encoded));
  if (met.length === 0) {
    edits.push({ start, end, text: encoded.encode(applyEdits(encoded.text, inside)) });
    return;
  }
  // Two readings of one text, with finds in both: all of it goes.
  for (const edit of met) edits.splice(edits.indexOf(edit), 1);
  edits.push({
    ...met[0]!,
    start: Math.min(start, ...met.map((edit) => edit.start)),
    end: Math.max(end, ...met.map((edit) => edit.end)),
  });
}
