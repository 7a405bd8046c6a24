import { isUtf8 } from 'node:buffer';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import {
  CLASS_OF,
  CONTAINER,
  DIGIT,
  DOT,
  ESCAPE,
  HIGH,
  HYPHEN,
  LITERAL,
  LOWER,
  NUMBER,
  PLUS,
  STOP,
  STRING,
  UPPER,
} from './classes.ts';
import { endOfKey, internKey, keyIdOf, noteSuccessor, successorOf } from './keys.ts';
import { decodeStringContent } from './strings.ts';
import {
  ARRAY,
  CLASSES,
  DIGITS,
  END,
  FALSE,
  grow,
  KEY_CLASSES,
  KEY_END,
  KEY_ID,
  KEY_START,
  META,
  NEXT,
  NULL,
  OBJECT,
  PARENT,
  START,
  STRIDE,
  type Tape,
  TEXT,
  TRUE,
} from './tape.ts';

/**
 * A strict reader of RFC 8259 text: one pass over the bytes checks all of the grammar and writes the tape. No recursion,
 * so that no nesting can exhaust the stack.
 */

/** Containers inside one another, at most. */
export const MAX_NESTING = 512;
/** Values of one document, at most: what the tape may take of memory (80 MB) for a hostile record of 10 MiB. */
export const MAX_VALUES = 2_000_000;

export type ScanFault = 'InvalidJson' | 'InvalidUtf8' | 'NestingTooDeep' | 'TooManyValues';

/** Why the last scan failed, and where (a byte of the text). */
export const fault: { code: ScanFault; at: number; message: string } = { code: 'InvalidJson', at: 0, message: '' };

const SCRATCH = 64 * 1024;
/** Scratch that one large record made is not kept for ever. */
const KEPT = 2 * 1024 * 1024;
/** The text being read as bytes, with a zero after the end, which stops every loop. */
let bytes = Buffer.allocUnsafeSlow(SCRATCH);
let length = 0;
/** What `readString` and `readNumber` found besides the end. */
let found = 0;

/** Makes `text` the one that `scan` and `skipSpace` read. */
export function load(text: ByteString): void {
  const needed = text.length + 1;
  if (needed > bytes.length || (bytes.length > KEPT && needed < SCRATCH)) {
    bytes = Buffer.allocUnsafeSlow(Math.max(SCRATCH, needed));
  }
  length = bytes.write(text, 0, text.length, 'latin1');
  bytes[length] = 0;
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
  fault.code = code;
  fault.at = at;
  fault.message = expected;
  return -1;
}

/**
 * Reads the value at `at` (no white space before it) onto the tape from `tape.used` on. Returns where it ends, -1 if it
 * is not JSON: `fault` says why.
 */
