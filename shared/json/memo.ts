import { type ByteString, byteStringOf, bytesOf } from '../record/byte-string.ts';

/** Texts longer than this are not remembered, so that a memo's memory is bounded by its number of entries. */
const LONGEST = 2048;
/** Of the table before the maps, at most. A power of two. */
const PLACES = 4096;

interface Entry<Value> {
  readonly text: string;
  readonly value: Value;
  /** The generation that it was last put into. */
  generation: number;
}

/**
 * Remembers what a pure function made of a text. Holds between `size` and twice as many entries, in two generations: when
 * the young one is full the old one is let go, which costs a hit no bookkeeping.
 *
 * Before them stands a table of the texts used last, found by a few of their characters: a map has to read all of them to
 * find a text, which for a user agent costs more than all else that a step does.
 */
export function memo<Value>(size: number, compute: (text: string) => Value): (text: string) => Value {
  let young = new Map<string, Entry<Value>>();
  let old = new Map<string, Entry<Value>>();
  let generation = 0;
  const places = Math.min(PLACES, 2 ** Math.ceil(Math.log2(size + 1)));
  /** Made with the first text: a function that starts has many memos and no texts. */
  let recent: (Entry<Value> | undefined)[] | undefined;

  function keep(entry: Entry<Value>): Entry<Value> {
    if (young.size >= size) {
      old = young;
      young = new Map();
      generation++;
    }
    young.set(entry.text, entry);
    entry.generation = generation;
    return entry;
  }

  function find(text: string): Entry<Value> {
    const known = young.get(text);
    return known ?? keep(old.get(text) ?? { text: detached(text), value: compute(text), generation });
  }

  return (text) => {
    if (text.length > LONGEST) return compute(text);
    recent ??= new Array<Entry<Value> | undefined>(places).fill(undefined);
    const place = placeOf(text) & (places - 1);
    const first = recent[place];
    if (first !== undefined && first.text === text) return first.value;
    const second = recent[place ^ 1];
    if (second !== undefined && second.text === text) return second.value;
    const entry = find(text);
    // What was in use until now is not to be forgotten for having been found without the map.
    if (second !== undefined && second.generation !== generation) keep(second);
    recent[place ^ 1] = first;
    recent[place] = entry;
    return entry.value;
  };
}

/** A sum over eight characters and the length. */
function placeOf(text: string): number {
  const { length } = text;
  let sum = length;
  for (let eighth = 0; eighth < 8; eighth++) sum = (Math.imul(sum, 31) + text.charCodeAt((length * eighth) >> 3)) | 0;
  return sum ^ (sum >>> 12);
}

/** A copy: V8 keeps the whole record alive behind a slice of it. */
function detached(text: string): string {
  return byteLike(text) ? byteStringOf(bytesOf(text)) : Buffer.from(text, 'utf16le').toString('utf16le');
}

function byteLike(text: string): text is ByteString {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}
