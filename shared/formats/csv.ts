import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import type { Decoded, InputFormat, OutputFormat } from '../record/format.ts';
import { dropped } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import { type CellType, typedValue } from './cell.ts';
import { type Row, readRows } from './csv-rows.ts';
import { csvWriter } from './csv-writer.ts';
import { splitContent, unpacked } from './gunzip.ts';
import { deal, emptyRecord, type Fault, failedAt, fault, isText, jsonString, withoutByteOrderMark } from './text.ts';

export interface CsvOptions<Column extends string = string> {
  /** Names of the columns, in order. They are the keys of the documents. */
  readonly header: readonly Column[];
  /** One character. Default `,`. */
  readonly delimiter?: string;
  /** Kinds of columns that are no strings. Numbers keep their spelling; empty cells of these columns are null. */
  readonly types?: Partial<Readonly<Record<Column, CellType>>>;
  /** What an empty cell of a string column is: an empty string (the default), `null`, or left `out`. */
  readonly empty?: 'string' | 'null' | 'out';
}

/** The columns as the reader needs them: the key's JSON with its colon, and the kind. */
interface Column {
  readonly name: string;
  readonly key: JsonText;
  readonly type: CellType;
}

export const csv = documented<[options: CsvOptions], InputFormat & OutputFormat>(
  {
    name: 'csv',
    summary:
      'Rows by RFC 4180 (quotes, doubled quotes, line breaks inside quotes), one or several a record. The header stands in the pipeline; where it comes again in the data, it is skipped. A row with another number of cells fails the record, and the failure names it. As output, each document becomes a row: values under the header, what is nested as JSON.',
    settings: {
      header: 'Names of the columns, in order.',
      delimiter: 'One character. Default `,`.',
      types: 'Kinds of columns: `string`, `number`, `boolean`, `json`. Default: all are strings.',
      empty: 'What an empty cell of a string column is: `string`, `null`, or left `out`. Default `string`.',
    },
    examples: [
      {
        shows: 'typed columns and quotes',
        args: [{ header: ['device', 'celsius', 'note'], types: { celsius: 'number' } }],
        in: 'd-1,21.50,"cold, ""very"""\r\nd-2,,fine\r\n',
        out: '{"device":"d-1","celsius":21.50,"note":"cold, \\"very\\""}\n{"device":"d-2","celsius":null,"note":"fine"}',
      },
      {
        shows: 'the header again',
        args: [{ header: ['a', 'b'], delimiter: ';' }],
        in: 'a;b\n1;2\n',
        out: '{"a":"1","b":"2"}',
      },
      {
        shows: 'a cell too many',
        args: [{ header: ['a', 'b'] }],
        in: '1,2\n1,2,3\n',
        out: { failed: 'WrongColumnCount' },
      },
    ],
  },
  (options) => {
    const { header, delimiter = ',', types = {}, empty = 'string' } = options;
    checkOptions(header, delimiter, types);
    const columns = header.map((name) => ({
      name: encodeUtf8(name),
      key: `${jsonString(encodeUtf8(name))}:`,
      type: types[name] ?? 'string',
    }));
    return {
      name: 'csv',
      decode: (data) => decodeCsv(data, columns, delimiter, empty),
      split: (data, pieces) => splitContent(data, (text) => splitCsv(text, columns, delimiter, pieces)),
      encode: csvWriter(header, delimiter),
    };
  },
);

function checkOptions(header: readonly string[], delimiter: string, types: Readonly<Record<string, unknown>>): void {
  const repeated = header.filter((name, index) => header.indexOf(name) !== index);
  const unknown = Object.keys(types).filter((name) => !header.includes(name));
  const faults = [
    header.length === 0 ? 'header names no columns' : undefined,
    repeated.length > 0 ? `header names ${repeated.join(', ')} twice` : undefined,
    /^[^"\r\n\x80-\uffff]$/.test(delimiter)
      ? undefined
      : 'delimiter must be one ASCII character, and no quote or line break',
    unknown.length > 0 ? `types names ${unknown.join(', ')}, which header does not` : undefined,
  ].filter((text) => text !== undefined);
  if (faults.length > 0) throw new TypeError(`csv: ${faults.join('; ')}`);
}

function decodeCsv(
  data: ByteString,
  columns: readonly Column[],
  delimiter: string,
  empty: CsvOptions['empty'],
): Decoded {
  const text = unpacked(data);
  if (typeof text !== 'string') return text;
  const read = readRows(withoutByteOrderMark(text), delimiter);
  const texts: JsonText[] = [];
  const wellFormed = isText(text);
  let headers = 0;
  for (const { cells } of read.rows) {
    if (isHeader(cells, columns)) headers++;
    else {
      const json = wellFormed || cells.every(isText) ? documentOf(cells, columns, empty) : NOT_UTF8;
      if (typeof json !== 'string') return failedAt(texts.length, json);
      texts.push(json);
    }
  }
  if (read.fault !== undefined) return failedAt(texts.length, read.fault);
  if (texts.length > 0) return { kind: 'documents', texts };
  return headers > 0 ? dropped('header line') : emptyRecord();
}

const NOT_UTF8 = fault('InvalidUtf8', 'the row is not UTF-8');

function isHeader(cells: readonly ByteString[], columns: readonly Column[]): boolean {
  return cells.length === columns.length && cells.every((cell, index) => cell.trim() === columns[index]!.name);
}

function documentOf(
  cells: readonly ByteString[],
  columns: readonly Column[],
  empty: CsvOptions['empty'],
): JsonText | Fault {
  if (cells.length !== columns.length) {
    return fault('WrongColumnCount', `the row has ${cells.length} cells, the header has ${columns.length}`);
  }
  let json = '';
  for (let index = 0; index < cells.length; index++) {
    const { name, key, type } = columns[index]!;
    const cell = cells[index]!;
    if (cell === '' && empty === 'out') continue;
    const value = cell === '' && empty === 'null' ? 'null' : typedValue(cell, type);
    if (value === undefined) return fault('InvalidCell', `the cell of column ${name} is no ${type}`);
    json += `${json === '' ? '' : ','}${key}${value}`;
  }
  return `{${json}}`;
}

function splitCsv(
  content: ByteString,
  columns: readonly Column[],
  delimiter: string,
  pieces: number,
): readonly ByteString[] | undefined {
  const text = withoutByteOrderMark(content);
  const { rows, fault: broken } = readRows(text, delimiter);
  const kept = rows.filter(({ cells }) => !isHeader(cells, columns));
  if (broken !== undefined || kept.length < 2) return undefined;
  return deal(kept, pieces).map((group) => group.map(({ from, to }: Row) => `${text.slice(from, to)}\n`).join(''));
}
