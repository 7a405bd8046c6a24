import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of bundles what the words say of themselves for docs/ and tests: summaries and examples are a third of
 * shared/mask, and no function reads them. `documented({…}, make)` becomes `documented(false && {…}, make)`, which the
 * minifier empties; so do the descriptions of detectors.
 */
export const withoutReference: Plugin = {
  name: 'without-reference',
  setup(builder) {
    builder.onLoad(
      { filter: /[\\/]shared[\\/](?:formats|filter|enrich|mask|aggregate|delivery)[\\/].*\.ts$/ },
      async ({ path }) => ({
        contents: emptied(await readFile(path, 'utf8'), path),
        loader: 'ts',
      }),
    );
  },
};

/** A reference is the first argument of `documented`, an object or a name, on a line of its own or right behind. */
const REFERENCE = /(= documented<[^;{}]*?(?:\{[^{}]*\}[^;{}]*?)*>\(\s*)(?=[{\w])/g;
const DESCRIPTION = /^(\s+)(finds|needs|overlooks|examples):\s/gm;

export function emptied(source: string, path: string): string {
  const bare = source.replace(REFERENCE, '$1false && ');
  return /[\\/]mask[\\/]detectors[\\/]/.test(path) ? bare.replace(DESCRIPTION, '$1$2: false && ') : bare;
}
