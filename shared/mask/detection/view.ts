import { MaskError } from '../method.ts';

/** Text in the clear, and where each of its characters stands in the text it was read from. */
export interface View {
  readonly text: string;
  /** Of each character, where it starts and ends in the source. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Collects the characters of a view. */
interface Writer {
  text: string;
  readonly starts: number[];
  readonly ends: number[];
}

function put(writer: Writer, character: string, start: number, end: number): void {
  writer.text += character;
  // A character beyond the basic plane is two of a JavaScript string.
  for (let i = 0; i < character.length; i++) {
    writer.starts.push(start);
    writer.ends.push(end);
  }
}

/** The character, or the ASCII one that it is a form of; nothing for one that is not seen. */
export function plainForm(point: number): string {
  if (point < 0xa0) return String.fromCharCode(point);
  // Half of a surrogate pair is no character: nothing is seen of it.
  if (point >= 0xd800 && point < 0xe000) return '';
  if (isInvisible(point)) return '';
  if (point >= 0xff01 && point <= 0xff5e) return String.fromCharCode(point - 0xfee0);
  const digit = digitOf(point);
  if (digit >= 0) return String.fromCharCode(0x30 + digit);
  if (isSpace(point)) return ' ';
  if ((point >= 0x2010 && point <= 0x2015) || point === 0x2212 || point === 0xfe58 || point === 0xfe63) return '-';
  if (point === 0xfe6b) return '@';
  if (point === 0xfe52 || point === 0x2024 || point === 0xff61 || point === 0x3002) return '.';
  if (point === 0xfe55) return ':';
  if (point >= 0x1d400 && point <= 0x1d6a3) return String.fromCodePoint(point).normalize('NFKC');
  if (point >= 0x24b6 && point <= 0x24e9) return String.fromCodePoint(point).normalize('NFKC');
  return String.fromCodePoint(point);
}

/** Zero-width characters, joiners, marks of direction, soft hyphens, variation selectors, tags, byte order marks. */
function isInvisible(point: number): boolean {
  return (
    point === 0xad ||
    point === 0x34f ||
    point === 0x61c ||
    point === 0x180e ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x202a && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    (point >= 0xfe00 && point <= 0xfe0f) ||
    point === 0xfeff ||
    (point >= 0xe0000 && point <= 0xe0fff)
  );
}

function isSpace(point: number): boolean {
  return (
    point === 0xa0 || (point >= 0x2000 && point <= 0x200a) || point === 0x202f || point === 0x205f || point === 0x3000
  );
}

/** Zeros of the decimal digits of other scripts, and of mathematical ones: Unicode's general category Nd. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0, 0x1810, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
];

function digitOf(point: number): number {
  for (const zero of ZEROS) if (point >= zero && point < zero + 10) return point - zero;
  return -1;
}

/** A view of the view's text: places are those of the first source. */
function recast(view: View, rewrite: (text: string, at: number, write: Rewrite) => number): View {
  const writer: Writer = { text: '', starts: [], ends: [] };
  const write: Rewrite = (character, from, to) => put(writer, character, view.starts[from]!, view.ends[to - 1]!);
  let at = 0;
  while (at < view.text.length) at = rewrite(view.text, at, write);
  return writer;
}

type Rewrite = (character: string, from: number, to: number) => void;

/** How often percent signs may hide percent signs. */
const MOST_ENCODINGS = 5;

/** Percent-encoding, escapes that were written out once more, and numeric character references: undone. */
export function uncover(view: View): View {
  let uncovered = view;
  for (let round = 0; round < MOST_ENCODINGS && COVERED.test(uncovered.text); round++) {
    uncovered = recast(uncovered, uncoverOne);
  }
  if (COVERED.test(uncovered.text)) throw new MaskError(`a text is encoded more than ${MOST_ENCODINGS} times over`);
  return uncovered;
}

/** Whether the text holds something that `uncover` undoes. */
export const COVERED = /%[\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|&#x?[\da-f]{1,6};|&commat;/i;

const PERCENT_RUN = /(?:%[\da-f]{2}){1,12}/iy;
const WRITTEN_OUT = /\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});|&(commat);/iy;

function uncoverOne(text: string, at: number, write: Rewrite): number {
  const code = text.charCodeAt(at);
  if (code === 0x25) return uncoverPercent(text, at, write);
  if (code === 0x5c || code === 0x26) {
    WRITTEN_OUT.lastIndex = at;
    const match = WRITTEN_OUT.exec(text);
    if (match !== null) {
      const end = at + match[0].length;
      const point = match[5]
        ? 0x40
        : match[4]
          ? Number(match[4])
          : Number.parseInt(match[1] ?? match[2] ?? match[3]!, 16);
      const plain = point <= 0x10ffff ? plainForm(point) : '\ufffd';
      if (plain !== '') write(plain, at, end);
      return end;
    }
  }
  write(text[at]!, at, at + 1);
  return at + 1;
}

/** Reads the percent-encoded bytes at `at` as UTF-8; those that are not, one by one as Latin-1. */
function uncoverPercent(text: string, at: number, write: Rewrite): number {
  PERCENT_RUN.lastIndex = at;
  const run = PERCENT_RUN.exec(text)?.[0];
  if (run === undefined) {
    write('%', at, at + 1);
    return at + 1;
  }
  const lead = Number.parseInt(run.slice(1, 3), 16);
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const encoded = run.slice(0, length * 3);
  const decoded = length > 1 && encoded.length === length * 3 ? decodeUtf8(encoded) : undefined;
  const end = at + (decoded === undefined ? 3 : encoded.length);
  const plain = plainForm(decoded ?? lead);
  if (plain !== '') write(plain, at, end);
  return end;
}

function decodeUtf8(encoded: string): number | undefined {
  try {
    return decodeURIComponent(encoded).codePointAt(0);
  } catch {
    return undefined;
  }
}
