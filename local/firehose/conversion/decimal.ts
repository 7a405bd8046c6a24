/** A decimal number: unscaled × 10^-scale. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

const NUMBER = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,6}))?$/;
const MOST_DIGITS = 400;

/** Reads a number's text exactly; undefined for what is no number, or one absurdly long. */
export function readDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits === '' || digits.length > MOST_DIGITS) return undefined;
  const unscaled = BigInt(digits) * (sign === '-' ? -1n : 1n);
  return { unscaled, scale: unscaled === 0n ? 0 : fraction.length - Number(exponent) };
}

/** The unscaled value at another scale, rounded half up; undefined where that has more digits than `most`. */
export function rescale(value: Decimal, scale: number, most: number): bigint | undefined {
  const shift = scale - value.scale;
  // Decided before the power is taken: 1e999999 must not be written out.
  const digits = String(value.unscaled).replace('-', '').length;
  if (value.unscaled !== 0n && digits + shift > most + 1) return undefined;
  if (digits + shift < -1) return 0n;
  const moved =
    shift >= 0 ? value.unscaled * 10n ** BigInt(shift) : divideHalfUp(value.unscaled, 10n ** BigInt(-shift));
  return String(moved).replace('-', '').length > most ? undefined : moved;
}

function divideHalfUp(value: bigint, by: bigint): bigint {
  const half = by / 2n;
  return value >= 0n ? (value + half) / by : -((-value + half) / by);
}
