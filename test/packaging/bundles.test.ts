import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DETECTOR_GROUPS } from '../../shared/mask/detector-names.ts';
import { DETECTORS } from '../../shared/mask/detectors/index.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

it('bundles import nothing but by require: an import of node:http runs all that is lazy in it', () => {
  const files = globSync('*/**/*.cjs', { cwd: DIST });
  expect(files.filter((file) => file.endsWith('index.cjs'))).toHaveLength(5);
  expect(files.some((file) => file.endsWith('aws/sqs.cjs'))).toBe(true);
  const importing = files.filter((file) => /\bimport\(["'`]/.test(readFileSync(join(DIST, file), 'utf8')));
  expect(importing).toEqual([]);
});

it('what detectors look for stands beside bundles, and their names in them', () => {
  const bundle = readFileSync(join(DIST, 'firehose-transform/index.cjs'), 'utf8');
  const beside = readFileSync(join(DIST, 'firehose-transform/libraries/detectors.cjs'), 'utf8');
  expect(beside).toContain('social security');
  expect(bundle).not.toContain('social security');
  for (const name of Object.keys(DETECTOR_GROUPS)) expect(bundle).toContain(name);
  // None of what the detectors say of themselves, for docs and tests.
  for (const { finds, overlooks } of DETECTORS) {
    expect(beside).not.toContain(finds);
    expect(beside).not.toContain(overlooks);
  }
});

it('the transform is at most 250 KiB without what stands beside it', () => {
  expect(statSync(join(DIST, 'firehose-transform/index.cjs')).size).toBeLessThanOrEqual(250 * 1024);
});

it('bundles load what is slow of Node only when a function of it is called', () => {
  for (const file of globSync('*/index.cjs', { cwd: DIST })) {
    const bundle = readFileSync(join(DIST, file), 'utf8');
    expect(bundle).not.toMatch(/require\("(?:node:)?(?:crypto|zlib)"\)/);
    expect(bundle).toContain('getBuiltinModule("node:crypto")');
  }
});
