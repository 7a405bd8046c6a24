import { isOneDigit } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

const FORMATTED = /[\dA-Z]{2}\.[\dA-Z]{3}\.[\dA-Z]{3}\/[\dA-Z]{4}-\d{2}/y;

export const brCnpj = detector({
  name: 'br-cnpj',
  group: 'government-ids',
  finds:
    'CNPJ numbers of Brazil, the alphanumeric ones of 2026 too: 11.222.333/0001-81, 12.ABC.345/01DE-35; 14 plain characters with a keyword.',
  needs: 'Both check digits.',
  overlooks: 'Fourteen plain characters without a keyword.',
  keywords: ['cnpj', 'cadastro nacional', 'pessoa juridica'],
  rules: [
    {
      kind: 'digits',
      shapes: ['2-3-3-4-2'],
      separators: '../-',
      exact: true,
      evidence: EVIDENCE.checked,
      verify: isCnpj,
    },
    { kind: 'digits', shapes: ['8-4-2'], separators: '/-', exact: true, evidence: EVIDENCE.checked, verify: isCnpj },
    {
      kind: 'digits',
      shapes: ['14', '2-3-3-4-2'],
      separators: ' ',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isCnpj,
    },
    ...(['digits', 'letters', 'mixed'] as const).map((first) => ({
      kind: 'word' as const,
      first,
      length: [2, 2] as const,
      next: '.',
      pattern: FORMATTED,
      evidence: EVIDENCE.checked,
      verify: isCnpj,
    })),
    {
      kind: 'word',
      first: 'mixed',
      length: [14, 14],
      pattern: /[\dA-Z]{12}\d{2}/y,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isCnpj,
    },
  ],
  keys: [{ names: ['cnpj', 'cnpjnumber', 'numerocnpj'], suffix: true, verify: (text) => /\d{2}$/.test(text) }],
  examples: {
    hits: [
      '11.222.333/0001-81',
      '11222333/0001-81',
      '12.ABC.345/01DE-35',
      'CNPJ 11222333000181',
      { cnpj: '11222333000181' },
    ],
    misses: ['11.222.333/0001-82', '11222333000181', '12.ABC.345/01DE-36'],
  },
});

/** Receita Federal, Instrução Normativa 2.229/2024: a character counts as its ASCII code less 48. */
function isCnpj(text: string): boolean {
  const compact = text.replace(/[./ -]/g, '');
  if (isOneDigit(compact)) return false;
  return check(compact, 12) === compact.charCodeAt(12) - 48 && check(compact, 13) === compact.charCodeAt(13) - 48;
}

function check(text: string, length: number): number {
  let sum = 0;
  for (let i = length - 1, weight = 2; i >= 0; i--, weight = weight === 9 ? 2 : weight + 1) {
    sum += (text.charCodeAt(i) - 48) * weight;
  }
  const remainder = sum % 11;
  return remainder < 2 ? 0 : 11 - remainder;
}
