import { isUtf8 } from 'node:buffer';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import {
  ARRAY,
  CLASS_OF,
  DIGIT,
  DOT,
  ESCAPE,
  HIGH,
  HYPHEN,
  LITERAL,
  LOWER,
  NUMBER,
  OBJECT,
  PLUS,
  STRING,
  UPPER,
} from './classes.ts';
import { forgetRows, internKey, keyIdOf, keyTable } from './keys.ts';
import { decodeStringContent } from './strings.ts';
import {
  AGAIN,
  CLASSES,
  END,
  grow,
  KEY_END,
  KEY_ID,
  KEY_START,
  NEXT,
  PARENT,
  START,
  STRIDE,
  type Tape,
} from './tape.ts';

/**
 * A strict reader of RFC 8259 text: one pass over the bytes checks all of the grammar and writes the tape. No recursion,
 * so that no nesting can exhaust the stack.
 */

/** Containers inside one another, at most. */
export const MAX_NESTING = 512;
/** Values of one record, at most: what the tape may take of memory (80 MB) for a hostile record of 10 MiB. */
export const MAX_VALUES = 2_000_000;

export type ScanFault = 'InvalidJson' | 'InvalidUtf8' | 'NestingTooDeep' | 'TooManyValues';

/** Why the last scan failed, and where (a byte of the text). */
export const fault: { code: ScanFault; at: number; message: string } = { code: 'InvalidJson', at: 0, message: '' };

const SCRATCH = 64 * 1024;
/** Zeros after the text: they stop every loop, four bytes a turn included, also one that began at the last byte. */
const SLACK = 8;
/** Scratch that one large record made is not kept for ever. */
const KEPT = 2 * 1024 * 1024;
/** The text being read as bytes, with a zero after the end, which stops every loop. */
let bytes = scratch(SCRATCH);
/** The same, to be read four bytes at a time. */
let words = wordsOf(bytes);
/** The text that was loaded last: its bytes, with some behind the end, and how many were loaded until then. */
export const loaded = { bytes: words, texts: 0 };
// Own constants: the compiler then knows their address and length.
const TABLE = CLASS_OF;
const OFFSETS = keyTable.offsets;
const SUCCESSORS = keyTable.successors;
const LAST_ROWS = keyTable.rows;
let length = 0;
/** What `readString` and `readNumber` found besides the end. */
let found = 0;

/** Node's own writer for one encoding: what `write(…, 'latin1')` calls in the end, without finding out which it is. */
interface Scratch extends Buffer {
  latin1Write(text: string, offset: number, length: number): number;
}

function scratch(size: number): Scratch {
  return Buffer.allocUnsafeSlow(size) as Scratch;
}

function wordsOf({ buffer, byteOffset, byteLength }: Scratch): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Makes `text` the one that `scan` and `skipSpace` read. */
export function load(text: ByteString): void {
  const needed = text.length + SLACK;
  if (needed > bytes.length || (bytes.length > KEPT && needed < SCRATCH)) {
    bytes = scratch(Math.max(SCRATCH, needed));
    words = wordsOf(bytes);
    loaded.bytes = words;
  }
  loaded.texts = (loaded.texts + 1) & 0x3fffffff;
  length = bytes.latin1Write(text, 0, text.length);
  for (let i = 0; i < SLACK; i++) bytes[length + i] = 0;
}

