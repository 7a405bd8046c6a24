import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

it('bundles import nothing but by require: an import of node:http runs all that is lazy in it', () => {
  const files = globSync('*/**/*.cjs', { cwd: DIST });
  expect(files.filter((file) => file.endsWith('index.cjs'))).toHaveLength(5);
  expect(files.some((file) => file.endsWith('aws/sqs.cjs'))).toBe(true);
  const importing = files.filter((file) => /\bimport\(["'`]/.test(readFileSync(join(DIST, file), 'utf8')));
  expect(importing).toEqual([]);
});
