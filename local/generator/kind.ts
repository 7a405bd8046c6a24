/** What becomes of a generated record, decided by its index alone. */
export type Kind =
  /** Is delivered. */
  | 'good'
  /** The pipeline leaves it out. */
  | 'internal'
  /** Can't be read, ever: ends in quarantine. */
  | 'malformed'
  /** Kills the consumer that reads it, until the fix is deployed. */
  | 'crashing';

const MOST_CRASHING = 8;

/** How many of `total` records kill their consumer: one in 5,000, at least one, at most eight. */
function crashingAmong(total: number): number {
  return total < 50 ? 0 : Math.min(Math.max(Math.round(total / 5_000), 1), MOST_CRASHING);
}

/** One in 500 is malformed; of a large number, about 200 in all, since each goes through the replayer four times. */
export function malformedOneIn(total: number): number {
  return Math.max(500, Math.round(total / 200));
}

/** `draw` is a random whole number of the record. */
export function kindOf(index: number, total: number, draw: number): Kind {
  const crashing = crashingAmong(total);
  const part = Math.floor((index * crashing) / total);
  if (crashing > 0 && index === Math.floor(((part + 0.5) * total) / crashing)) return 'crashing';
  if (draw % malformedOneIn(total) === 7) return 'malformed';
  return draw % 25 === 3 ? 'internal' : 'good';
}
