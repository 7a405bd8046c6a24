import { decodeString, encodeString, memo } from '../json/index.ts';
import { byteStringOf, bytesOf } from '../record/byte-string.ts';
import type { JsonText, Memo } from '../record/document.ts';

/** A mask that depends on nothing but the text, and what it made of texts seen before. */
export interface Remembered {
  of(text: string): string;
  /** The same from a JSON string to a JSON string: of one seen before not even the quotes are taken off. */
  readonly json: Memo<JsonText>;
}

/** Remembers at least `most` texts. What `mask` throws is not remembered. */
export function remembered(most: number, mask: (text: string) => string): Remembered {
  const { of } = memo(most, mask);
  return { of, json: memo(most, (json) => flat(encodeString(of(decodeString(json))))) };
}

/** The same text in one piece: V8 joins strings when they are read, and then each reader pays for it. */
function flat(json: JsonText): JsonText {
  return byteStringOf(bytesOf(json));
}
