/**
 * Numbers that look random and are the same for the same seed and index, so that any record can be made again
 * without those before it.
 */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  whole(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  /** Hex digits. */
  hex(digits: number): string;
}

/** splitmix32, seeded by both numbers. https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function randomOf(seed: number, index: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const whole = (below: number): number => next() % below;
  return {
    whole,
    pick: (from) => from[whole(from.length)] as (typeof from)[number],
    oneIn: (n) => whole(n) === 0,
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += next().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}
