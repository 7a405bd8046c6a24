import { mod97 } from '../check-digits/mod97.ts';
import { detector, EVIDENCE, type Extent } from '../detector.ts';
import { IBAN_STRUCTURES } from '../tables/iban-structures.ts';

export const iban = detector({
  name: 'iban',
  group: 'financial',
  finds: 'International bank account numbers, plain or in groups set apart by spaces, hyphens or dots, in either case.',
  needs: 'A country of the IBAN registry, that country’s length and structure, and the check digits (mod 97).',
  overlooks: 'Account numbers of countries without IBAN: see us-bank.',
  keywords: ['iban', 'bank account', 'konto'],
  rules: [
    {
      kind: 'prefix',
      prefixes: Object.keys(IBAN_STRUCTURES),
      // The first check digit.
      third: '0123456789',
      anyCase: true,
      find: findIban,
      evidence: EVIDENCE.checked,
    },
  ],
  keys: [{ names: ['iban', 'ibannumber'], suffix: true }],
  examples: {
    hits: [
      'GB82 WEST 1234 5698 7654 32',
      'gb82west12345698765432',
      'DE89370400440532013000',
      'FR14 2004 1010 0505 0001 3M02 606',
      'NL91-ABNA-0417-1643-00',
      'NO93 8601 1117 947',
      'DE89.3704.0044.0532.0130.00',
      'MT84MALT011000012345MTLCAST001S',
      'pay to DE89 3704 0044 0532 0130 00 by Friday',
      { iban: 'unknown' },
    ],
    misses: [
      'GB83 WEST 1234 5698 7654 32',
      'DE8937040044053201300',
      'XX82WEST12345698765432',
      'GB82 is a road in Wales that is 1234 m long',
    ],
  },
});

function findIban(text: string, start: number): Extent | undefined {
  if (!isDigit(text.charCodeAt(start + 2)) || !isLetter(text.charCodeAt(start + 1))) return undefined;
  const country = text.slice(start, start + 2).toUpperCase();
  const pattern = patternOf(country);
  if (pattern === undefined) return undefined;
  let compact = country;
  let at = start + 2;
  for (let i = 0; i < pattern.length; i++) {
    if (i >= 2 && isSeparator(text.charCodeAt(at))) at++;
    const code = text.charCodeAt(at);
    if (!fits(code, pattern.charCodeAt(i))) return undefined;
    compact += text[at]!.toUpperCase();
    at++;
  }
  const after = text.charCodeAt(at);
  if (isDigit(after) || isLetter(after)) return undefined;
  return mod97(compact.slice(4) + compact.slice(0, 4)) === 1 ? [start, at] : undefined;
}

/** By country: what each character behind its code must be, once it has been asked for. */
const PATTERNS = new Map<string, string>();

/** `nnaaaannnn…`: two check digits, then `n` for a digit, `a` for a letter, `c` for either. */
function patternOf(country: string): string | undefined {
  const known = PATTERNS.get(country);
  const structure = IBAN_STRUCTURES[country];
  if (known !== undefined || structure === undefined) return known;
  let pattern = 'nn';
  for (const [, count, kind] of structure.matchAll(/(\d{1,2})([nac])/g)) pattern += kind!.repeat(Number(count));
  PATTERNS.set(country, pattern);
  return pattern;
}

function isSeparator(code: number): boolean {
  return code === 0x20 || code === 0x2d || code === 0x2b || code === 0x2e;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
}

function fits(code: number, kind: number): boolean {
  if (kind === 0x6e) return isDigit(code);
  return kind === 0x61 ? isLetter(code) : isDigit(code) || isLetter(code);
}
