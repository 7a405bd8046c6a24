/** Text in base64 or base64url that was found inside other text. */
export interface Encoded {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  encode(text: string): string;
}

/** Shortest runs that are looked at as base64: with digits, and of letters alone. */
export const TOKEN = 10;
export const LETTER_TOKEN = 16;

/** Fewest and most characters that are taken for base64. */
const SHORTEST = 12;
const LONGEST = 1 << 20;
/** How far before a run of letters and digits the token may begin. */
const BEFORE = 256;

/** Where the token of base64 around the run at `run` begins, if what it begins with is text; -1 if not. */
export function startOfEncoded(text: string, from: number, run: number): number {
  const limit = Math.max(from, run - BEFORE);
  let start = run;
  while (start > limit && isBase64(text.charCodeAt(start - 1))) start--;
  if (beginsAsText(text, start)) return start;
  return start < run && beginsAsText(text, run) ? run : -1;
}

/** Where the characters of base64 from `start` on end. */
export function endOfEncoded(text: string, start: number): number {
  const limit = Math.min(text.length, start + LONGEST);
  let end = start;
  while (end < limit && isBase64(text.charCodeAt(end))) end++;
  return end;
}

/** The text that the token at `start` is when decoded; undefined where it is none. */
export function encodedAt(text: string, start: number): Encoded | undefined {
  const body = endOfEncoded(text, start);
  let end = body;
  while (end < text.length && end - body < 2 && text.charCodeAt(end) === 0x3d) end++;
  return decoded(text, start, body, end);
}

function isBase64(code: number): boolean {
  return VALUES[code < 128 ? code : 0]! >= 0;
}

const VALUES = valueTable();

function valueTable(): Int8Array {
  const values = new Int8Array(128).fill(-1);
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((c, value) => {
    values[c.charCodeAt(0)] = value;
  });
  values[0x2d] = 62;
  values[0x5f] = 63;
  return values;
}

function decoded(text: string, start: number, body: number, end: number): Encoded | undefined {
  const length = body - start;
  if (length < SHORTEST || length % 4 === 1) return undefined;
  const token = text.slice(start, body);
  const plain = Buffer.from(token, 'base64').toString('utf8');
  if (!isText(plain)) return undefined;
  const padded = end > body;
  const url = token.includes('-') || token.includes('_');
  return { start, end, text: plain, encode: (masked) => encode(masked, url, padded) };
}

function encode(text: string, url: boolean, padded: boolean): string {
  const encoded = Buffer.from(text, 'utf8').toString(url ? 'base64url' : 'base64');
  if (url) return padded ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=') : encoded;
  return padded ? encoded : encoded.replace(/={1,2}$/, '');
}

/** Whether the first six bytes are printable UTF-8: most of what only looks like base64 ends here. */
function beginsAsText(text: string, start: number): boolean {
  let pending = 0;
  for (let i = start; i < start + 8; i += 4) {
    const bits =
      (VALUES[text.charCodeAt(i)]! << 18) |
      (VALUES[text.charCodeAt(i + 1)]! << 12) |
      (VALUES[text.charCodeAt(i + 2)]! << 6) |
      VALUES[text.charCodeAt(i + 3)]!;
    for (let shift = 16; shift >= 0; shift -= 8) {
      pending = afterByte(pending, (bits >> shift) & 0xff);
      if (pending < 0) return false;
    }
  }
  return true;
}

/** How many bytes of a character are still to come; -1 where this one can not stand here. */
function afterByte(pending: number, byte: number): number {
  if (pending > 0) return byte >= 0x80 && byte < 0xc0 ? pending - 1 : -1;
  if (byte < 0x80) return (byte >= 0x20 && byte !== 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d ? 0 : -1;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/;

function isText(text: string): boolean {
  return !UNPRINTABLE.test(text);
}
