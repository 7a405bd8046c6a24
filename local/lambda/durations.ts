/** Buckets grow by 1 %, which is the error of a quantile. */
const GROWTH = Math.log(1.01);
const SMALLEST_MS = 0.01;
/** Up to 20 minutes: longer than any invocation. */
const BUCKETS = Math.ceil(Math.log(1_200_000 / SMALLEST_MS) / GROWTH) + 1;

/** A histogram of durations in bounded memory. */
export interface Durations {
  add(ms: number): void;
  /** The duration below which this share (0–1) lies; 0 when there are none. */
  quantile(share: number): number;
}

export function createDurations(): Durations {
  const counts = new Float64Array(BUCKETS);
  let total = 0;
  return {
    add(ms) {
      const bucket = Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / GROWTH);
      const index = Math.min(bucket, BUCKETS - 1);
      counts[index] = (counts[index] as number) + 1;
      total += 1;
    },
    quantile(share) {
      if (total === 0) return 0;
      const rank = Math.max(1, Math.ceil(share * total));
      let seen = 0;
      for (let index = 0; index < BUCKETS; index++) {
        seen += counts[index] as number;
        if (seen >= rank) return round(SMALLEST_MS * Math.exp(index * GROWTH));
      }
      return 0;
    },
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
