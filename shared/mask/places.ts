import type { ByteString } from '../record/byte-string.ts';

/**
 * Where each character (UTF-16 unit) of a JSON string's text stands between its quotes, and after the last one the end.
 * `content` is what stands between the quotes: UTF-8 bytes with escapes.
 */
export function placesInJson(content: ByteString): number[] {
  const places: number[] = [];
  let at = 0;
  while (at < content.length) {
    const code = content.charCodeAt(at);
    places.push(at);
    if (code === 0x5c) at += content.charCodeAt(at + 1) === 0x75 ? 6 : 2;
    else if (code < 0x80) at++;
    else if (code < 0xe0) at += 2;
    else if (code < 0xf0) at += 3;
    else {
      places.push(at);
      at += 4;
    }
  }
  places.push(content.length);
  return places;
}

/** Where each byte of a text's UTF-8 stands in the text (UTF-16 units), and after the last one the end. */
export function placesOfBytes(text: string): number[] {
  const places: number[] = [];
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at)!;
    const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes; i++) places.push(at);
    at += point > 0xffff ? 2 : 1;
  }
  places.push(text.length);
  return places;
}
