import type { Clock } from '../account/contracts.ts';

/** Something to wait for until another says so, or time is up. */
export interface Signal {
  wait(ms?: number): Promise<void>;
  notify(): void;
}

export function createSignal(clock: Clock): Signal {
  const waiting = new Set<() => void>();
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const cancel = ms === undefined ? undefined : clock.after(ms, () => wake());
        const wake = (): void => {
          waiting.delete(wake);
          cancel?.();
          resolve();
        };
        waiting.add(wake);
      }),
    notify() {
      for (const wake of waiting) wake();
    },
  };
}
