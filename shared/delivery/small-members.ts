import type { JsonText } from '../record/document.ts';

/** Largest member that is kept, in bytes with its key. */
const MEMBER_BYTES = 1024;

/**
 * The small members of a JSON object, as they stand in its text, joined with commas: those of up to 1 KiB each, in
 * order, while they are within `most` bytes together. Empty for anything but an object. The text must be valid JSON.
 */
export function smallMembers(object: JsonText, most: number): JsonText {
  const start = object.search(/[^ \t\r\n]/);
  if (object[start] !== '{') return '';
  const kept: JsonText[] = [];
  let left = most;
  for (const member of membersOf(object, start + 1)) {
    if (member.length > MEMBER_BYTES || member.length + 1 > left) continue;
    if (/^"claimCheck"\s*:/.test(member)) continue;
    kept.push(member);
    left -= member.length + 1;
  }
  return kept.join(',');
}

/** The texts between the object's own commas. */
function* membersOf(text: JsonText, from: number): Generator<JsonText> {
  let depth = 0;
  let start = from;
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: // "
        i = endOfString(text, i);
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        break;
      case 0x2c: // ,
        if (depth > 0) break;
        yield text.slice(start, i).trim();
        start = i + 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth-- > 0) break;
        if (i > start) {
          const last = text.slice(start, i).trim();
          if (last !== '') yield last;
        }
        return;
    }
  }
}

/** Index of the string's closing quote. */
function endOfString(text: JsonText, open: number): number {
  for (let i = text.indexOf('"', open + 1); i !== -1; i = text.indexOf('"', i + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(i - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return i;
  }
  return text.length;
}
