/** Which of the records 0 … size - 1 were seen: one bit each, so that a million take 125 kB. */
export interface IndexSet {
  /** False when it was there before, or is no index of the set. */
  add(index: number): boolean;
  has(index: number): boolean;
  /** How many are in it. */
  count(): number;
}

export function createIndexSet(size: number): IndexSet {
  const bits = new Uint8Array(Math.ceil(size / 8));
  let count = 0;
  const has = (index: number): boolean => ((bits[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0;
  return {
    has,
    add(index) {
      if (!Number.isInteger(index) || index < 0 || index >= size || has(index)) return false;
      bits[index >>> 3] = (bits[index >>> 3] as number) | (1 << (index & 7));
      count += 1;
      return true;
    },
    count: () => count,
  };
}