export function scan(tape: Tape, at: number): number {
  let rows = tape.rows;
  const first = tape.used;
  const last = first + MAX_VALUES * STRIDE;
  let node = first;
  let parent = -1;
  let depth = 0;
  let previousKey = 0;
  let high = 0;
  let i = at;
  let keyStart = -1;
  let keyEnd = -1;
  let keyId = 0;
  let keyClasses = 0;
  let inObject = false;
  let opened = false;
  for (;;) {
    // A value starts at i.
    if (node + STRIDE > rows.length) rows = grow(tape);
    if (node >= last) return fail(i, `more than ${MAX_VALUES} values in one document`, 'TooManyValues');
    const value = node;
    node += STRIDE;
    rows[value + START] = i;
    rows[value + KEY_START] = keyStart;
    rows[value + KEY_END] = keyEnd;
    rows[value + KEY_ID] = keyId;
    rows[value + KEY_CLASSES] = keyClasses;
    rows[value + PARENT] = parent;
    const c = bytes[i]!;
    if (c === 0x22) {
      i = readString(i);
      if (i < 0) return -1;
      high |= found;
      rows[value + META] = TEXT;
      rows[value + CLASSES] = found | STRING;
      rows[value + END] = i;
      rows[value + NEXT] = node;
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_NESTING) return fail(i, `more than ${MAX_NESTING} levels of nesting`, 'NestingTooDeep');
      inObject = c === 0x7b;
      rows[value + META] = inObject ? OBJECT : ARRAY;
      rows[value + CLASSES] = CONTAINER;
      parent = value;
      opened = true;
      i++;
    } else {
      i = readScalar(i, c);
      if (i < 0) return -1;
      rows[value + META] = found & 0xf;
      rows[value + CLASSES] = found & ~0xf ? (found >> 4) | NUMBER : LITERAL;
      rows[value + END] = i;
      rows[value + NEXT] = node;
    }
    // What follows: closing brackets, then a comma and the next member or element.
    for (;;) {
      if (parent < 0) {
        rows[first + NEXT] = node;
        tape.used = node;
        if (high & HIGH && !isUtf8(bytes.subarray(at, i))) return fail(at, 'the document is not UTF-8', 'InvalidUtf8');
        return i;
      }
      let next = bytes[i]!;
      while (isSpace(next)) next = bytes[++i]!;
      if (next === (inObject ? 0x7d : 0x5d)) {
        i++;
        rows[parent + END] = i;
        rows[parent + NEXT] = node;
        parent = rows[parent + PARENT]!;
        depth--;
        opened = false;
        if (parent >= 0) inObject = rows[parent + META] === OBJECT;
        continue;
      }
      if (opened) opened = false;
      else if (next === 0x2c) {
        next = bytes[++i]!;
        while (isSpace(next)) next = bytes[++i]!;
      } else return fail(i, inObject ? 'expected "," or "}"' : 'expected "," or "]"');
      if (!inObject) {
        keyStart = keyEnd = -1;
        keyId = keyClasses = 0;
        break;
      }
      if (next !== 0x22) return fail(i, 'expected a key');
      keyStart = i;
      const guess = successorOf(previousKey);
      i = guess === 0 ? 0 : endOfKey(guess, bytes, keyStart + 1);
      if (i !== 0) {
        keyId = guess;
        keyClasses = 0;
      } else {
        i = readString(keyStart);
        if (i < 0) return -1;
        high |= found;
        keyClasses = found;
        if (found & ESCAPE) keyId = escapedKeyId(keyStart, i);
        else {
          keyId = internKey(bytes, keyStart + 1, i - 1);
          // What is guessed is not looked at again, so only what is plain ASCII may be guessed.
          if ((found & HIGH) === 0) noteSuccessor(previousKey, keyId);
        }
      }
      previousKey = keyId;
      keyEnd = i;
      while (isSpace(bytes[i]!)) i++;
      if (bytes[i] !== 0x3a) return fail(i, 'expected ":"');
      i++;
      while (isSpace(bytes[i]!)) i++;
      break;
    }
  }
}

function escapedKeyId(start: number, end: number): number {
  const key = decodeStringContent(bytes.toString('latin1', start + 1, end - 1));
  return keyIdOf(encodeUtf8(key), key);
}

/** Reads the string whose opening quote is at `at`. Returns where it ends; its classes are in `found`. */
function readString(at: number): number {
  let classes = 0;
  let i = at + 1;
  for (;;) {
    let bits = CLASS_OF[bytes[i]!]!;
    while ((bits & STOP) === 0) {
      classes |= bits;
      bits = CLASS_OF[bytes[++i]!]!;
    }
    const c = bytes[i]!;
    if (c === 0x22) break;
    if (c !== 0x5c) return fail(i, i >= length ? 'a string is not closed' : 'a control character in a string');
    classes |= ESCAPE;
    i = skipEscape(i);
    if (i < 0) return -1;
  }
  found = classes;
  return i + 1;
}

function skipEscape(at: number): number {
  switch (bytes[at + 1]) {
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
      for (let k = at + 2; k < at + 6; k++) if (!isHex(bytes[k]!)) return fail(k, 'expected four hexadecimal digits');
      return at + 6;
    default:
      return fail(at, 'an unknown escape in a string');
  }
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** Reads a number or literal. Returns where it ends; `found` holds its kind, and a number's classes four bits up. */
function readScalar(at: number, c: number): number {
  if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return readNumber(at);
  if (c === 0x74) return readLiteral(at, 'true', TRUE);
  if (c === 0x66) return readLiteral(at, 'false', FALSE);
  if (c === 0x6e) return readLiteral(at, 'null', NULL);
  if (at >= length) return fail(at, 'the text ends where a value is expected');
  if (at === 0 && c === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return fail(at, 'a byte order mark before the document');
  return fail(at, 'expected a value');
}

function readLiteral(at: number, word: string, kind: number): number {
  for (let k = 1; k < word.length; k++) {
    if (bytes[at + k] !== word.charCodeAt(k)) return fail(at, 'expected a value');
  }
  found = kind;
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
  found = (classes << 4) | DIGITS;
  return i;
}
