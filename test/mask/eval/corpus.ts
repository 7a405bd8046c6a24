import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases.ts';

export const CORPUS = join(import.meta.dirname, '..', 'corpus');

/** The labelled cases: those that were generated, and those that were written by hand. */
export function readCorpus(): Case[] {
  return ['generated.ndjson', 'hand-written.ndjson'].flatMap((name) =>
    readFileSync(join(CORPUS, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Case),
  );
}
