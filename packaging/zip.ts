import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { zipSync } from 'fflate';

/** The earliest time a zip can hold: with it the same files always give the same bytes. */
const EPOCH = new Date(1980, 0, 1);

/** Zips a folder, byte-for-byte the same for the same files. */
export async function zipFolder(folder: string, target: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents: Record<string, Uint8Array> = {};
  for (const file of files.sort()) contents[relative(folder, file).replaceAll('\\', '/')] = await readFile(file);
  await writeFile(target, zipSync(contents, { level: 9, mtime: EPOCH, os: 3, attrs: 0o644 << 16 }));
}
