/** Where JSON documents begin and end in a run of them, with or without whitespace between: `{}{}`, NDJSON, pretty-printed. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * The documents of a run, as slices. Undefined when the bytes are no run of JSON objects or arrays: something stands
 * between them, or the last one doesn't end. Only nesting and strings are looked at: each slice is still to be parsed.
 */
export function documentsOf(bytes: Buffer): Buffer[] | undefined {
  const found: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes[at] as number)) at++;
    if (at === bytes.length) return found;
    const end = documentEnd(bytes, at);
    if (end === undefined) return undefined;
    found.push(bytes.subarray(at, end));
    at = end;
  }
}

function documentEnd(bytes: Buffer, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE && depth > 0) {
      const end = stringEnd(bytes, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
    if (depth <= 0) return undefined;
  }
  return undefined;
}

/** Index of the quote that closes the string opened at `start`. */
function stringEnd(bytes: Buffer, start: number): number | undefined {
  let at = start;
  for (;;) {
    at = bytes.indexOf(QUOTE, at + 1);
    if (at === -1) return undefined;
    let escapes = 0;
    while (bytes[at - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return at;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
