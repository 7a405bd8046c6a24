import type { ByteString } from '../record/byte-string.ts';
import { type Fault, fault } from './text.ts';

/** One row: its cells, and where its text stands, without the line break. */
export interface Row {
  readonly cells: readonly ByteString[];
  readonly from: number;
  readonly to: number;
}

/** Rows up to the first that can't be read; `fault` says why that one can't. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly fault?: Fault;
}

/**
 * CSV by RFC 4180, with any delimiter and any line ends (LF, CRLF, CR); rows without anything in them are left out.
 * A quote inside a bare cell is a character like any other. https://www.rfc-editor.org/rfc/rfc4180
 */
export function readRows(text: ByteString, delimiter: string): Rows {
  const rows: Row[] = [];
  let at = 0;
  while (at < text.length) {
    const row = readRow(text, at, delimiter);
    if ('code' in row) return { rows, fault: row };
    if (row.cells.length > 1 || row.cells[0] !== '' || row.to > row.from) rows.push(row);
    at = row.to + (text.startsWith('\r\n', row.to) ? 2 : 1);
  }
  return { rows };
}

function readRow(text: ByteString, from: number, delimiter: string): Row | Fault {
  const end = endOfLine(text, from);
  const line = text.slice(from, end);
  if (!line.includes('"')) return { cells: line.split(delimiter), from, to: end };
  return readQuotedRow(text, from, delimiter);
}

function endOfLine(text: ByteString, from: number): number {
  BREAK.lastIndex = from;
  return BREAK.exec(text)?.index ?? text.length;
}

const BREAK = /[\r\n]/g;

function readQuotedRow(text: ByteString, from: number, delimiter: string): Row | Fault {
  const cells: ByteString[] = [];
  let at = from;
  for (;;) {
    const end = text[at] === '"' ? endOfQuoted(text, at + 1) : endOfBare(text, at, delimiter);
    if (end < 0) return fault('InvalidCsv', 'a quoted cell is never closed');
    cells.push(text[at] === '"' ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    const next = text[end];
    if (next === undefined || next === '\n' || next === '\r') return { cells, from, to: end };
    if (next !== delimiter) return fault('InvalidCsv', `cell ${cells.length - 1} goes on after its closing quote`);
    at = end + 1;
  }
}

/** After the closing quote. */
function endOfQuoted(text: ByteString, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  return quote < 0 ? -1 : quote + 1;
}

function endOfBare(text: ByteString, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}
