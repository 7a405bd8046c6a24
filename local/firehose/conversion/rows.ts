/** Records of JSON documents as rows of a table. */
import type { GlueTable } from '../../account/contracts.ts';
import { type HiveField, readHiveType } from '../../glue/hive-type.ts';
import { documentsOf } from '../json-documents.ts';
import type { HiveOptions, OpenXOptions } from '../settings.ts';
import { parseExactly } from './exact-json.ts';
import { memberFinder } from './members.ts';
import { MismatchError, type Reader, readerOf, readerRules } from './readers.ts';

export interface ConversionFailure {
  readonly code: string;
  readonly message: string;
}

/** A row: one value a column, in the table's order. */
export type Row = readonly unknown[];

export interface RowReader {
  readonly columns: readonly HiveField[];
  /** All rows of a record, or why it can't be converted: a record fails as a whole. */
  read(data: Buffer): readonly Row[] | ConversionFailure;
}

const MALFORMED = 'DataFormatConversion.MalformedData';
const EMPTY: ConversionFailure = { code: MALFORMED, message: 'The record was empty or contained only whitespace.' };
const PRIMITIVE: ConversionFailure = {
  code: MALFORMED,
  message: 'The input JSON contained a primitive at the top level. The top level must be an object or array.',
};
const ARRAY: ConversionFailure = {
  code: MALFORMED,
  message: 'Data does not match the schema. A JSON object is required.',
};
const UNREADABLE: ConversionFailure = {
  code: 'DataFormatConversion.ParseError',
  message: 'Encountered malformed JSON.',
};

/** Throws HiveTypeError for a column whose type can't be converted. */
export function rowReader(table: GlueTable, input: OpenXOptions | HiveOptions): RowReader {
  const columns = table.columns.map((column): HiveField => ({ name: column.name, type: readHiveType(column.type) }));
  const rules = readerRules(input);
  const mapped = input.serde === 'openx' ? input.columnKeys : {};
  const finder = memberFinder(
    columns.map(({ name }) => (Object.hasOwn(mapped, name) ? (mapped[name] as string) : name)),
    rules,
  );
  const readers = columns.map((column) => readerOf(column.type, column.name, rules));

  function rowOf(document: unknown): Row {
    const values = finder.find(document as object);
    for (let index = 0; index < readers.length; index++) {
      const value = values[index];
      values[index] = value === undefined || value === null ? null : (readers[index] as Reader)(value);
    }
    return values;
  }

  return {
    columns,
    read(data) {
      const documents = parseDocuments(data);
      if ('code' in documents) return documents;
      const rows: Row[] = [];
      for (const document of documents) {
        if (typeof document !== 'object' || document === null) return PRIMITIVE;
        if (Array.isArray(document)) return ARRAY;
        try {
          rows.push(rowOf(document));
        } catch (cause) {
          return { code: MALFORMED, message: cause instanceof MismatchError ? cause.message : ARRAY.message };
        }
      }
      return rows;
    },
  };
}

function parseDocuments(data: Buffer): readonly unknown[] | ConversionFailure {
  const text = data.toString('utf8');
  try {
    return [parseExactly(text)];
  } catch {
    if (text.trim() === '') return EMPTY;
  }
  const documents = documentsOf(data);
  if (documents === undefined || documents.length < 2) return UNREADABLE;
  try {
    return documents.map((document) => parseExactly(document.toString('utf8')));
  } catch {
    return UNREADABLE;
  }
}
