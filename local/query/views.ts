/** A view for each table of the lake, in DuckDB: typed as Glue says, with the partition keys of the objects' paths. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { GlueColumn } from '../account/contracts.ts';
import { type HiveField, HiveTypeError, readHiveType } from '../glue/hive-type.ts';
import type { LakeTable } from './catalog.ts';
import { duckType, identifier, literal } from './duck-type.ts';
import { jsonColumn, type Structure } from './json-columns.ts';

/** A line of text may be as long as a record. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * Makes the views. `sql` is what they are for: of tables that it doesn't name, no object is looked into.
 */
export async function createViews(
  connection: DuckDBConnection,
  tables: readonly LakeTable[],
  dataDir: string,
  sql: string,
): Promise<void> {
  await connection.run("SET TimeZone = 'UTC'");
  const wanted = sql.toLowerCase();
  for (const table of tables) {
    const named = wanted.includes(table.name.toLowerCase());
    const select = await selectFor(connection, table, folderOf(table, dataDir), named);
    const name = identifier(table.name);
    await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${select}`);
    // Athena's way to name it: with its database.
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${identifier(table.database)}`);
    await connection.run(`CREATE OR REPLACE VIEW ${identifier(table.database)}.${name} AS ${select}`);
  }
}

/** Where a table's objects lie. */
function folderOf(table: LakeTable, dataDir: string): string {
  return join(dataDir, 's3', table.bucket, table.prefix);
}

function hasObjects(folder: string): boolean {
  try {
    return readdirSync(folder, { withFileTypes: true }).some((entry) => {
      return entry.isDirectory() ? hasObjects(join(folder, entry.name)) : entry.isFile();
    });
  } catch {
    return false;
  }
}

async function selectFor(
  connection: DuckDBConnection,
  table: LakeTable,
  folder: string,
  named: boolean,
): Promise<string> {
  const fields = table.columns.map((column) => fieldOf(table, column));
  const keys = table.partitionKeys.map((column) => fieldOf(table, column));
  if (!named || !hasObjects(folder)) {
    const columns = [...fields, ...keys].map(
      ({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${identifier(name)}`,
    );
    return `SELECT ${columns.join(', ')} WHERE false`;
  }
  const files = literal(join(escapeGlob(folder), '**', '*'));
  const partitions = 'hive_partitioning = true, hive_types_autocast = false';
  const from = { parquet: parquet, json, text }[table.format](files, partitions, table);
  const found = await columnsOf(connection, from);
  const structure = table.format === 'json' ? await structureOf(connection, from) : {};
  const columns = fields.map((field) => {
    if (table.format === 'json') return `${jsonColumn('json', field, structure)} AS ${identifier(field.name)}`;
    return typed(field, found);
  });
  return `SELECT ${[...columns, ...keys.map((key) => typed(key, found))].join(', ')} FROM ${from}`;
}

function parquet(files: string, partitions: string): string {
  return `read_parquet(${files}, union_by_name = true, ${partitions})`;
}

function json(files: string, partitions: string): string {
  return `read_ndjson_objects(${files}, maximum_object_size = ${LONGEST_LINE}, ${partitions})`;
}

function text(files: string, partitions: string, table: LakeTable): string {
  const columns = table.columns.map((column) => `${literal(column.name)}: 'VARCHAR'`).join(', ');
  const layout = `delim = ${literal(table.delimiter)}, quote = '', escape = '', header = false, auto_detect = false`;
  const lenient = `null_padding = true, strict_mode = false, max_line_size = ${LONGEST_LINE}`;
  return `read_csv(${files}, columns = {${columns}}, ${layout}, ${lenient}, ${partitions})`;
}

function fieldOf(table: LakeTable, column: GlueColumn): HiveField {
  try {
    return { name: column.name, type: readHiveType(column.type) };
  } catch (cause) {
    if (!(cause instanceof HiveTypeError)) throw cause;
    throw new Error(`Column ${column.name} of table ${table.name} has ${cause.message}, which can't be queried.`);
  }
}

/** Names and types of what the objects hold. */
async function columnsOf(connection: DuckDBConnection, from: string): Promise<ReadonlyMap<string, string>> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  return new Map(reader.getRowObjects().map((row) => [String(row.column_name), String(row.column_type)]));
}

/** A column as Glue types it: NULL where no object has it. */
function typed({ name, type }: HiveField, found: ReadonlyMap<string, string>): string {
  const wanted = duckType(type);
  const as = `AS ${identifier(name)}`;
  const there = found.get(name);
  if (there === undefined) return `CAST(NULL AS ${wanted}) ${as}`;
  return there === wanted ? identifier(name) : `CAST(${identifier(name)} AS ${wanted}) ${as}`;
}

async function structureOf(connection: DuckDBConnection, from: string): Promise<Structure> {
  const reader = await connection.runAndReadAll(`SELECT json_group_structure(json) FROM ${from}`);
  const [[text] = []] = reader.getRows();
  return text === null || text === undefined ? {} : (JSON.parse(String(text)) as Structure);
}

/** A folder's own brackets and stars are not the glob's. */
function escapeGlob(folder: string): string {
  return folder.replace(/[[*?]/g, (char) => `[${char}]`);
}
