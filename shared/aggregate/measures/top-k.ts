import { shortened, textAt } from '../document-text.ts';
import { anyMeasure, type Json, type Measure } from '../measure.ts';
import * as spaceSaving from '../space-saving.ts';

/** Counters for each value that is shown: what makes the counts of skewed data exact. */
const COUNTERS_EACH = 10;
const MOST = 50;
/** A counter whose value has 128 characters of three bytes each. */
const COUNTER_BYTES = 128 * 3 + 32;

/**
 * The k most frequent values of a path, by Space-Saving with 10 k counters: exact up to 10 k different values, beyond that too high
 * by what is told at most. Values longer than 128 characters are cut. k is 1 to 50.
 */
export function topK(path: string, k = 10): Measure {
  const valid = Number.isInteger(k) && k >= 1 && k <= MOST;
  const capacity = (valid ? k : 1) * COUNTERS_EACH;
  return anyMeasure<string, spaceSaving.SpaceSaving>({
    kind: 'topK',
    settings: String(k),
    most: capacity * COUNTER_BYTES,
    compile: (compiler) => {
      if (!valid) compiler.fault(`k: a whole number from 1 to ${MOST}`);
      const selector = compiler.selector(path);
      return (document) => {
        const text = textAt(document, selector);
        return text === undefined ? undefined : shortened(text);
      };
    },
    empty: () => spaceSaving.emptySpaceSaving(capacity),
    add: (state, value) => {
      spaceSaving.addValue(state, value);
      return state;
    },
    merge: spaceSaving.merged,
    size: ({ counters }) => {
      let size = 2;
      // Four bytes a character hold what is escaped or beyond ASCII, on the whole; the state's bound leaves room for more.
      for (const value of counters.keys()) size += value.length * 4 + 24;
      return size;
    },
    encode: ({ counters }) => [...counters].map(([value, { count, over }]) => [value, count, over]),
    decode: (json) => decode(json, capacity),
    result: (state) => spaceSaving.top(state, k).map(({ value, count, over }) => ({ value, count, over })),
  });
}

function decode(json: Json, capacity: number): spaceSaving.SpaceSaving | undefined {
  if (!Array.isArray(json) || json.length > capacity) return undefined;
  const sketch = spaceSaving.emptySpaceSaving(capacity);
  for (const counter of json) {
    if (!Array.isArray(counter)) return undefined;
    const [value, count, over] = counter;
    if (typeof value !== 'string' || !Number.isSafeInteger(count) || !Number.isSafeInteger(over)) return undefined;
    sketch.counters.set(value, { count, over });
  }
  return sketch;
}