/** The first position at or after `at` that is not white space. */
export function skipSpace(at: number): number {
  let i = at;
  while (isSpace(bytes[i]!)) i++;
  return i;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function fail(at: number, expected: string, code: ScanFault = 'InvalidJson'): -1 {
  forgetRows();
  fault.code = code;
  fault.at = at;
  fault.message = expected;
  return -1;
}

/**
 * Reads the value at `at` (no white space before it) onto the tape from `tape.used` on. Returns where it ends, -1 if it
 * is not JSON: `fault` says why. `base` is the first row of the record that the value is part of.
 */
export function scan(tape: Tape, at: number, base = tape.used): number {
  if (keyTable.tape !== tape) {
    keyTable.tape = tape;
    forgetRows();
  }
  const b = bytes;
  const w = words;
  let known = keyTable.words;
  let rows = tape.rows;
  const first = tape.used;
  let node = first;
  let parent = -1;
  let depth = 0;
  let inObject = false;
  let opened = false;
  let previousKey = 0;
  let high = 0;
  let i = at;
  let room = roomOf(rows, base);
  if (node > room) {
    rows = grow(tape);
    room = roomOf(rows, base);
  }
  rows[node + KEY_START] = -1;
  rows[node + KEY_ID] = 0;
  for (;;) {
    // A value starts at i; its row has its key.
    const value = node;
    node = (node + STRIDE) | 0;
    // One row ahead: a key is written before its value is looked at.
    if (node > room) {
      if ((node - base) / STRIDE > MAX_VALUES)
        return fail(i, `more than ${MAX_VALUES} values in one record`, 'TooManyValues');
      rows = grow(tape);
      room = roomOf(rows, base);
    }
    rows[value + START] = i;
    rows[value + PARENT] = parent;
    const c = b[i]!;
    if (c === 0x22) {
      i = readString(b, rows, (value + CLASSES) | 0, (i + 1) | 0) | 0;
      if (i < 0) return -1;
      rows[value + END] = i;
      high |= rows[value + CLASSES]!;
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_NESTING) return fail(i, `more than ${MAX_NESTING} levels of nesting`, 'NestingTooDeep');
      inObject = c === 0x7b;
      rows[value + CLASSES] = inObject ? OBJECT : ARRAY;
      parent = value;
      opened = true;
      i = (i + 1) | 0;
    } else {
      i = readScalar(i, c) | 0;
      if (i < 0) return -1;
      rows[value + CLASSES] = found;
      rows[value + END] = i;
    }
    // What follows: closing brackets, then a comma and the next member or element.
    for (;;) {
      if (parent < 0) {
        tape.used = node;
        if (high & HIGH && !isUtf8(b.subarray(at, i))) return fail(at, 'the document is not UTF-8', 'InvalidUtf8');
        return i;
      }
      let next = b[i]!;
      while (next <= 0x20 && isSpace(next)) next = b[++i]!;
      if (next === 0x2c && !opened) {
        next = b[++i]!;
        while (next <= 0x20 && isSpace(next)) next = b[++i]!;
      } else if (next === (inObject ? 0x7d : 0x5d)) {
        i = (i + 1) | 0;
        rows[parent + END] = i;
        rows[parent + NEXT] = node;
        parent = rows[parent + PARENT]!;
        depth--;
        opened = false;
        if (parent >= 0) inObject = rows[parent + CLASSES] === OBJECT;
        continue;
      } else if (!opened) return fail(i, inObject ? 'expected "," or "}"' : 'expected "," or "]"');
      opened = false;
      if (!inObject) {
        rows[node + KEY_START] = -1;
        rows[node + KEY_ID] = 0;
        break;
      }
      if (next !== 0x22) return fail(i, 'expected a key');
      rows[node + KEY_START] = i;
      let keyId = SUCCESSORS[previousKey]!;
      let end = 0;
      if (keyId !== 0) {
        // Whether the key that is guessed, with its quote, stands here.
        let k = OFFSETS[keyId]!;
        let left = (OFFSETS[keyId + 1]! - k) | 0;
        end = (i + 1) | 0;
        while (left > 3 && known.getInt32(k) === w.getInt32(end)) {
          k = (k + 4) | 0;
          end = (end + 4) | 0;
          left = (left - 4) | 0;
        }
        // Of the last four bytes those that the key still has.
        const same = left < 4 && (left === 0 || (known.getInt32(k) ^ w.getInt32(end)) >>> ((4 - left) << 3) === 0);
        end = same ? (end + left) | 0 : 0;
      }
      if (end === 0) {
        end = readString(b, rows, node + CLASSES, (i + 1) | 0);
        if (end < 0) return -1;
        const classes = rows[node + CLASSES]!;
        high |= classes;
        keyId = classes & ESCAPE ? escapedKeyId(i, end) : internKey(b, i + 1, end - 1);
        // What is guessed is not looked at again, so only what is plain ASCII may be guessed.
        if ((classes & (ESCAPE | HIGH)) === 0) SUCCESSORS[previousKey] = keyId;
        known = keyTable.words;
      }
      rows[node + KEY_ID] = keyId;
      rows[node + KEY_END] = end;
      // What stands there may be left from a document before: then the row it names is not one of this key.
      const seen = LAST_ROWS[keyId]!;
      rows[node + AGAIN] = seen >= first && seen < node && rows[seen + KEY_ID] === keyId ? 1 : 0;
      LAST_ROWS[keyId] = node;
      previousKey = keyId;
      i = end;
      next = b[i]!;
      while (next <= 0x20 && isSpace(next)) next = b[++i]!;
      if (next !== 0x3a) return fail(i, 'expected ":"');
      next = b[++i]!;
      while (next <= 0x20 && isSpace(next)) next = b[++i]!;
      break;
    }
  }
}

