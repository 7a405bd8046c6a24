import { bundleAll } from './bundle.ts';
import { refuseArguments } from './usage.ts';

/** `npm run build`: one self-contained folder for each function under dist/. */
refuseArguments('npm run build\n\nBundles each function into a self-contained folder under dist/.\n');
const started = performance.now();
const bundles = await bundleAll();
for (const { name, bytes } of bundles) {
  console.log(`dist/${name}/index.cjs`.padEnd(44), `${(bytes / 1024).toFixed(0).padStart(5)} KiB`);
}
console.log(`${bundles.length} functions bundled in ${Math.round(performance.now() - started)} ms`);
