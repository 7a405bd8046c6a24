import type { Document, Selector } from '../../record/document.ts';
import type { StepCompiler } from '../../record/step.ts';
import { type Decimal, decimalOf, plus, textOf, times, ZERO } from '../decimal.ts';
import { textAt } from '../document-text.ts';
import { anyMeasure, type Json, type Measure } from '../measure.ts';

/** What sums of the longest numbers that are taken can grow to. */
export const DECIMAL_BYTES = 320;

/** The sum of the numbers at a path, exact. Text that spells a number is one; anything else is passed over. */
export function sum(path: string, options: { readonly times?: string } = {}): Measure {
  return anyMeasure<Decimal, Decimal>({
    kind: 'sum',
    settings: '',
    most: DECIMAL_BYTES,
    compile: (compiler) => numberReader(compiler, path, options.times),
    empty: () => ZERO,
    add: plus,
    merge: plus,
    size: (state) => textOf(state).length + 2,
    encode: textOf,
    decode: decimalOfJson,
    result: textOf,
  });
}

/** Reads the number at a path, multiplied by that of another where it is given. */
export function numberReader(compiler: StepCompiler, path: string, factor: string | undefined) {
  const selector = compiler.selector(path);
  const factorSelector = factor === undefined ? undefined : compiler.selector(factor);
  return (document: Document): Decimal | undefined => {
    const number = numberAt(document, selector);
    if (number === undefined || factorSelector === undefined) return number;
    const other = numberAt(document, factorSelector);
    return other === undefined ? undefined : times(number, other);
  };
}

function numberAt(document: Document, selector: Selector): Decimal | undefined {
  const text = textAt(document, selector);
  return text === undefined ? undefined : decimalOf(text);
}

export function decimalOfJson(json: Json): Decimal | undefined {
  return typeof json === 'string' ? decimalOf(json) : undefined;
}
