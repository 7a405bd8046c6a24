/**
 * Character classes of a string value, gathered by the scanner as an OR over its bytes: what a detector needs to know
 * before it looks at a string at all. They speak of the bytes as they stand in the JSON text: where `ESCAPE` is set the
 * decoded text may hold any character; where `HIGH` is set it holds characters beyond ASCII (full-width forms among them).
 */
export const AT = 1 << 0;
export const DIGIT = 1 << 1;
export const COLON = 1 << 2;
export const DOT = 1 << 3;
export const HYPHEN = 1 << 4;
export const SPACE = 1 << 5;
export const UPPER = 1 << 6;
export const LOWER = 1 << 7;
export const UNDERSCORE = 1 << 8;
export const EQUALS = 1 << 9;
export const PERCENT = 1 << 10;
export const SLASH = 1 << 11;
export const PLUS = 1 << 12;
/** A backslash: the raw text differs from the decoded one. */
export const ESCAPE = 1 << 13;
/** A byte of 0x80 or more: part of a UTF-8 sequence. */
export const HIGH = 1 << 14;
/** `(` or `)`. */
export const PARENTHESIS = 1 << 15;
/** `{` or `[`: JSON inside a string begins with one. */
export const BRACKET = 1 << 16;
export const COMMA = 1 << 17;
/** Any other printable ASCII character. */
export const OTHER = 1 << 18;

/** Kinds of value, in the same bit set, so that one gate tests both. */
export const STRING = 1 << 20;
export const NUMBER = 1 << 21;
export const OBJECT = 1 << 22;
export const ARRAY = 1 << 19;
export const CONTAINER = OBJECT | ARRAY;
/** `true`, `false` or `null`. */
export const LITERAL = 1 << 23;
/** A value that a path rule has dealt with: it bears no other class. */
export const SETTLED = 1 << 24;

/** Bits above these are the engine's own. */
export const CLASS_BITS = (1 << 25) - 1;

/** Ends a run of plain string bytes: quote, backslash, control character. It is the sign bit, so that the scanner's loop tests one thing. */
export const STOP = 1 << 31;

/** Bits for each byte. */
export const CLASS_OF: Int32Array = classTable();

function classTable(): Int32Array {
  const table = new Int32Array(256).fill(OTHER);
  for (let byte = 0; byte < 0x20; byte++) table[byte] = STOP;
  for (let byte = 0x80; byte < 0x100; byte++) table[byte] = HIGH;
  for (let byte = 0x30; byte <= 0x39; byte++) table[byte] = DIGIT;
  for (let byte = 0x41; byte <= 0x5a; byte++) table[byte] = UPPER;
  for (let byte = 0x61; byte <= 0x7a; byte++) table[byte] = LOWER;
  const single: Record<string, number> = {
    '@': AT,
    ':': COLON,
    '.': DOT,
    '-': HYPHEN,
    ' ': SPACE,
    _: UNDERSCORE,
    '=': EQUALS,
    '%': PERCENT,
    '/': SLASH,
    '+': PLUS,
    '(': PARENTHESIS,
    ')': PARENTHESIS,
    '{': BRACKET,
    '[': BRACKET,
    ',': COMMA,
    '"': STOP,
    '\\': STOP | ESCAPE,
  };
  for (const [character, bits] of Object.entries(single)) table[character.charCodeAt(0)] = bits;
  return table;
}

/** The classes of a text of our own, as the scanner would have found them. */
export function classesOf(text: string): number {
  let classes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    classes |= code > 0xff ? HIGH : CLASS_OF[code]!;
  }
  return classes & ~STOP;
}
