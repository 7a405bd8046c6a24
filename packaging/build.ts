import { bundleAll } from './bundle.ts';

/** `npm run build`: one self-contained folder for each function under dist/. */
const started = performance.now();
const bundles = await bundleAll();
for (const { name, bytes } of bundles) {
  console.log(`dist/${name}/index.cjs`.padEnd(44), `${(bytes / 1024).toFixed(0).padStart(5)} KiB`);
}
console.log(`${bundles.length} functions bundled in ${Math.round(performance.now() - started)} ms`);
