import type { JsonText } from '../record/document.ts';
import type { JsonDocument } from './document.ts';
import { type Fragment, memberText, valueText } from './fragment.ts';
import {
  after,
  CLASSES,
  END,
  EXTENDED,
  KEY_END,
  KEY_START,
  NEXT,
  REMOVED,
  RENAMED,
  REPLACED,
  START,
  STRIDE,
  TOUCHED,
} from './tape.ts';

/** How far a container's members have been gone through, for taking some of them out. */
interface Progress {
  readonly container: number;
  at: number;
  previousEnd: number;
  survivor: boolean;
}

/** The text from `from` to `to`, which holds the value at `top`, with the edits that were laid over it. */
export function render(document: JsonDocument, top: number, from: number, to: number): JsonText {
  const out: Writer = { source: document.source, text: '', at: from, note: undefined };
  lay(document, top, out);
  return out.text + out.source.slice(out.at, to);
}

/** New text for the bytes from `start` to `end` of a document's source. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: JsonText;
}

/** The edits that were laid over the whole document, in order. */
export function editsOf(document: JsonDocument): readonly Edit[] {
  const edits: Edit[] = [];
  lay(document, document.root, {
    source: document.source,
    text: '',
    at: document.from,
    note: (start, end, text) => edits.push({ start, end, text }),
  });
  return edits;
}

function lay(document: JsonDocument, top: number, out: Writer): void {
  const { rows } = document;
  const end = Math.min(after(rows, top), document.lastEdited + STRIDE);
  let progress: Progress[] | undefined;
  /** Objects with new members, which are written when their last own member is: the innermost last. */
  let extended: number[] | undefined;
  for (let node = top; node < end; ) {
    const classes = rows[node + CLASSES]!;
    if ((classes & TOUCHED) === 0) {
      node += STRIDE;
      continue;
    }
    while (extended !== undefined && extended.length > 0 && node >= rows[extended.at(-1)! + NEXT]!) {
      writeAdded(document, extended.pop()!, out);
    }
    if (classes & REMOVED && node !== top) {
      progress ??= [];
      remove(document, node, progress, out);
    } else {
      if (classes & RENAMED && node !== top) {
        write(out, rows[node + KEY_START]!, rows[node + KEY_END]!, document.keyTextOf(node)!);
      }
      if (classes & REPLACED) write(out, rows[node + START]!, rows[node + END]!, valueText(document.fragmentAt(node)));
      else if (classes & EXTENDED) {
        if (extended === undefined) extended = [node];
        else extended.push(node);
      }
    }
    // What lies inside something replaced or removed is gone with it.
    node = classes & (REMOVED | REPLACED) ? after(rows, node) : node + STRIDE;
  }
  while (extended !== undefined && extended.length > 0) writeAdded(document, extended.pop()!, out);
}

/** The document as far as it is written. */
interface Writer {
  readonly source: JsonText;
  text: JsonText;
  at: number;
  /** Where each edit is wanted by itself, in place of the text. */
  readonly note: ((start: number, end: number, text: JsonText) => void) | undefined;
}

/** Puts `text` in the place of the bytes from `start` to `end`. */
function write(out: Writer, start: number, end: number, text: JsonText): void {
  if (out.note === undefined) out.text = out.text + out.source.slice(out.at, start) + text;
  else out.note(start, end, text);
  out.at = end;
}

/** Members added to the object at `node` come after its last one. */
function writeAdded(document: JsonDocument, node: number, out: Writer): void {
  const { rows } = document;
  let place = rows[node + START]! + 1;
  let comma = '';
  const end = rows[node + NEXT]!;
  for (let at = node + STRIDE; at < end; at = after(rows, at)) {
    place = rows[at + END]!;
    if ((rows[at + CLASSES]! & REMOVED) === 0) comma = ',';
  }
  let text = '';
  for (let added: Fragment | undefined = document.fragmentAt(node); added !== undefined; added = added.more) {
    const member = memberText(added);
    if (member === '') continue;
    text += comma + member;
    comma = ',';
  }
  write(out, place, place, text);
}

/** Takes a value out with one comma: the one before it where a value before it stays, else the one after it. */
function remove(document: JsonDocument, node: number, stack: Progress[], out: Writer): void {
  const { rows } = document;
  const { container, previousEnd, survivor } = progressTo(document, node, stack);
  if (survivor) {
    write(out, previousEnd, rows[node + END]!, '');
    return;
  }
  const next = after(rows, node);
  const end = next < rows[container + NEXT]! ? startOf(rows, next) : rows[node + END]!;
  write(out, startOf(rows, node), end, '');
}

/** Goes on to `node`. Nodes come in document order, so that the containers that are still open are a stack. */
function progressTo(document: JsonDocument, node: number, stack: Progress[]): Progress {
  const { rows } = document;
  while (stack.length > 0 && node >= rows[stack.at(-1)!.container + NEXT]!) stack.pop();
  let open = stack.at(-1) ?? opened(document.root, stack);
  for (;;) {
    while (after(rows, open.at) <= node) {
      open.previousEnd = rows[open.at + END]!;
      if ((rows[open.at + CLASSES]! & REMOVED) === 0) open.survivor = true;
      open.at = after(rows, open.at);
    }
    if (open.at === node) return open;
    open = opened(open.at, stack);
  }
}

function opened(container: number, stack: Progress[]): Progress {
  const progress = { container, at: container + STRIDE, previousEnd: 0, survivor: false };
  stack.push(progress);
  return progress;
}

function startOf(rows: Int32Array, node: number): number {
  const key = rows[node + KEY_START]!;
  return key < 0 ? rows[node + START]! : key;
}
