import { memo, readDocument } from '../json/index.ts';
import { encodeUtf8 } from '../record/byte-string.ts';
import type { Document, JsonText, Selector } from '../record/document.ts';
import { permanent, transient } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { CompiledStep, Step } from '../record/step.ts';
import type { ReferenceTable, TableKey } from './reference-table.ts';
import type { JsonValue } from './set.ts';
import { write } from './write.ts';

/** `fail` fails the record, `skip` lets it go on without, a default stands in. */
type Fallback = 'fail' | 'skip' | { readonly default: JsonValue };

export interface LookupOptions {
  /** Path of the key: a string or a number. */
  readonly from: string;
  /** Path that the row is put at. */
  readonly to: string;
  /** `s3Table(…)` or `dynamoDbTable(…)`. */
  readonly table: ReferenceTable;
  /** Which fields of the row to write. Default: the whole row. */
  readonly fields?: readonly string[];
  /** Where the table has no such row. Default `skip`. */
  readonly whenMissing?: Fallback;
  /** Where the table can't be reached. Default `fail`, with a failure that is worth a retry. */
  readonly whenDown?: Fallback;
}

/** Rows whose chosen fields are remembered, at least. */
const REMEMBERED = 5_000;

export const lookup = documented<[options: LookupOptions], Step>(
  {
    name: 'lookup',
    summary:
      'Adds a row of reference data: of a CSV or JSON file in S3 (`s3Table`), held in memory and refreshed by its ETag, or of a DynamoDB table (`dynamoDbTable`), read once a batch and remembered for a while. A document without the key goes on as it is.',
    settings: {
      from: 'Path of the key, a string or a number.',
      to: 'Path that the row is put at.',
      table:
        '`s3Table(uri, { format, key, refreshSeconds, maxBytes })` or `dynamoDbTable(name, { key, ttlSeconds, maxRows })`.',
      fields: 'Which fields of the row to write. Default: the whole row.',
      whenMissing: 'Where the table has no such row: `fail`, `skip` (the default) or `{ default }`.',
      whenDown: 'Where the table can not be reached: `fail` (the default; retryable), `skip` or `{ default }`.',
    },
    examples: [],
  },
  (options) => ({ name: 'lookup', stage: 'enrich', compile: (compiler) => compileLookup(options, compiler) }),
);

function compileLookup(options: LookupOptions, compiler: Parameters<Step['compile']>[0]): CompiledStep {
  const { table, fields, whenMissing = 'skip', whenDown = 'fail' } = options;
  const source = compiler.selector(options.from, 'concrete');
  const target = compiler.selector(options.to, 'concrete');
  const selectors = fields?.map((field) => compiler.selector(field, 'concrete'));
  for (const fault of table.faults) compiler.fault(fault);
  const open = table.open();
  const missing = failed(permanent('LookupMissing', 'enrich', `lookup: ${table.name} has no row for ${options.from}`));
  const down = failed(transient('LookupUnavailable', 'enrich', `lookup: ${table.name} can not be reached`));
  const chosen = selectors === undefined ? undefined : memo(REMEMBERED, (row) => choose(row, selectors));
  const fallback = (document: Document, wanted: Fallback, failure: typeof down) => {
    if (wanted === 'fail') return failure;
    if (wanted === 'skip') return undefined;
    return write(document, target, encodeUtf8(JSON.stringify(wanted.default)), 'lookup');
  };
  return {
    ...(open.load && { load: open.load }),
    ...(open.refresh && { refresh: open.refresh }),
    ...(open.prepare && {
      prepare: (documents) =>
        open.prepare!(documents.map((document) => keyAt(document, source)).filter((key) => key !== undefined)),
    }),
    apply(document) {
      const key = keyAt(document, source);
      if (key === undefined) return undefined;
      const row = open.find(key);
      if (row === 'down') return fallback(document, whenDown, down);
      if (row === 'absent') return fallback(document, whenMissing, missing);
      return write(document, target, chosen === undefined ? row : chosen.of(row), 'lookup');
    },
  };
}

function keyAt(document: Document, source: Selector): TableKey | undefined {
  const node = document.get(source);
  const kind = node?.kind;
  if (kind === 'string') return { kind, text: node!.string! };
  return kind === 'number' ? { kind, text: node!.json } : undefined;
}

function choose(row: JsonText, selectors: readonly Selector[]): JsonText {
  const from = readDocument(row);
  const to = readDocument('{}');
  if ('code' in from || 'code' in to) return row;
  for (const selector of selectors) {
    const json = from.get(selector)?.json;
    if (json !== undefined) to.set(selector, json);
  }
  return to.text();
}
