import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from './bucket.ts';
import { keyOfPath } from './key-path.ts';
import { DEFAULT_TYPE } from './stored-object.ts';

/** Takes files that lie in a bucket's folder and aren't in its index for objects: a person may have put them there. */
export function adoptFiles(bucket: Bucket): void {
  for (const entry of readdirSync(bucket.folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(bucket.folder.length + 1).replaceAll('\\', '/');
    const key = keyOfPath(path);
    if (key === undefined || bucket.index.atPath(path) !== undefined || bucket.index.get(key) !== undefined) continue;
    const { size, mtimeMs } = statSync(file);
    bucket.index.set({
      key,
      path,
      size,
      etag: md5OfFile(file),
      modified: Math.floor(mtimeMs),
      headers: { 'content-type': DEFAULT_TYPE },
      metadata: {},
      tags: {},
    });
  }
}

function md5OfFile(file: string): string {
  const hash = createHash('md5');
  const buffer = Buffer.allocUnsafe(256 * 1024);
  const handle = openSync(file, 'r');
  try {
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer))
      hash.update(buffer.subarray(0, read));
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}
