import { compare, type Decimal, textOf } from '../decimal.ts';
import { anyMeasure, type Measure } from '../measure.ts';
import { DECIMAL_BYTES, decimalOfJson, numberReader } from './sum.ts';

/** The least number at a path; null where there was none. */
export function min(path: string): Measure {
  return extreme('min', path, (a, b) => compare(a, b) <= 0);
}

/** The greatest number at a path; null where there was none. */
export function max(path: string): Measure {
  return extreme('max', path, (a, b) => compare(a, b) >= 0);
}

function extreme(kind: string, path: string, wins: (a: Decimal, b: Decimal) => boolean): Measure {
  const better = (a: Decimal | null, b: Decimal | null): Decimal | null =>
    a === null ? b : b === null || wins(a, b) ? a : b;
  return anyMeasure<Decimal, Decimal | null>({
    kind,
    settings: '',
    most: DECIMAL_BYTES,
    compile: (compiler) => numberReader(compiler, path, undefined),
    empty: () => null,
    add: better,
    merge: better,
    size: (state) => (state === null ? 4 : textOf(state).length + 2),
    encode: (state) => (state === null ? null : textOf(state)),
    decode: (json) => (json === null ? null : decimalOfJson(json)),
    result: (state) => (state === null ? null : textOf(state)),
  });
}
