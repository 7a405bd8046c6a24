import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../input/failure.ts';

const LOCK = 'lock';

/** Who holds a folder. `started` tells a process from a later one that was given the same id. */
interface Holder {
  readonly pid: number;
  readonly started: string;
}

/**
 * Takes the folder for this process, or throws a UsageError that names who has it. A lock whose process is gone
 * (killed, or the machine went down) is taken over. Returns what gives the folder back.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK);
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder);
  // Linking a file that is already written makes the lock appear whole, in one step.
  const draft = mkdtempSync(join(folder, 'lock-'));
  try {
    writeFileSync(join(draft, LOCK), own);
    for (let tries = 0; !take(join(draft, LOCK), path); tries++) {
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new UsageError(
          `${folder} is in use by another run (process ${holder.pid}): wait for it, or choose another folder with --data`,
        );
      }
      if (tries === 3) throw new UsageError(`${folder} can't be locked: remove ${path} if no other run is using it`);
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return () => {
    if (readFileSync(path, { encoding: 'utf8', flag: 'a+' }) === own) rmSync(path, { force: true });
  };
}

function take(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file system without hard links.
    try {
      writeFileSync(path, readFileSync(draft), { flag: 'wx' });
      return true;
    } catch (other) {
      if ((other as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw other;
    }
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Holder;
    return Number.isSafeInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(pid) === started;
}

/** When a process started, where the system tells (Linux); else nothing to compare. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
