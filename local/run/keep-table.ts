import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LocalTables } from '../dynamodb/tables.ts';

/** Writes a table's items to the data folder, `tables/<name>.ndjson`, so that they can be read when the account is gone. */
export async function keepTable(tables: Pick<LocalTables, 'items'>, name: string, dataDir: string): Promise<void> {
  const folder = join(dataDir, 'tables');
  await mkdir(folder, { recursive: true });
  await pipeline(Readable.from(lines(tables.items(name))), createWriteStream(join(folder, `${name}.ndjson`)));
}

async function* lines(items: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
