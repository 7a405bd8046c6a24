import type { Clock } from '../account/contracts.ts';

/**
 * However far a test pushes the clock, a process gets this much of real time before it is called late: otherwise a push
 * would kill functions that had no time to run.
 */
const REAL_TIME_MS = 5000;

/** Calls `late` once `ms` have passed by the clock; returns what cancels it. */
export function startDeadline(clock: Clock, ms: number, late: () => void): () => void {
  const began = performance.now();
  const least = Math.min(ms, REAL_TIME_MS);
  let grace: NodeJS.Timeout | undefined;
  const cancel = clock.after(ms, () => {
    const left = least - (performance.now() - began);
    if (left <= 1) late();
    else grace = setTimeout(late, left);
  });
  return () => {
    cancel();
    clearTimeout(grace);
  };
}