/** The last row that may be begun before the tape has to grow, or the record has too many values. */
function roomOf(rows: Int32Array, base: number): number {
  return Math.min(rows.length - 2 * STRIDE, base + MAX_VALUES * STRIDE) | 0;
}

function escapedKeyId(start: number, end: number): number {
  const key = decodeStringContent(bytes.toString('latin1', start + 1, end - 1));
  return keyIdOf(encodeUtf8(key), key);
}

/**
 * Reads a string from the byte after its opening quote. Returns where it ends (after the closing quote), -1 if it is
 * not one; the row takes its classes. The loop is the engine's hottest: four bytes a turn, one test each.
 */
function readString(b: Uint8Array, rows: Int32Array, column: number, from: number): number {
  let classes = 0;
  let i = from;
  for (;;) {
    for (;;) {
      const four = TABLE[b[i]!]! | TABLE[b[(i + 1) | 0]!]! | TABLE[b[(i + 2) | 0]!]! | TABLE[b[(i + 3) | 0]!]!;
      if (four < 0) break;
      classes |= four;
      i = (i + 4) | 0;
    }
    for (let bits = TABLE[b[i]!]!; bits >= 0; bits = TABLE[b[i]!]!) {
      classes |= bits;
      i = (i + 1) | 0;
    }
    if (b[i] === 0x22) break;
    classes |= ESCAPE;
    i = skipEscape(b, i);
    if (i < 0) return -1;
  }
  rows[column] = classes | STRING;
  return i + 1;
}

/** Returns the position after the escape at `at`; -1 if what stands there is none. */
function skipEscape(b: Uint8Array, at: number): number {
  if (b[at] !== 0x5c) return fail(at, at >= length ? 'a string is not closed' : 'a control character in a string');
  switch (b[at + 1]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75:
      for (let k = at + 2; k < at + 6; k++) if (!isHex(b[k]!)) return fail(k, 'expected four hexadecimal digits');
      return at + 6;
    default:
      return fail(at, 'an unknown escape in a string');
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** Reads a number or literal. Returns where it ends; `found` holds its classes. */
function readScalar(at: number, c: number): number {
  if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return readNumber(at);
  if (c === 0x74) return readLiteral(at, 'true');
  if (c === 0x66) return readLiteral(at, 'false');
  if (c === 0x6e) return readLiteral(at, 'null');
  if (at >= length) return fail(at, 'the text ends where a value is expected');
  if (at === 0 && c === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return fail(at, 'a byte order mark before the document');
  return fail(at, 'expected a value');
}

function readLiteral(at: number, word: string): number {
  for (let k = 1; k < word.length; k++) {
    if (bytes[at + k] !== word.charCodeAt(k)) return fail(at, 'expected a value');
  }
  found = LITERAL;
  return at + word.length;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function readNumber(at: number): number {
  let classes = DIGIT;
  let i = at;
  if (bytes[i] === 0x2d) {
    classes |= HYPHEN;
    i++;
  }
  if (bytes[i] === 0x30) i++;
  else {
    if (!isDigit(bytes[i]!)) return fail(i, 'expected a digit');
    while (isDigit(bytes[i]!)) i++;
  }
  if (bytes[i] === 0x2e) {
    classes |= DOT;
    if (!isDigit(bytes[++i]!)) return fail(i, 'expected a digit after "."');
    while (isDigit(bytes[i]!)) i++;
  }
  if ((bytes[i]! | 0x20) === 0x65) {
    classes |= bytes[i] === 0x65 ? LOWER : UPPER;
    i++;
    if (bytes[i] === 0x2b || bytes[i] === 0x2d) classes |= bytes[i++] === 0x2b ? PLUS : HYPHEN;
    if (!isDigit(bytes[i]!)) return fail(i, 'expected a digit in the exponent');
    while (isDigit(bytes[i]!)) i++;
  }
  found = classes | NUMBER;
  return i;
}
