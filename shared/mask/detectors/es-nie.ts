import { detector, EVIDENCE } from '../detector.ts';
import { SPANISH_LETTERS } from './es-nif.ts';

export const esNie = detector({
  name: 'es-nie',
  group: 'government-ids',
  finds: 'NIE numbers of foreigners in Spain: X1234567L, X-1234567-L. In lower case with a keyword.',
  needs: 'The check letter (modulo 23).',
  overlooks: 'Numbers with eight digits after the first letter (issued before 2008).',
  keywords: ['nie', 'extranjero', 'identidad de extranjero', 'foreigner'],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /[XYZ]\d{7}[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNie,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /[XYZ]\d{7}[A-Z]/iy,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isNie,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [8, 8],
      next: '- ',
      pattern: /[XYZ]\d{7}[ -][A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNie,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [1, 1],
      next: '- ',
      then: 'digit',
      pattern: /[XYZ][ -]\d{7}[ -]?[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNie,
    },
  ],
  keys: [
    {
      names: ['nie', 'nienumber', 'numeronie'],
      verifyContainer: (json) => /\d{3}/.test(json),
      verify: (text) => /\d{7}/.test(text),
    },
  ],
  examples: {
    hits: ['X1234567L', 'X-1234567-L', 'Z8078221M', 'NIE x1234567l', { nie: 'x1234567l' }],
    misses: ['X1234567M', 'x1234567l', 'W1234567L'],
  },
});

/** X, Y and Z count as 0, 1 and 2 before the digits. */
function isNie(text: string): boolean {
  const compact = text.replace(/[ -]/g, '').toUpperCase();
  const number = `${'XYZ'.indexOf(compact[0]!)}${compact.slice(1, 8)}`;
  return SPANISH_LETTERS[Number(number) % 23] === compact[8];
}
