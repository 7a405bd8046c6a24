import { createReadStream, existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readItems, type StoredItem, storedItemOf } from '../../shared/aggregate/windows-table.ts';

/** Where results are read from: a run's data folder, or a table behind an endpoint or in AWS. */
export interface WindowsSource {
  read(pipeline: string, aggregate: string): Promise<readonly StoredItem[]>;
}

/** There is nothing to read. */
export class NoWindowsError extends Error {
  override readonly name = 'NoWindowsError';
}

/** The table that `npm start` left in its data folder. */
export function windowsOfRun(dataDir: string): WindowsSource {
  const [file] = existsSync(dataDir) ? globSync(join(dataDir, 'tables', '*-windows.ndjson')) : [];
  if (file === undefined) throw new NoWindowsError(`${dataDir} holds no windows: run npm start first.`);
  return {
    read: async (pipeline, aggregate) => {
      const items: StoredItem[] = [];
      for await (const line of createInterface({ input: createReadStream(file) })) {
        const item = JSON.parse(line);
        if (item.pk.S.startsWith(`${pipeline} ${aggregate} `)) items.push(storedItemOf(item));
      }
      return items;
    },
  };
}

/** A table, by the endpoint and credentials that AWS clients find; windows between two moments, epoch milliseconds. */
export function windowsOfTable(table: string, from: number, to: number): WindowsSource {
  return { read: (pipeline, aggregate) => readItems(table, pipeline, aggregate, from, to) };
}
