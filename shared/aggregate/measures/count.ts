import { anyMeasure, type Measure } from '../measure.ts';

/** How many documents there were. */
export function count(): Measure {
  return anyMeasure<true, number>({
    kind: 'count',
    settings: '',
    most: 16,
    compile: () => () => true,
    empty: () => 0,
    add: (state) => state + 1,
    merge: (a, b) => a + b,
    size: () => 16,
    encode: (state) => state,
    decode: (json) => (Number.isSafeInteger(json) ? (json as number) : undefined),
    result: (state) => state,
  });
}
