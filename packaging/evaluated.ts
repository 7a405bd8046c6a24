import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** Modules whose exports are plain values worked out from other modules, which bundles need not carry for that. */
const MODULES = /[\\/]shared[\\/]mask[\\/]detector-names\.ts$/;

/** Puts the values themselves in such a module's place. */
export const evaluated: Plugin = {
  name: 'evaluated',
  setup(builder) {
    builder.onLoad({ filter: MODULES }, async ({ path }) => {
      const exported: Record<string, unknown> = await import(pathToFileURL(path).href);
      const lines = Object.entries(exported).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
      return { contents: lines.join('\n'), loader: 'ts' };
    });
  },
};
