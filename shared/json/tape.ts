/**
 * The tape: one row of numbers for each value of a document, in document order. A row's offset names its node.
 */

export const STRIDE = 10;

/** Kind and flags. */
export const META = 0;
/** Where the value's text starts, and ends (exclusive). */
export const START = 1;
export const END = 2;
/** Where the member's key starts (its opening quote), and ends (after its closing quote); -1 where there is no key. */
export const KEY_START = 3;
export const KEY_END = 4;
export const KEY_ID = 5;
/** Classes of the key; of a renamed key, the index of its new text. */
export const KEY_CLASSES = 6;
/** Classes of the value; of a replaced value, the index of what stands in its place; of an object with members added, theirs. */
export const CLASSES = 7;
/** The container's row; -1 for the document itself. */
export const PARENT = 8;
/** The row after this value and all it holds. */
export const NEXT = 9;

export const OBJECT = 1;
export const ARRAY = 2;
export const TEXT = 3;
export const DIGITS = 4;
export const TRUE = 5;
export const FALSE = 6;
export const NULL = 7;
export const KIND = 7;

export const REMOVED = 1 << 3;
export const REPLACED = 1 << 4;
/** Members were added to the object. */
export const EXTENDED = 1 << 5;
export const RENAMED = 1 << 6;
export const SETTLED_HERE = 1 << 7;
export const TOUCHED = REMOVED | REPLACED | EXTENDED | RENAMED;

/** Rows for the documents that are read at one time. */
export interface Tape {
  rows: Int32Array;
  /** The first free row. */
  used: number;
}

const ROWS = 4096;
/** A tape that one large record made is not kept for ever. */
const KEPT = 1 << 18;

export function createTape(): Tape {
  return { rows: new Int32Array(ROWS * STRIDE), used: 0 };
}

/** Frees every row. Documents read before must not be used any more. */
export function rewind(tape: Tape): void {
  tape.used = 0;
  if (tape.rows.length > KEPT) tape.rows = new Int32Array(ROWS * STRIDE);
}

/** Larger rows with the same content: documents read before keep theirs. */
export function grow(tape: Tape): Int32Array {
  const rows = new Int32Array(tape.rows.length * 2);
  rows.set(tape.rows);
  tape.rows = rows;
  return rows;
}
