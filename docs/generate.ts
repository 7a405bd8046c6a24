import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseArguments } from '../packaging/usage.ts';
import { pages } from './pages.ts';

/** `npm run docs`: writes docs/reference/ from what the code says of itself. */
const FOLDER = join(import.meta.dirname, 'reference');

refuseArguments('npm run docs\n\nWrites docs/reference/ from what the code says of itself.\n');
await mkdir(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(pages())) {
  await writeFile(join(FOLDER, name), text);
  console.log(`docs/reference/${name}`);
}
