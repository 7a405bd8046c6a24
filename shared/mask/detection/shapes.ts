import type { DigitsRule } from '../detector.ts';
import type { Bound } from './set.ts';

/** A trie over the lengths of digit groups: `4-4-4-4` is the way 4, 4, 4, 4. */
export interface Shapes {
  /** Next state by state and length; 0 for none. */
  readonly next: Int16Array;
  /** The rules that a state completes. */
  readonly rules: readonly (readonly Bound<DigitsRule>[] | undefined)[];
  /** Fewest digits of any shape. */
  readonly fewest: number;
  /** The same of shapes of at most so many groups: by their number, MANY_GROUPS and more alike. */
  readonly fewestIn: readonly number[];
}

export const MANY_GROUPS = 4;
const NEVER = 1000;

/** Groups longer than this end every way. */
export const LONGEST_GROUP = 31;

export function createShapes(bound: readonly Bound<DigitsRule>[]): Shapes {
  const ways: number[][] = [[], []];
  const rules: Bound<DigitsRule>[][] = [];
  const fewestIn = new Array<number>(MANY_GROUPS + 1).fill(NEVER);
  for (const each of bound) {
    for (const shape of each.rule.shapes) {
      const lengths = shape.split('-').map(Number);
      let state = 1;
      for (const length of lengths) {
        const way = ways[state]!;
        way[length] ??= ways.push([]) - 1;
        state = way[length]!;
      }
      const complete = rules[state] ?? [];
      complete.push(each);
      rules[state] = complete;
      const digits = lengths.reduce((sum, length) => sum + length, 0);
      for (let groups = Math.min(lengths.length, MANY_GROUPS); groups <= MANY_GROUPS; groups++) {
        fewestIn[groups] = Math.min(fewestIn[groups]!, digits);
      }
    }
  }
  const next = new Int16Array(ways.length * (LONGEST_GROUP + 1));
  ways.forEach((way, state) => {
    way.forEach((target, length) => {
      next[state * (LONGEST_GROUP + 1) + length] = target;
    });
  });
  return { next, rules, fewest: fewestIn[MANY_GROUPS]!, fewestIn };
}
