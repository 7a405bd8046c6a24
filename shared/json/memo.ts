import { type ByteString, byteStringOf, bytesOf } from '../record/byte-string.ts';
import type { Memo } from '../record/document.ts';

/** Texts longer than this are not remembered, so that a memo's memory is bounded by its number of entries. */
const LONGEST = 2048;
/** Of the table before the maps, at most. A power of two. */
const PLACES = 8192;
/** Bytes of texts stand together in pieces of so many, each with what may be read behind the last one. */
const PIECE = 8192;
const SLACK = 4;

interface Entry<Value> {
  readonly text: string;
  readonly value: Value;
  /** The text's bytes, to be compared with those of a record: where they stand, and how many there are; -1 if it is no ByteString. */
  bytes: DataView;
  at: number;
  readonly length: number;
}

/**
 * Remembers what a pure function made of a text. Holds between `size` and twice as many entries, in two generations: when
 * the young one is full the old one is let go, which costs a hit no bookkeeping.
 *
 * Before them stands a table of the texts used last, found by a few of their characters: a map has to read all of them to
 * find a text, which for a user agent costs more than all else that a step does. The table also tells texts by their bytes
 * in a record, so that nothing has to be taken out of it that was seen before.
 */
export function memo<Value>(size: number, compute: (text: string) => Value): Memo<Value> {
  let young = new Map<string, Entry<Value>>();
  let old = new Map<string, Entry<Value>>();
  const places = Math.min(PLACES, 2 ** Math.ceil(Math.log2(size + 1)));
  /** Made with the first text: a function that starts has many memos and no texts. */
  let recent: (Entry<Value> | undefined)[] = [];
  let piece = NO_BYTES;
  let used = 0;

  function keep(entry: Entry<Value>): Entry<Value> {
    if (young.size >= size) {
      old = young;
      young = new Map();
      // What is in use is found in the old generation, once, and kept.
      recent.fill(undefined);
      piece = NO_BYTES;
    }
    young.set(entry.text, entry);
    if (entry.length >= 0) keepBytes(entry);
    return entry;
  }

  /** Puts the bytes among those of this generation: entries that stay must not keep what stood beside them. */
  function keepBytes(entry: Entry<Value>): void {
    const { text, length } = entry;
    if (used + length + SLACK > piece.byteLength) {
      piece = new DataView(new ArrayBuffer(Math.max(PIECE, length + SLACK)));
      used = 0;
    }
    for (let i = 0; i < length; i++) piece.setUint8(used + i, text.charCodeAt(i));
    entry.bytes = piece;
    entry.at = used;
    used += length;
  }

  function entryOf(text: string): Entry<Value> {
    const own = detached(text);
    return { text: own, value: compute(text), bytes: NO_BYTES, at: 0, length: byteLike(own) ? own.length : -1 };
  }

  /** A text that is not in the table at this place. */
  function find(text: string, place: number): Value {
    const entry = young.get(text) ?? keep(old.get(text) ?? entryOf(text));
    if (recent.length === 0) recent = new Array<Entry<Value> | undefined>(places).fill(undefined);
    recent[place ^ 1] = recent[place];
    recent[place] = entry;
    return entry.value;
  }

  return {
    of(text) {
      if (text.length > LONGEST) return compute(text);
      const place = placeOf(text) & (places - 1);
      const first = recent[place];
      if (first !== undefined && first.text === text) return first.value;
      const second = recent[place ^ 1];
      return second !== undefined && second.text === text ? second.value : find(text, place);
    },
    at(bytes, start, end, source) {
      if (end - start > LONGEST) return compute(source.slice(start, end));
      const place = placeOfBytes(bytes, start, end) & (places - 1);
      const first = recent[place];
      if (first !== undefined && isSame(first, bytes, start, end)) return first.value;
      const second = recent[place ^ 1];
      if (second !== undefined && isSame(second, bytes, start, end)) return second.value;
      return find(source.slice(start, end), place);
    },
  };
}

const NO_BYTES = new DataView(new ArrayBuffer(0));

/** Four bytes at a time; both have some behind their end. */
function isSame({ bytes, at, length }: Entry<unknown>, others: DataView, start: number, end: number): boolean {
  let left = (end - start) | 0;
  if (left !== length) return false;
  let one = at | 0;
  let other = start | 0;
  while (left > 3) {
    if (bytes.getInt32(one) !== others.getInt32(other)) return false;
    one = (one + 4) | 0;
    other = (other + 4) | 0;
    left = (left - 4) | 0;
  }
  return left === 0 || (bytes.getInt32(one) ^ others.getInt32(other)) >>> ((4 - left) << 3) === 0;
}

/** A sum over the length and twenty bytes: five times four of them, from the first to the last, evenly apart. */
function placeOfBytes(bytes: DataView, start: number, end: number): number {
  const length = (end - start) | 0;
  let sum = length;
  if (length < 4) for (let i = start; i < end; i++) sum = (Math.imul(sum, 31) + bytes.getUint8(i)) | 0;
  else {
    const last = (length - 4) | 0;
    for (let quarter = 0; quarter <= 4; quarter++) {
      sum = mixed(sum, bytes.getInt32(start + ((last * quarter) >> 2)));
    }
  }
  return sum ^ (sum >>> 15);
}

function mixed(sum: number, word: number): number {
  const mix = Math.imul(sum ^ word, 0x9e3779b1);
  return mix ^ (mix >>> 13);
}

/** The same from the text: of characters beyond a byte it takes what is left of them in one. */
function placeOf(text: string): number {
  const { length } = text;
  let sum = length;
  if (length < 4) for (let i = 0; i < length; i++) sum = (Math.imul(sum, 31) + (text.charCodeAt(i) & 0xff)) | 0;
  else {
    for (let quarter = 0; quarter <= 4; quarter++) sum = mixed(sum, wordAt(text, ((length - 4) * quarter) >> 2));
  }
  return sum ^ (sum >>> 15);
}

/** Four characters as the number that `getInt32` reads from their bytes. */
function wordAt(text: string, at: number): number {
  const byte = (i: number) => text.charCodeAt(at + i) & 0xff;
  return (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3);
}

/** A copy: V8 keeps the whole record alive behind a slice of it. */
function detached(text: string): string {
  return byteLike(text) ? byteStringOf(bytesOf(text)) : Buffer.from(text, 'utf16le').toString('utf16le');
}

function byteLike(text: string): text is ByteString {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}
