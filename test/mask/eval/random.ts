/** Random choices that are the same every time. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  pick<T>(items: readonly T[] | string): T;
  digits(count: number): string;
  letters(count: number): string;
  hex(count: number): string;
  /** Characters of an alphabet. */
  from(alphabet: string, count: number): string;
  chance(share: number): boolean;
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const from = (alphabet: string, count: number) =>
    Array.from({ length: count }, () => alphabet[int(0, alphabet.length - 1)]!).join('');
  return {
    int,
    from,
    pick: <T>(items: readonly T[] | string) => items[int(0, items.length - 1)] as T,
    digits: (count) => from('0123456789', count),
    letters: (count) => from('ABCDEFGHIJKLMNOPQRSTUVWXYZ', count),
    hex: (count) => from('0123456789abcdef', count),
    chance: (share) => next() < share,
  };
}
