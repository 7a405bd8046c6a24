import { isUtf8 } from 'node:buffer';
import { type ByteString, bytesOf } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import type { Decoded, InputFormat } from '../record/format.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { splitContent, unpacked } from './gunzip.ts';

/** Why a line, row or record can't be read: a failure's code, and its message without the place and without values. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

export function fault(code: string, message: string): Fault {
  return { code, message };
}

/** The failure of one document of a record. `index` counts from 0. */
export function failedAt(index: number, { code, message }: Fault): Failed {
  return failed({ ...permanent(code, 'decode', `document ${index}: ${message}`), document: index });
}

export function emptyRecord(): Failed {
  return failed(permanent('EmptyRecord', 'decode', 'the record is empty'));
}

const ASCII = /^[\x00-\x7f]*$/;

/** Whether bytes are UTF-8, as JSON text must be. */
export function isText(bytes: ByteString): boolean {
  return ASCII.test(bytes) || isUtf8(bytesOf(bytes));
}

/** UTF-8 bytes as a JSON string with its quotes: bytes over 7F pass as they are. */
export function jsonString(bytes: ByteString): JsonText {
  return JSON.stringify(bytes);
}

/** A JSON number, spelled as RFC 8259 wants it. */
export const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

export function withoutByteOrderMark(text: ByteString): ByteString {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}

/** The lines of a text that hold anything, whatever ends them: LF, CRLF, or a CR alone. */
function linesOf(text: ByteString): readonly ByteString[] {
  const plain = withoutByteOrderMark(text);
  const lines = plain.includes('\r') ? plain.split(/\r\n|\r|\n/) : plain.split('\n');
  return lines.filter((line) => INK.test(line));
}

const INK = /[^ \t\v\f]/;

/** Deals items out to at most `pieces` groups of about the same number, in order. */
export function deal<T>(items: readonly T[], pieces: number): readonly (readonly T[])[] {
  const groups = Math.max(1, Math.min(Math.ceil(pieces), items.length));
  return Array.from({ length: groups }, (_, group) =>
    items.slice(Math.floor((group * items.length) / groups), Math.floor(((group + 1) * items.length) / groups)),
  );
}

/** A format whose records are lines, each one document. `readLine` gives JSON text that is valid by construction. */
export function lineFormat(name: string, readLine: (line: ByteString) => JsonText | Fault): InputFormat {
  return {
    name,
    decode: (data) => {
      const text = unpacked(data);
      return typeof text === 'string' ? readLines(linesOf(text), readLine) : text;
    },
    split: (data, pieces) => splitContent(data, (text) => splitLines(linesOf(text), pieces)),
  };
}

function readLines(lines: readonly ByteString[], readLine: (line: ByteString) => JsonText | Fault): Decoded {
  if (lines.length === 0) return emptyRecord();
  const texts: JsonText[] = [];
  for (const line of lines) {
    const read = isText(line) ? readLine(line) : fault('InvalidUtf8', 'the line is not UTF-8');
    if (typeof read !== 'string') return failedAt(texts.length, read);
    texts.push(read);
  }
  return { kind: 'documents', texts };
}

/** Lines as records of their own; undefined where there is but one. */
function splitLines(lines: readonly ByteString[], pieces: number): readonly ByteString[] | undefined {
  return lines.length < 2 ? undefined : deal(lines, pieces).map((group) => `${group.join('\n')}\n`);
}
