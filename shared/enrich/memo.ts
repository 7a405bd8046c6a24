import { type ByteString, byteStringOf, bytesOf } from '../record/byte-string.ts';

/** Keys longer than this are not remembered, so that a memo's memory is bounded by its number of entries. */
const LONGEST_KEY = 2048;

/**
 * Remembers what a pure function made of a text. Holds between `size` and twice as many entries: when the young half is
 * full the old half is let go, which costs a hit no bookkeeping.
 */
export function memo<Value>(size: number, compute: (text: ByteString) => Value): (text: ByteString) => Value {
  let young = new Map<ByteString, { readonly value: Value }>();
  let old = new Map<ByteString, { readonly value: Value }>();
  return (text) => {
    const hit = young.get(text);
    if (hit !== undefined) return hit.value;
    const entry = old.get(text) ?? { value: compute(text) };
    if (text.length > LONGEST_KEY) return entry.value;
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(detached(text), entry);
    return entry.value;
  };
}

/** A copy: V8 keeps the whole record alive behind a slice of it. */
function detached(text: ByteString): ByteString {
  return byteStringOf(bytesOf(text));
}
