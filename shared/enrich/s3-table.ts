import { createTape, type JsonDocument, readDocument, readDocuments, selectorOf } from '../json/index.ts';
import { now } from '../platform/clock.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { byteStringOf } from '../record/byte-string.ts';
import type { JsonText, Node } from '../record/document.ts';
import type { InputFormat } from '../record/format.ts';
import { isObjectUri, readObjectIfChanged } from './object.ts';
import { errorName, type OpenTable, type ReferenceTable, type TableKey } from './reference-table.ts';

export interface S3TableOptions {
  /** How the file is read: `csv({ header: […] })`, `json()`. Packed with gzip or not. */
  readonly format: InputFormat;
  /** The field of a row that is its key. Without it the file is one JSON object, from key to row. */
  readonly key?: string;
  /** How often the file is asked for again, by its ETag, in seconds. Default 300. */
  readonly refreshSeconds?: number;
  /** What the file may have, in bytes: a larger one is not loaded. In memory it takes two to four times as much. Default 32 MiB. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 32 * 1024 * 1024;
/** A file that could not be had is asked for again after this, in milliseconds. */
const RETRY_MS = 15_000;

interface State {
  rows: ReadonlyMap<string, JsonText> | undefined;
  etag: string | undefined;
  /** When to ask again, epoch milliseconds. */
  due: number;
}

/**
 * Reference data in an S3 object, read at start-up and kept in memory; asked for again, by its ETag, every five minutes.
 * While a new version can't be had, the old one serves.
 */
export function s3Table(uri: string, options: S3TableOptions): ReferenceTable {
  const { refreshSeconds = 300 } = options;
  return {
    name: `s3Table ${uri}`,
    faults: [
      isObjectUri(uri) ? undefined : `s3Table: ${JSON.stringify(uri)} is no s3://bucket/key`,
      refreshSeconds > 0 ? undefined : 's3Table: refreshSeconds must be more than 0',
    ].filter((fault) => fault !== undefined),
    open: () => openTable(uri, options, refreshSeconds * 1000),
  };
}

function openTable(uri: string, options: S3TableOptions, refreshMs: number): OpenTable {
  const state: State = { rows: undefined, etag: undefined, due: 0 };
  const refresh = async () => {
    if (now() < state.due) return;
    try {
      await update(state, uri, options);
      state.due = now() + refreshMs;
    } catch (error) {
      state.due = now() + Math.min(RETRY_MS, refreshMs);
      count('LookupUnavailable', 1);
      logger.warn('reference data could not be read', {
        object: uri,
        error: errorName(error),
        stale: state.rows !== undefined,
      });
    }
  };
  return {
    load: refresh,
    refresh,
    find: ({ text }: TableKey) => (state.rows === undefined ? 'down' : (state.rows.get(text) ?? 'absent')),
  };
}

async function update(state: State, uri: string, options: S3TableOptions): Promise<void> {
  const { format, key, maxBytes = MAX_BYTES } = options;
  const object = await readObjectIfChanged(uri, maxBytes, state.etag);
  if (object === undefined) return;
  const decoded = format.decode(byteStringOf(object.bytes));
  if (decoded.kind !== 'documents')
    throw new ReferenceDataError(decoded.kind === 'failed' ? decoded.failure.code : decoded.reason);
  const rows = new Map<string, JsonText>();
  for (const text of decoded.texts) addRows(rows, text, key);
  state.rows = rows;
  state.etag = object.etag;
}

/** The file is not what its format says. The name bears the failure's code, never a value. */
class ReferenceDataError extends Error {
  constructor(code: string) {
    super('The reference data can not be read.');
    this.name = `ReferenceData${code}`;
  }
}

const MEMBERS = selectorOf('*');

function addRows(rows: Map<string, JsonText>, text: JsonText, key: string | undefined): void {
  const documents: JsonDocument[] = [];
  const failure = readDocuments(text, createTape(), documents);
  if (failure !== undefined) throw new ReferenceDataError(failure.code);
  for (const document of documents) {
    const isArray = document.text().trimStart().startsWith('[');
    if (key === undefined) document.each(MEMBERS, (node) => addMember(rows, node));
    else if (isArray) document.each(MEMBERS, (node) => addRow(rows, readDocument(node.json) as JsonDocument, key));
    else addRow(rows, document, key);
  }
}

function addMember(rows: Map<string, JsonText>, node: Node): void {
  if (node.key !== undefined) rows.set(node.key, node.json);
}

/** The first row of a key counts, as in a join that is right; rows without a key are left out. */
function addRow(rows: Map<string, JsonText>, row: JsonDocument, key: string): void {
  const node = row.get(selectorOf(key));
  const text = node?.string ?? (node?.kind === 'number' ? node.json : undefined);
  if (text !== undefined && !rows.has(text)) rows.set(text, row.text());
}
