import type { JsonText } from '../record/document.ts';
import type { JsonDocument } from './document.ts';
import {
  CLASSES,
  END,
  EXTENDED,
  KEY_CLASSES,
  KEY_END,
  KEY_START,
  META,
  NEXT,
  PARENT,
  REMOVED,
  RENAMED,
  REPLACED,
  START,
  STRIDE,
} from './tape.ts';

/** New text for the bytes from `start` to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: JsonText;
}

/** How far a container's members have been gone through, for taking some of them out. */
interface Progress {
  at: number;
  previousEnd: number;
  survivor: boolean;
}

/** The text from `from` to `to`, which holds the value at `top`, with the edits that were laid over it: one join. */
export function render(document: JsonDocument, top: number, from: number, to: number): JsonText {
  const edits = editsBelow(document, top);
  const source = document.source;
  let text = '';
  let at = from;
  for (const edit of edits) {
    // What lies inside something replaced or removed is gone with it.
    if (edit.start < at) continue;
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at, to);
}

/** The edits at and below `top`, in the order of their places. */
function editsBelow(document: JsonDocument, top: number): Edit[] {
  const rows = document.rows;
  const end = rows[top + NEXT]!;
  const edits: Edit[] = [];
  let progress: Map<number, Progress> | undefined;
  const touched = document.touched!;
  if (touched.length > 1) touched.sort((a, b) => a - b);
  for (const node of touched) {
    if (node < top || node >= end) continue;
    const meta = rows[node + META]!;
    if (meta & REMOVED) {
      progress ??= new Map();
      edits.push(removal(document, node, progress));
      continue;
    }
    if (meta & RENAMED && node !== top) {
      const text = document.keys![rows[node + KEY_CLASSES]!]!;
      edits.push({ start: rows[node + KEY_START]!, end: rows[node + KEY_END]!, text });
    }
    if (meta & REPLACED) {
      edits.push({ start: rows[node + START]!, end: rows[node + END]!, text: fragmentText(document, node) });
    } else if (meta & EXTENDED) {
      const edit = addition(document, node);
      if (edit !== undefined) edits.push(edit);
    }
  }
  return edits.length > 1 ? edits.sort((a, b) => a.start - b.start) : edits;
}

function fragmentText(document: JsonDocument, node: number): JsonText {
  const fragment = document.fragments![document.rows[node + CLASSES]!]!;
  return fragment.document?.text() ?? fragment.json;
}

/** Members added to the object at `node` come after its last one. */
function addition(document: JsonDocument, node: number): Edit | undefined {
  const rows = document.rows;
  const members = fragmentText(document, node).slice(1, -1);
  if (members === '') return undefined;
  let place = rows[node + START]! + 1;
  let survivor = false;
  const end = rows[node + NEXT]!;
  for (let at = node + STRIDE; at < end; at = rows[at + NEXT]!) {
    place = rows[at + END]!;
    if ((rows[at + META]! & REMOVED) === 0) survivor = true;
  }
  return { start: place, end: place, text: survivor ? `,${members}` : members };
}

/**
 * Takes a value out with one comma: the one before it where a value before it stays, else the one after it.
 */
function removal(document: JsonDocument, node: number, progress: Map<number, Progress>): Edit {
  const rows = document.rows;
  const parent = rows[node + PARENT]!;
  let state = progress.get(parent);
  if (state === undefined) {
    state = { at: parent + STRIDE, previousEnd: 0, survivor: false };
    progress.set(parent, state);
  }
  while (state.at < node) {
    state.previousEnd = rows[state.at + END]!;
    if ((rows[state.at + META]! & REMOVED) === 0) state.survivor = true;
    state.at = rows[state.at + NEXT]!;
  }
  if (state.survivor) return { start: state.previousEnd, end: rows[node + END]!, text: '' };
  const next = rows[node + NEXT]!;
  const end = next < rows[parent + NEXT]! ? startOf(rows, next) : rows[node + END]!;
  return { start: startOf(rows, node), end, text: '' };
}

function startOf(rows: Int32Array, node: number): number {
  const key = rows[node + KEY_START]!;
  return key < 0 ? rows[node + START]! : key;
}
