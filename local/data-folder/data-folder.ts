/**
 * The folder a run keeps its account in. A run clears what the run before left there, so a folder that holds anything
 * else is refused rather than cleared.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { explainWrite, UsageError } from '../input/failure.ts';
import { lockFolder } from './lock.ts';

const MARKER = 'README.txt';
const MARK = 'Made by `npm start` of sluice';
const ABOUT = `${MARK}: the lake, the queues and the rest of the local account.
The next run in this folder clears it. It can be deleted at any time.
`;
/** Space asked for before a run begins, so that a full disk shows at once. */
const TRIAL_BYTES = 1024 * 1024;

export interface DataFolder {
  readonly path: string;
  /** Gives the folder free for the next run. What lies in it stays. */
  release(): void;
}

/** Makes, locks and clears the folder. Throws a UsageError for one that can't be used. */
export function openDataFolder(path: string): DataFolder {
  let release: (() => void) | undefined;
  try {
    makeFolder(resolve(path));
    refuseForeign(path);
    tryWriting(path);
    release = lockFolder(path);
    clear(path);
    writeFileSync(join(path, MARKER), ABOUT);
    return { path, release };
  } catch (cause) {
    release?.();
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`--data ${path}: ${explainWrite(cause)}`);
  }
}

/** Not `mkdirSync`'s own recursion: it never ends where a folder can't be made below one that is there (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return void readdirSync(path);
  makeFolder(dirname(path));
  mkdirSync(path);
}

const isLock = (name: string): boolean => name === 'lock' || name.startsWith('lock-');

function refuseForeign(path: string): void {
  const names = readdirSync(path).filter((name) => !isLock(name));
  if (names.length === 0) return;
  const marker = join(path, MARKER);
  if (existsSync(marker) && readFileSync(marker, 'utf8').startsWith(MARK)) return;
  throw new UsageError(
    `--data ${path}: the folder holds files that no run made (${names.slice(0, 3).join(', ')}…): choose an empty or new one`,
  );
}

function tryWriting(path: string): void {
  const trial = join(path, `lock-trial-${process.pid}`);
  try {
    writeFileSync(trial, Buffer.alloc(TRIAL_BYTES), { flush: true });
  } finally {
    rmSync(trial, { force: true });
  }
}

function clear(path: string): void {
  for (const name of readdirSync(path)) {
    if (!isLock(name) && name !== MARKER) rmSync(join(path, name), { recursive: true, force: true });
  }
}
