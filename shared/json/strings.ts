import { type ByteString, decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { CLASS_OF } from './classes.ts';

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text of a valid JSON string (with its quotes), in UTF-16. Lone surrogate escapes stay lone surrogates. */
export function decodeString(json: JsonText): string {
  return decodeStringContent(json.slice(1, -1));
}

/** The same for what stands between the quotes. */
export function decodeStringContent(content: ByteString): string {
  let backslash = content.indexOf('\\');
  if (backslash < 0) return decodeUtf8(content);
  let text = '';
  let from = 0;
  while (backslash >= 0) {
    const letter = content.charAt(backslash + 1);
    text += decodeUtf8(content.slice(from, backslash));
    if (letter === 'u') {
      text += String.fromCharCode(Number.parseInt(content.slice(backslash + 2, backslash + 6), 16));
      from = backslash + 6;
    } else {
      text += ESCAPES[letter] ?? letter;
      from = backslash + 2;
    }
    backslash = content.indexOf('\\', from);
  }
  return text + decodeUtf8(content.slice(from));
}

/** UTF-16 text as a JSON string, with its quotes. Lone surrogates are written as `\u` escapes, so that nothing is lost. */
export function encodeString(text: string): JsonText {
  return isPlain(text) ? `"${text}"` : encodeUtf8(JSON.stringify(text));
}

/** Nothing to escape, and nothing beyond ASCII. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7e || CLASS_OF[code]! < 0) return false;
  }
  return true;
}

/** A JSON number's value as a double: 19-digit ids lose digits here, so compare their text where that matters. */
export function decodeNumber(json: JsonText): number {
  return Number(json);
}
