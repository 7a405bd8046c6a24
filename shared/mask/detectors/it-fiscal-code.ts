import { isDay } from '../check-digits/dates.ts';
import { detector, EVIDENCE, type Extent } from '../detector.ts';

const SHAPE = /[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]/iy;

export const itFiscalCode = detector({
  name: 'it-fiscal-code',
  group: 'government-ids',
  finds:
    'Codici fiscali of persons in Italy, in either case, with letters for digits where two persons share a code; broken by spaces with a keyword.',
  needs: 'A day of birth that exists, and the check letter.',
  overlooks: 'Codes broken by spaces without a keyword, and the numeric codes of companies.',
  keywords: ['codice fiscale', 'fiscal code', 'cf', 'tessera sanitaria'],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [16, 16],
      pattern: SHAPE,
      evidence: EVIDENCE.checked,
      verify: isFiscalCode,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [5, 5],
      next: ' ',
      find: findSpaced,
      keyword: true,
      evidence: EVIDENCE.checked,
    },
  ],
  keys: [
    {
      names: ['codicefiscale', 'fiscalcode', 'codfisc', 'codfiscale'],
      suffix: true,
      verify: (text) => /\d|[A-Z]{6}/i.test(text),
    },
  ],
  examples: {
    hits: [
      'RSSMRA85T10A562S',
      'rssmra85t10a562s',
      'CF: MRTMTT91D08F205J',
      'codice fiscale MRT MTT 91D08 F205J',
      { codiceFiscale: 'MRTMTT91D08F205J' },
    ],
    misses: ['RSSMRA85T10A562T', 'RSSMRA85T72A562S', 'RSSMRA85F10A562S'],
  },
});

/** `RSS MRA 85T10 A562S`, around its third group: three letters begin too many things. */
function findSpaced(text: string, third: number): Extent | undefined {
  const code = text.slice(third - 8, third + 11);
  if (third < 8 || !/^[A-Z]{3} [A-Z]{3} [A-Z\d]{5} [A-Z\d]{5}$/i.test(code)) return undefined;
  if (/[A-Z\d]/i.test(text[third - 9] ?? '') || /[A-Z\d]/i.test(text[third + 11] ?? '')) return undefined;
  const joined = code.replaceAll(' ', '');
  SHAPE.lastIndex = 0;
  return SHAPE.test(joined) && isFiscalCode(joined) ? [third - 8, third + 11] : undefined;
}

const MONTHS = 'ABCDEHLMPRST';
/** Decreto ministeriale 12/03/1974: what a character counts at odd places; at even ones it counts as its place. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const STAND_INS = 'LMNPQRSTUV';

function isFiscalCode(text: string): boolean {
  const code = text.toUpperCase();
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const value = code.charCodeAt(i) <= 0x39 ? code.charCodeAt(i) - 48 : code.charCodeAt(i) - 65;
    sum += i % 2 === 0 ? ODD[value]! : value;
  }
  const day = digitAt(code, 9) * 10 + digitAt(code, 10);
  const month = MONTHS.indexOf(code[8]!) + 1;
  return code.charCodeAt(15) - 65 === sum % 26 && isDay(month, day > 40 ? day - 40 : day);
}

function digitAt(code: string, at: number): number {
  const stand = STAND_INS.indexOf(code[at]!);
  return stand >= 0 ? stand : code.charCodeAt(at) - 48;
}
