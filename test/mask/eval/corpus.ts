import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, generateCases } from './cases.ts';

const FOLDER = join(import.meta.dirname, '..', 'corpus');
const GENERATED = 'generated.ndjson';

/** The labelled cases: those that were generated, and those that were written by hand. */
export function readCorpus(): Case[] {
  return [GENERATED, 'hand-written.ndjson'].flatMap((name) =>
    readFileSync(join(FOLDER, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Case),
  );
}

/** Writes the generated part anew. */
export function writeGenerated(): void {
  const lines = generateCases().map((each) => JSON.stringify(each));
  writeFileSync(join(FOLDER, GENERATED), `${lines.join('\n')}\n`);
}
