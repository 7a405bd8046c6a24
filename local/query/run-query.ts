import { DuckDBInstance } from '@duckdb/node-api';
import { readTables } from './catalog.ts';
import { createViews } from './views.ts';

export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  /** Values as JSON has them; whole numbers of 64 bits and decimals as text. */
  readonly rows: readonly (readonly unknown[])[];
  /** There were more rows than asked for. */
  readonly more: boolean;
  readonly milliseconds: number;
}

export interface QueryColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
}

/** The SQL can't be run: DuckDB's own words, and what tables there are. */
export class QueryError extends Error {}

/**
 * Runs SQL over the lake that a run left in the folder; at most `limit` rows are read. Throws NoRunError, QueryError.
 */
export async function runQuery(sql: string, dataDir: string, limit: number): Promise<QueryResult> {
  const tables = readTables(dataDir);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const began = performance.now();
  try {
    await createViews(connection, tables, dataDir, sql);
    const reader = await connection.streamAndReadUntil(sql, limit + 1);
    const rows = reader.getRowsJson();
    const types = reader.columnTypes().map(String);
    const columns = reader.deduplicatedColumnNames().map((name, index) => ({ name, type: types[index] as string }));
    const milliseconds = performance.now() - began;
    return { columns, rows: rows.slice(0, limit), more: rows.length > limit, milliseconds };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const names = tables.map((table) => table.name).sort();
    const hint = /does not exist/.test(message) ? `\nTables of this run: ${names.join(', ') || 'none'}` : '';
    throw new QueryError(`${message.trim()}${hint}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
