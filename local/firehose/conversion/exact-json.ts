/** JSON whose numbers keep what a double can't: 19-digit ids, trailing zeros, long decimals. */

/** A number in its own spelling. */
export class Numeral {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A member or item that is a number its double may not spell the same: long, ending in zeros, with an exponent. */
const INEXACT = /[:[,]\s*-?(?:\d{16}|[\d.]{17}|\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE])/;

/** Parses one JSON document. Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  if (!INEXACT.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, ...rest: unknown[]) => {
    if (typeof value !== 'number') return value;
    const { source } = rest[0] as { source: string };
    return String(value) === source ? value : new Numeral(source);
  });
}

/** A number's spelling; undefined for what is no number. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return value instanceof Numeral ? value.text : undefined;
}
