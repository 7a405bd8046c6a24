import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../account/contracts.ts';

/** How long Firehose waits for a function's answer, ms. https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
const LONGEST_WAIT_MS = 300_000;
/** However far a test pushes the clock, a function gets this much of real time, ms. */
const LEAST_REAL_WAIT_MS = 10_000;

/** Resolves when an answer is too late, or the signal aborts. */
export async function late(clock: Clock, signal: AbortSignal, leastRealMs = LEAST_REAL_WAIT_MS): Promise<void> {
  const began = performance.now();
  await clock.sleep(LONGEST_WAIT_MS, signal);
  const left = leastRealMs - (performance.now() - began);
  if (left > 0 && !signal.aborted) await sleep(left, undefined, { signal, ref: false }).catch(() => {});
}
