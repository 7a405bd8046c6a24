import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * Makes `target` hold exactly what `staging` holds. A file that is the same stays untouched, and one that differs is
 * replaced in one step, so that functions which run from `target` at that moment never see half a build.
 */
export async function publish(staging: string, target: string): Promise<void> {
  const made = await filesOf(staging);
  for (const file of made) {
    const to = join(target, file);
    if (await isSame(join(staging, file), to)) continue;
    await mkdir(dirname(to), { recursive: true });
    await rename(join(staging, file), to);
  }
  for (const file of await filesOf(target)) if (!made.has(file)) await rm(join(target, file));
  await rm(staging, { recursive: true });
}

async function filesOf(folder: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map((entry) => relative(folder, join(entry.parentPath, entry.name))));
}

async function isSame(one: string, other: string): Promise<boolean> {
  const bytes = await readFile(other).catch(() => undefined);
  return bytes?.equals(await readFile(one)) ?? false;
}
