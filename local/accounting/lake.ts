/** What lies in the lake: the rows of its objects, counted and told apart by the index that generated records carry. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { ID_PATTERN, indexIn } from '../generator/sequence.ts';
import { splitLines } from '../input/lines.ts';
import type { IndexSet } from './index-set.ts';

/** A table's objects on disk. */
export interface LakeTable {
  readonly folder: string;
  readonly format: 'parquet' | 'ndjson';
  /** The column whose value holds the index, in Parquet; in NDJSON it is looked for in the whole line. */
  readonly idColumn: string | undefined;
}

export interface LakeRows {
  readonly rows: number;
  /** Rows whose index had been seen before. */
  readonly duplicates: number;
}

/** Counts a table's rows; puts their indexes into `seen`, where given. */
export async function readLake(table: LakeTable, seen?: IndexSet): Promise<LakeRows> {
  const files = await filesUnder(table.folder);
  if (files.length === 0) return { rows: 0, duplicates: 0 };
  return table.format === 'parquet' ? readParquet(table, seen) : readNdjson(files, seen);
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function readParquet({ folder, idColumn }: LakeTable, seen: IndexSet | undefined): Promise<LakeRows> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  const connection = await instance.connect();
  const from = `read_parquet('${join(folder, '**', '*').replaceAll("'", "''")}', union_by_name = true)`;
  try {
    if (seen === undefined || idColumn === undefined) {
      const reader = await connection.runAndReadAll(`select count(*) from ${from}`);
      return { rows: Number(reader.getRows()[0]?.[0] ?? 0), duplicates: 0 };
    }
    const digits = `regexp_extract("${idColumn}", '${ID_PATTERN}', 1)`;
    const result = await connection.stream(`select try_cast('0x' || ${digits} as bigint) from ${from}`);
    let rows = 0;
    let duplicates = 0;
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      for (const value of chunk.getColumnValues(0)) {
        rows += 1;
        if (typeof value === 'bigint' && !seen.add(Number(value))) duplicates += 1;
      }
    }
    return { rows, duplicates };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Firehose's own limit is below this by far; a longer line would be a fault worth seeing as a missing row. */
const LONGEST_ROW = 64 * 1024 * 1024;
const IGNORE = { piece: async () => {}, end: async () => {} };

async function readNdjson(files: readonly string[], seen: IndexSet | undefined): Promise<LakeRows> {
  let rows = 0;
  let duplicates = 0;
  for (const file of files) {
    const stream = createReadStream(file);
    const content = file.endsWith('.gz') ? stream.pipe(createGunzip()) : stream;
    for await (const lines of splitLines(content, LONGEST_ROW, IGNORE)) {
      for (const { data } of lines) {
        rows += 1;
        const index = seen === undefined ? undefined : indexIn(data.toString('latin1'));
        if (index !== undefined && seen?.add(index) === false) duplicates += 1;
      }
    }
  }
  return { rows, duplicates };
}
