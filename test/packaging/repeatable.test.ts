import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { COMPILED_CODE } from '../../local/stack/compiled-code.ts';
import { waitForLock } from '../../local/stack/wait-for-lock.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SLS = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
const folder = mkdtempSync(join(tmpdir(), 'repeatable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `sls package` into a folder; a digest of each file that it makes. */
async function packageInto(name: string): Promise<Record<string, string>> {
  const target = join(folder, name);
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  const env = {
    PATH,
    HOME: folder,
    SOURCE_DATE_EPOCH: '1767225600',
    NODE_COMPILE_CACHE: COMPILED_CODE,
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
  await promisify(execFile)(process.execPath, [SLS, 'package', '--package', target], { cwd: ROOT, env });
  const digest = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(target, file)))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(target)
      .sort()
      .map((file) => [file, digest(file)]),
  );
}

it('sls package gives the same bytes for the same sources: templates, packages, and the state of the service', async () => {
  const release = await waitForLock(join(ROOT, 'node_modules', '.cache', 'sluice', 'compiling'));
  try {
    const first = await packageInto('first');
    expect(Object.keys(first).filter((file) => file.endsWith('.zip'))).toHaveLength(5);
    // Packages bear their own digest in their names.
    const second = await packageInto('second');
    expect(second).toEqual(first);
  } finally {
    release();
  }
}, 120_000);
