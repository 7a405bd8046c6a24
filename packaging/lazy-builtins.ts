import type { Plugin } from 'esbuild';

/** Modules of Node that take milliseconds to load, and that few invocations need before their first record. */
const LAZY = ['node:crypto', 'node:zlib'];
const NAMES = new RegExp(`^(?:${LAZY.join('|')}|${LAZY.map((name) => name.slice('node:'.length)).join('|')})$`);

/** Loads such a module when one of its functions is called, and not as the bundle is read. Only functions can be imported so. */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(builder) {
    builder.onResolve({ filter: NAMES }, ({ path }) => ({
      path: path.startsWith('node:') ? path : `node:${path}`,
      namespace: 'lazy-builtin',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, async ({ path }) => {
      const functions = Object.entries(await import(path)).filter(([name, value]) => isPlainFunction(name, value));
      const lines = functions.map(([name]) => `export const ${name} = (...args) => builtin().${name}(...args);`);
      return {
        contents: `let loaded;\nconst builtin = () => (loaded ??= process.getBuiltinModule('${path}'));\n${lines.join('\n')}`,
        loader: 'js',
      };
    });
  },
};

/** Classes need `new`, and what they make is asked for by `instanceof`. */
function isPlainFunction(name: string, value: unknown): boolean {
  return typeof value === 'function' && /^[a-z]/.test(name) && name !== 'default';
}
