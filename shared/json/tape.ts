import { CONTAINER } from './classes.ts';

/**
 * The tape: one row of numbers for each value of a document, in document order. A row's offset names its node.
 */

export const STRIDE = 10;

/** Where the value's text starts, and ends (exclusive). */
export const START = 0;
export const END = 1;
/** What the value is and holds (classes.ts), and the edits that it bears. */
export const CLASSES = 2;
/** Where the member's key starts (its opening quote), and ends (after its closing quote); -1 where there is no key. */
export const KEY_START = 3;
export const KEY_END = 4;
export const KEY_ID = 5;
/** Of a container: the row after all it holds. */
export const NEXT = 6;
/** The container's row; -1 for the document itself. */
export const PARENT = 7;
/** The index of the text that stands in the value's place, or of the members added. Written with the edit. */
export const EDIT = 8;
/** Of a member: 1 where the key was seen before in the same document, in whatever object; else 0. */
export const AGAIN = 9;

/** Edits, as bits of `CLASSES`. */
export const REMOVED = 1 << 25;
export const REPLACED = 1 << 26;
/** Members were added to the object. */
export const EXTENDED = 1 << 27;
export const RENAMED = 1 << 28;
export const TOUCHED = REMOVED | REPLACED | EXTENDED | RENAMED;

/** The row after the value at `node` and all it holds. */
export function after(rows: Int32Array, node: number): number {
  return rows[node + CLASSES]! & CONTAINER ? rows[node + NEXT]! : node + STRIDE;
}

/** Rows for the documents that are read at one time. */
export interface Tape {
  rows: Int32Array;
  /** The first free row. */
  used: number;
  /** What steps put into the documents; rows name it by index. */
  readonly fragments: object[];
  kept: number;
}

const ROWS = 4096;
/** A tape that one large record made is not kept for ever. */
const KEPT = 1 << 18;

export function createTape(): Tape {
  return { rows: new Int32Array(ROWS * STRIDE), used: 0, fragments: [], kept: 0 };
}

/** Frees every row. Documents read before must not be used any more. */
export function rewind(tape: Tape): void {
  tape.used = 0;
  tape.kept = 0;
  if (tape.rows.length <= KEPT) return;
  tape.rows = new Int32Array(ROWS * STRIDE);
  tape.fragments.length = 0;
}

/** Larger rows with the same content: documents read before keep theirs. */
export function grow(tape: Tape): Int32Array {
  const rows = new Int32Array(tape.rows.length * 2);
  rows.set(tape.rows);
  tape.rows = rows;
  return rows;
}
