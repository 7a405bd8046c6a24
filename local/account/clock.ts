/**
 * The account's time: it runs as the wall clock does, and can be pushed ahead.
 * Timers wait on this time, so that a push of an hour fires an hour's timers, in order, each at its own instant.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from './contracts.ts';

interface Timer {
  readonly due: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** setTimeout fires at once above this (2^31 - 1 ms). */
const LONGEST_WAIT_MS = 2_147_483_647;

/** A clock; `wall` is what it starts from (epoch milliseconds) and runs with. */
export function createClock(wall: () => number = Date.now): Clock {
  let ahead = 0;
  /** While time is being pushed, the instant it stands at. */
  let held: number | undefined;
  let wait: NodeJS.Timeout | undefined;
  let pushing: Promise<void> = Promise.resolve();
  const timers: Timer[] = [];

  const now = (): number => held ?? wall() + ahead;

  function arm(): void {
    clearTimeout(wait);
    wait = undefined;
    dropCancelled(timers);
    const next = timers[0];
    if (next === undefined || held !== undefined) return;
    wait = setTimeout(fireDue, Math.min(Math.max(next.due - now(), 0), LONGEST_WAIT_MS));
  }

  function fireDue(): void {
    for (let timer = takeDue(timers, now()); timer !== undefined; timer = takeDue(timers, now())) timer.run();
    arm();
  }

  function after(ms: number, run: () => void): () => void {
    const timer: Timer = { due: now() + Math.max(ms, 0), run, cancelled: false };
    insert(timers, timer);
    if (timers[0] === timer) arm();
    return () => {
      timer.cancelled = true;
      if (timers[0] === timer) arm();
    };
  }

  /** One timer at a time, giving way in between: what a callback starts or schedules takes its place in the order. */
  async function push(ms: number): Promise<void> {
    const start = now();
    const target = start + ms;
    held = start;
    clearTimeout(wait);
    try {
      await turn();
      for (let timer = takeDue(timers, target); timer !== undefined; timer = takeDue(timers, target)) {
        held = Math.max(held, timer.due);
        timer.run();
        await turn();
      }
    } finally {
      ahead = target - wall();
      held = undefined;
      arm();
    }
  }

  return {
    now,
    after,
    sleep(ms, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const stop = (): void => {
          cancel();
          resolve();
        };
        const cancel = after(ms, () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        });
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
    advance(ms) {
      pushing = pushing.then(
        () => push(ms),
        () => push(ms),
      );
      return pushing;
    },
  };
}

/** Keeps the list sorted by due time; equal times stay in the order they came. */
function insert(timers: Timer[], timer: Timer): void {
  let low = 0;
  let high = timers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timers[middle] as Timer).due <= timer.due) low = middle + 1;
    else high = middle;
  }
  timers.splice(low, 0, timer);
}

function dropCancelled(timers: Timer[]): void {
  while (timers[0]?.cancelled) timers.shift();
}

function takeDue(timers: Timer[], time: number): Timer | undefined {
  dropCancelled(timers);
  const first = timers[0];
  return first !== undefined && first.due <= time ? timers.shift() : undefined;
}
