import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder } from '../../../local/data-folder/data-folder.ts';
import { temporaryFolder } from '../../factories/temporary-folder.ts';

const fresh = (): string => join(temporaryFolder('data'), 'run');

describe('the data folder', () => {
  it('is made, and cleared by the next run', () => {
    const path = fresh();
    openDataFolder(path).release();
    mkdirSync(join(path, 's3', 'lake'), { recursive: true });
    writeFileSync(join(path, 's3', 'lake', 'object'), 'x');
    const folder = openDataFolder(path);
    expect(existsSync(join(path, 's3'))).toBe(false);
    expect(existsSync(join(path, 'README.txt'))).toBe(true);
    folder.release();
  });

  it('keeps what a run left until the next one starts', () => {
    const path = fresh();
    const folder = openDataFolder(path);
    writeFileSync(join(path, 'object'), 'x');
    folder.release();
    expect(existsSync(join(path, 'object'))).toBe(true);
  });

  it('refuses a folder with files that no run made, and leaves them alone', () => {
    const path = fresh();
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.txt'), 'years of work');
    expect(() => openDataFolder(path)).toThrow(/holds files that no run made \(thesis\.txt/);
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true);
  });

  it('refuses a folder that another run is using, and takes it over when that run is gone', () => {
    const path = fresh();
    const first = openDataFolder(path);
    expect(() => openDataFolder(path)).toThrow(new RegExp(`in use by another run \\(process ${process.pid}\\)`));
    first.release();
    openDataFolder(path).release();

    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid, started: '1' }));
    openDataFolder(path).release();
    writeFileSync(join(path, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    if (process.platform === 'linux') openDataFolder(path).release();
    writeFileSync(join(path, 'lock'), '');
    openDataFolder(path).release();
  });

  it('says what is wrong with a path it cannot use', () => {
    const path = fresh();
    writeFileSync(path, 'a file');
    expect(() => openDataFolder(path)).toThrow(/--data .*run: /);
    expect(() => openDataFolder(join(path, 'below'))).toThrow(/a part of the path is not a folder/);
  });

  it.skipIf(process.getuid?.() === 0)('says so when the folder is read-only', () => {
    const path = fresh();
    mkdirSync(path, { mode: 0o500 });
    expect(() => openDataFolder(path)).toThrow(/permission denied/);
    chmodSync(path, 0o700);
  });

  it.skipIf(!existsSync('/proc/sys'))('says so when nothing can be written there', () => {
    expect(() => openDataFolder('/proc/sys/sluice')).toThrow(/--data \/proc\/sys\/sluice: /);
  });
});
