import { now, sleep } from '../platform/clock.ts';

/** Waits before each put so that no more than the asked number of records go out in a second. */
export interface Pace {
  /** How long to wait before `records` more may go, in milliseconds. */
  delayMs(records: number): number;
  wait(records: number): Promise<void>;
}

/** A pace of so many records a second; undefined: as fast as it goes. */
export function pace(ratePerSecond: number | undefined): Pace {
  let free = now();
  const delayMs = (records: number): number => {
    if (ratePerSecond === undefined) return 0;
    const start = Math.max(free, now());
    free = start + (records / ratePerSecond) * 1000;
    return Math.max(start - now(), 0);
  };
  return {
    delayMs,
    async wait(records) {
      const ms = delayMs(records);
      if (ms > 0) await sleep(ms);
    },
  };
}
