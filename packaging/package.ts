import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAll } from './bundle.ts';
import { zipFolder } from './zip.ts';

/**
 * Bundles every function and zips each folder of dist/ to `.serverless/<name>-<digest>.zip`. The digest in the name makes
 * CloudFormation update a function exactly when its code changed. Prints `{ name: zip }` as JSON for the Serverless plugin.
 */
const OUTPUT = '.serverless';

async function packageFunction(name: string, directory: string): Promise<string> {
  const unnamed = join(OUTPUT, `${name}.zip`);
  await zipFolder(directory, unnamed);
  const digest = createHash('sha256')
    .update(await readFile(unnamed))
    .digest('hex');
  const target = join(OUTPUT, `${name}-${digest.slice(0, 12)}.zip`);
  await rename(unnamed, target);
  return target;
}

await mkdir(OUTPUT, { recursive: true });
const artifacts: Record<string, string> = {};
for (const { name, directory } of await bundleAll()) artifacts[name] = await packageFunction(name, directory);
console.log(JSON.stringify(artifacts));
