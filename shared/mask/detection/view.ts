import type { Edit } from '../edit.ts';
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
function uncover(view: View): View {
  let uncovered = view;
  for (let round = 0; round < MOST_ENCODINGS && COVERED.test(uncovered.text); round++) {
    uncovered = recast(uncovered, uncoverOne);
  }
  if (COVERED.test(uncovered.text)) throw new MaskError(`a text is encoded more than ${MOST_ENCODINGS} times over`);
  return uncovered;
}

/** Whether the text holds something that `uncover` undoes. */
const COVERED =
  /%[\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|&#x?[\da-f]{1,6};|&(?:commat|quot|apos|amp|lt|gt|nbsp|period|colon|equals);/i;

const REFERENCE = /&(?:#|(?:commat|quot|apos|amp|lt|gt|nbsp|period|colon|equals);)/iy;

/** Whether a character reference of HTML begins at an ampersand. */
export function beginsReference(text: string, at: number): boolean {
  REFERENCE.lastIndex = at;
  return REFERENCE.test(text);
}

const NAMED: Readonly<Record<string, string>> = {
  commat: '@',
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  period: '.',
  colon: ':',
  equals: '=',
};

const PERCENT_RUN = /(?:%[\da-f]{2}){1,12}/iy;
const WRITTEN_OUT =
  /\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});|&(commat|quot|apos|amp|lt|gt|nbsp|period|colon|equals);/iy;

function uncoverOne(text: string, at: number, write: Rewrite): number {
  const code = text.charCodeAt(at);
  if (code === 0x25) return uncoverPercent(text, at, write);
  if (code === 0x5c || code === 0x26) {
    WRITTEN_OUT.lastIndex = at;
    const match = WRITTEN_OUT.exec(text);
    if (match !== null) {
      const end = at + match[0].length;
      const plain = referenceIn(match);
      if (plain !== '') write(plain, at, end);
      return end;
    }
  }
  write(text[at]!, at, at + 1);
  return at + 1;
}

function referenceIn([, unicode, byte, hex, decimal, name]: RegExpExecArray): string {
  if (name !== undefined) return NAMED[name.toLowerCase()]!;
  const point = decimal === undefined ? Number.parseInt(unicode ?? byte ?? hex!, 16) : Number(decimal);
  return point <= 0x10ffff ? plainForm(point) : '\ufffd';
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

/** Characters that stand for ASCII ones or for nothing. */
const DISGUISED =
  /[\u00a0\u00ad\u061c\u0660-\u0669\u06f0-\u06f9\u07c0-\u07c9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0e50-\u0e59\u0ed0-\u0ed9\u0f20-\u0f29\u1040-\u1049\u17e0-\u17e9\u180e\u1810-\u1819\u2000-\u2015\u2024\u202a-\u202f\u205f-\u206f\u2212\u24b6-\u24e9\u3000\u3002\ufe52\ufe55\ufe58\ufe63\ufe6b\ufeff\uff01-\uff61]|\u034f|[\ufe00-\ufe0f]|\ud835|\udb40|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The text in the clear; undefined where it is so already. */
export function plainView(text: string): View | undefined {
  const disguised = DISGUISED.test(text);
  const covered = COVERED.test(text);
  if (!disguised && !covered) return undefined;
  const view = disguised ? undisguised(text) : identity(text);
  return uncover(covered && isForm(view.text) ? { ...view, text: view.text.replaceAll('+', ' ') } : view);
}

/** `name=value&…` without a space: in a form a plus stands for one. */
function isForm(text: string): boolean {
  return /[\w\]]=/.test(text) && /[\w%)]\+[\w%(-]/.test(text) && !/\s/.test(text);
}

function identity(text: string): View {
  const starts = Array.from({ length: text.length }, (_, index) => index);
  return { text, starts, ends: starts.map((start) => start + 1) };
}

function undisguised(text: string): View {
  let plain = '';
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at)!;
    const width = point > 0xffff ? 2 : 1;
    const form = plainForm(point);
    plain += form;
    for (let i = 0; i < form.length; i++) {
      starts.push(at);
      ends.push(at + width);
    }
    at += width;
  }
  return { text: plain, starts, ends };
}

/** An edit of a view as an edit of its source. What goes into percent-encoded text must not end it. */
export function backTo(view: View, source: string, edit: Edit): Edit {
  const start = view.starts[edit.start]!;
  const end = edit.end > edit.start ? view.ends[edit.end - 1]! : start;
  const text =
    ENDS_ENCODED.test(edit.text) && isPercentEncoded(view, source, edit) ? percentEncoded(edit.text) : edit.text;
  return { start, end, text };
}

const ENDS_ENCODED = /[\s"#%&+<>]/;

function percentEncoded(text: string): string {
  return text.replace(/[\s"#%&+<>]/g, encodeURIComponent);
}

/** Whether one of the characters that an edit replaces, or one beside it, is percent-encoded. */
function isPercentEncoded({ text, starts, ends }: View, source: string, edit: Edit): boolean {
  const last = Math.min(edit.end, text.length - 1);
  for (let i = Math.max(edit.start - 1, 0); i <= last; i++) {
    if (source.charCodeAt(starts[i]!) === 0x25 && ends[i]! - starts[i]! >= 3) return true;
  }
  return false;
}

/** A part of the source in its view, and of the view in its source. */
export function extentInView({ starts }: View, { start, end }: Extended): Extended {
  return { start: firstFrom(starts, start), end: firstFrom(starts, end) };
}

export function extentInSource({ starts, ends }: View, { start, end }: Extended): Extended {
  return { start: starts[start]!, end: ends[end - 1]! };
}

/** Where a part of a text starts and ends. */
export interface Extended {
  readonly start: number;
  readonly end: number;
}

/** The index of the first place at `at` or after it. */
function firstFrom(places: readonly number[], at: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
