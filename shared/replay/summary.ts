/** What a replay found and did, so far. */
export interface Summary {
  /** Dead letters read. */
  found: number;
  /** Of these, such as the command asks for. */
  matched: number;
  replayed: number;
  /** Left alone, by cause: `already replayed`, `already delivered`, `over the limit`, `being replayed elsewhere`. */
  skipped: Record<string, number>;
  /** Put aside after too many attempts. */
  quarantined: number;
  /** Records that their stream no longer holds. */
  lost: number;
  /** What could not be read, by code: it stays where it is. */
  unreadable: Record<string, number>;
  /** Records whose put failed, and sources that could not be read, by code: they stay where they are. */
  failed: Record<string, number>;
  /** Bytes put back. */
  bytes: number;
  sources: { read: number; settled: number };
}

export function emptySummary(): Summary {
  return {
    found: 0,
    matched: 0,
    replayed: 0,
    skipped: {},
    quarantined: 0,
    lost: 0,
    unreadable: {},
    failed: {},
    bytes: 0,
    sources: { read: 0, settled: 0 },
  };
}

/** Adds to one of the summary's counts by name. */
export function tally(counts: Record<string, number>, name: string, by = 1): void {
  if (by > 0) counts[name] = (counts[name] ?? 0) + by;
}
