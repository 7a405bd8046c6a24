/** How waiting between attempts grows. Times in milliseconds. */
export interface Backoff {
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
}

export const BACKOFF: Backoff = { attempts: 6, baseMs: 50, capMs: 5_000 };

/**
 * Full jitter: anything from nothing to the bound, which doubles with each attempt (from 1).
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(attempt: number, backoff: Backoff, random: () => number = Math.random): number {
  return random() * Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1));
}
