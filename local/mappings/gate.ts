/** Whether a mapping works: enabled, disabled for now, or gone. */
export interface Gate {
  enabled(): boolean;
  /** Resolves when the mapping is enabled; false when it is gone. */
  open(): Promise<boolean>;
  readonly signal: AbortSignal;
  set(enabled: boolean): void;
  close(): void;
}

export function createGate(enabled: boolean): Gate {
  const gone = new AbortController();
  const waiting = new Set<(open: boolean) => void>();
  let on = enabled;

  function release(open: boolean): void {
    for (const resolve of waiting) resolve(open);
    waiting.clear();
  }

  return {
    enabled: () => on && !gone.signal.aborted,
    async open() {
      if (gone.signal.aborted) return false;
      return on || new Promise<boolean>((resolve) => waiting.add(resolve));
    },
    signal: gone.signal,
    set(value) {
      on = value;
      if (on) release(true);
    },
    close() {
      gone.abort();
      release(false);
    },
  };
}
