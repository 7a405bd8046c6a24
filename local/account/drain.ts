import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from './contracts.ts';

/** A worker, by the name it is told by when it does not come to rest. */
export interface NamedWorker {
  readonly name: string;
  readonly worker: Pick<Worker, 'idle'>;
  /** Asks it to wait for no more work than it has: for no batch to fill, for no window to end. */
  readonly hurry?: () => void;
}

/** The account did not come to rest in time; says who was still at work. */
export class DrainError extends Error {
  override readonly name = 'DrainError';
  readonly busy: readonly string[];
  constructor(busy: readonly string[], timeoutMs: number) {
    super(`The account was not idle after ${timeoutMs} ms; still at work: ${busy.join(', ')}`);
    this.busy = busy;
  }
}

const LOOK_MS = 10;
/** Work goes from one to the next between two looks: only idle through all of these is idle. */
const LOOKS = 3;
/** Seldom enough for batches to fill while there is still much to read. */
const HURRY_MS = 500;

/**
 * Waits until nobody has anything left to do. Whenever the others are at rest, `flush` is called, so that what is only
 * buffered goes on; while they are not, they are hurried now and then, to end what only waits for its time. Rejects with
 * a DrainError when it all takes longer than `timeoutMs`.
 */
export async function drainWorkers(
  workers: readonly NamedWorker[],
  buffering: NamedWorker & { flush(): Promise<void> },
  timeoutMs: number,
): Promise<void> {
  let hurriedAt = Number.NEGATIVE_INFINITY;
  const end = performance.now() + timeoutMs;
  const busyOf = (all: readonly NamedWorker[]): string[] =>
    all.filter(({ worker }) => !worker.idle()).map(({ name }) => name);
  for (let quiet = 0; quiet < LOOKS; ) {
    const busy = busyOf(workers);
    if (busy.length > 0 && performance.now() - hurriedAt > HURRY_MS) {
      hurriedAt = performance.now();
      for (const { hurry } of workers) hurry?.();
    }
    if (busy.length === 0) {
      await within(buffering.flush(), Math.max(0, end - performance.now()));
      busy.push(...busyOf([...workers, buffering]));
    }
    quiet = busy.length === 0 ? quiet + 1 : 0;
    if (performance.now() > end && busy.length > 0) throw new DrainError(busy, timeoutMs);
    if (quiet < LOOKS) await sleep(LOOK_MS);
  }
}

/** Waits for the promise, but no longer than so. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const waiting = new AbortController();
  const late = sleep(ms, undefined, { ref: false, signal: waiting.signal }).catch(() => {});
  try {
    await Promise.race([promise, late]);
  } finally {
    waiting.abort();
  }
}
