import { type Decimal, dividedBy, plus, textOf, ZERO } from '../decimal.ts';
import { anyMeasure, type Measure } from '../measure.ts';
import { DECIMAL_BYTES, decimalOfJson, numberReader } from './sum.ts';

interface Mean {
  readonly sum: Decimal;
  readonly count: number;
}

/** Decimal places of the quotient. */
const PLACES = 6;

/** The mean of the numbers at a path; null where there was none. The sum it is made from is exact. */
export function average(path: string): Measure {
  return anyMeasure<Decimal, Mean>({
    kind: 'average',
    settings: '',
    most: DECIMAL_BYTES + 24,
    compile: (compiler) => numberReader(compiler, path, undefined),
    empty: () => ({ sum: ZERO, count: 0 }),
    add: (state, value) => ({ sum: plus(state.sum, value), count: state.count + 1 }),
    merge: (a, b) => ({ sum: plus(a.sum, b.sum), count: a.count + b.count }),
    size: ({ sum }) => textOf(sum).length + 24,
    encode: ({ sum, count }) => [textOf(sum), count],
    decode: (json) => {
      if (!Array.isArray(json)) return undefined;
      const [text, count] = json;
      const sum = decimalOfJson(text);
      return sum === undefined || !Number.isSafeInteger(count) ? undefined : { sum, count };
    },
    result: ({ sum, count }) => (count === 0 ? null : textOf(dividedBy(sum, count, PLACES))),
  });
}
