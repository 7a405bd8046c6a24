/**
 * The most frequent values, by Space-Saving: a bounded number of counters; a value without one takes over the smallest,
 * with its count as what it may be over. A count is never too low, and too high by its `over` at most; up to `capacity`
 * different values all counts are exact. Metwally, Agrawal, El Abbadi, 2005.
 */
export interface SpaceSaving {
  readonly capacity: number;
  readonly counters: Map<string, Counter>;
}

export interface Counter {
  count: number;
  /** How much of the count may belong to values that were let go. */
  over: number;
}

export function emptySpaceSaving(capacity: number): SpaceSaving {
  return { capacity, counters: new Map() };
}

export function addValue(sketch: SpaceSaving, value: string): void {
  const counter = sketch.counters.get(value);
  if (counter !== undefined) counter.count++;
  else if (sketch.counters.size < sketch.capacity) sketch.counters.set(value, { count: 1, over: 0 });
  else {
    const [smallest, { count }] = least(sketch.counters);
    sketch.counters.delete(smallest);
    sketch.counters.set(value, { count: count + 1, over: count });
  }
}

function least(counters: ReadonlyMap<string, Counter>): readonly [string, Counter] {
  let found: readonly [string, Counter] | undefined;
  for (const entry of counters) if (found === undefined || entry[1].count < found[1].count) found = entry;
  return found!;
}

/**
 * Both together. A value that one of them let go may have had as much there as that one's smallest count.
 * Cafaro, Pulimeno, Tempesta, 2016: merging keeps the bound.
 */
export function merged(a: SpaceSaving, b: SpaceSaving): SpaceSaving {
  const values = new Set([...a.counters.keys(), ...b.counters.keys()]);
  const [missingA, missingB] = [letGo(a), letGo(b)];
  const all = [...values].map((value): [string, Counter] => {
    const { count: countA, over: overA } = a.counters.get(value) ?? { count: missingA, over: missingA };
    const { count: countB, over: overB } = b.counters.get(value) ?? { count: missingB, over: missingB };
    return [value, { count: countA + countB, over: overA + overB }];
  });
  const kept = all.sort(byCount).slice(0, a.capacity);
  return { capacity: a.capacity, counters: new Map(kept) };
}

/** The most that a value without a counter can have had. */
function letGo({ counters, capacity }: SpaceSaving): number {
  return counters.size < capacity ? 0 : least(counters)[1].count;
}

/** The k values with the highest counts, the highest first. */
export function top({ counters }: SpaceSaving, k: number): readonly (Counter & { readonly value: string })[] {
  return [...counters]
    .sort(byCount)
    .slice(0, k)
    .map(([value, counter]) => ({ value, ...counter }));
}

function byCount([nameA, a]: [string, Counter], [nameB, b]: [string, Counter]): number {
  return b.count - a.count || (nameA < nameB ? -1 : 1);
}
