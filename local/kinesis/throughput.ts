/** A rate limit: a bucket of one second's worth that fills with the account's time. */
export interface Throughput {
  /** Takes from every bucket, or from none. A request larger than a bucket passes when it is full, and is paid off after. */
  take(now: number, amounts: readonly number[]): boolean;
  /** Takes whatever is there, going into debt. */
  spend(now: number, amounts: readonly number[]): void;
  /** Whether nothing is owed. */
  ready(now: number): boolean;
  /** Changes the rates, keeping what is left. */
  resize(rates: readonly number[]): void;
}

/** One bucket for each rate (units a second). */
export function createThroughput(initial: readonly number[]): Throughput {
  let rates = initial;
  let levels = [...initial];
  let filledAt: number | undefined;

  function fill(now: number): void {
    const elapsed = Math.max(now - (filledAt ?? now), 0) / 1000;
    filledAt = now;
    if (elapsed > 0) levels = levels.map((level, at) => Math.min(level + elapsed * rate(at), rate(at)));
  }

  const rate = (at: number): number => rates[at] ?? 0;

  return {
    take(now, amounts) {
      fill(now);
      const fits = levels.every((level, at) => level >= Math.min(amounts[at] ?? 0, rate(at)));
      if (fits) levels = levels.map((level, at) => level - (amounts[at] ?? 0));
      return fits;
    },
    spend(now, amounts) {
      fill(now);
      levels = levels.map((level, at) => level - (amounts[at] ?? 0));
    },
    ready(now) {
      fill(now);
      return levels.every((level) => level > 0);
    },
    resize(next) {
      levels = levels.map((level, at) => Math.min(level, next[at] ?? level));
      rates = next;
    },
  };
}
