import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Place } from '../report/run-report.ts';

/** What a folder holds. One that isn't there holds nothing. */
export function filesIn(name: string, folder: string): Place {
  let objects = 0;
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      objects += 1;
      bytes += statSync(join(entry.parentPath, entry.name)).size;
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const path = relative('.', folder);
  return { name, path: path.startsWith('..') ? folder : path, objects, bytes };
}
