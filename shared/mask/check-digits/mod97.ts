/**
 * The remainder by 97 of a number written in letters and digits, A being 10 and Z 35 (ISO 7064, as IBAN uses it).
 * Takes upper case.
 */
export function mod97(text: string): number {
  let remainder = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code <= 0x39 ? code - 48 : code - 55;
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}
