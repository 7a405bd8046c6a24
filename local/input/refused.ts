/** Keeps the lines that no stream would take: each in a file of its own, with a list of them all. */
import { createHash, type Hash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refusal, RefusedLines } from './lines.ts';

export interface RefusedFolder extends RefusedLines {
  /** Lines by reason: `too-long` (over the stream's limit), `cut-off` (the input broke off in it). */
  counts(): Readonly<Record<Refusal, number>>;
  readonly folder: string;
}

/** Makes the folder when the first line is refused. */
export function keepRefusedLines(folder: string): RefusedFolder {
  const counts: Record<Refusal, number> = { 'too-long': 0, 'cut-off': 0 };
  let current: { readonly file: FileHandle; readonly name: string; readonly digest: Hash; bytes: number } | undefined;
  return {
    folder,
    counts: () => counts,
    async piece(number, bytes) {
      if (current === undefined) {
        mkdirSync(folder, { recursive: true });
        const name = `line-${String(number).padStart(9, '0')}`;
        current = { file: await open(join(folder, name), 'w'), name, digest: createHash('sha256'), bytes: 0 };
      }
      await current.file.write(bytes);
      current.digest.update(bytes);
      current.bytes += bytes.length;
    },
    async end(number, why) {
      if (current === undefined) return;
      const { file, name, digest, bytes } = current;
      current = undefined;
      await file.close();
      counts[why] += 1;
      const entry = { line: number, why, bytes, sha256: digest.digest('hex'), file: name };
      appendFileSync(join(folder, 'refused.ndjson'), `${JSON.stringify(entry)}\n`);
    },
  };
}
