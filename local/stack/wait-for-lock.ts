import { rmSync } from 'node:fs';
import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 100;
const TOUCH_MS = 2_000;
/** A lock that its holder has not touched for so long is left over from a process that was killed. */
const STALE_MS = 15_000;

/** Waits until the lock is free and takes it. Returns what frees it. */
export async function waitForLock(path: string): Promise<() => void> {
  while (!(await take(path))) {
    const held = await stat(path).catch(() => undefined);
    if (held !== undefined && Date.now() - held.mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
    else await sleep(LOOK_MS);
  }
  const touch = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), TOUCH_MS);
  touch.unref();
  return () => {
    clearInterval(touch);
    rmSync(path, { recursive: true, force: true });
  };
}

/** Making a folder succeeds for one process only. */
async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}
