/**
 * Bytes as a string: one character for each byte, char codes 0 to 255 (the WebIDL term).
 * `atob` makes one from base64 and `btoa` takes one, both natively; UTF-8 passes through it untouched, and V8 keeps it
 * at one byte a character. It is what records are read, scanned and edited as.
 */
export type ByteString = string;

/** The bytes of a `Uint8Array` as a ByteString. */
export function byteStringOf(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A ByteString's bytes. */
export function bytesOf(text: ByteString): Buffer {
  return Buffer.from(text, 'latin1');
}

/** UTF-16 text (what JavaScript code works with) as the ByteString of its UTF-8 bytes. */
export function encodeUtf8(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The text whose UTF-8 bytes a ByteString holds; bad sequences become U+FFFD. */
export function decodeUtf8(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
