/** A number kept exactly: `digits` × 10^-`scale`. Sums of them don't depend on their order. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { digits: 0n, scale: 0 };

/** Longest spelling that is taken, and largest exponent: what is beyond is no measurement, and would fill the state. */
const LONGEST = 100;
const LARGEST_EXPONENT = 60;
const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** The number that a text spells, as JSON does; undefined for any other text. */
export function decimalOf(text: string): Decimal | undefined {
  if (text.length > LONGEST) return undefined;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (Math.abs(shift) > LARGEST_EXPONENT) return undefined;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - shift;
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

export function plus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { digits: a.digits + b.digits, scale: a.scale };
  const [low, high] = a.scale < b.scale ? [a, b] : [b, a];
  return { digits: low.digits * 10n ** BigInt(high.scale - low.scale) + high.digits, scale: high.scale };
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** Below 0, 0 or above, as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  const { digits } = plus(a, { digits: -b.digits, scale: b.scale });
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** The quotient by a whole number, to `places` decimal places, cut. */
export function dividedBy({ digits, scale }: Decimal, divisor: number, places: number): Decimal {
  const shift = BigInt(Math.max(0, places - scale));
  const longer = digits * 10n ** shift;
  return { digits: longer / BigInt(divisor), scale: scale + Number(shift) };
}

/** In plain notation, without zeros that say nothing: `12.5`. */
export function textOf({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
