import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const sgNric = detector({
  name: 'sg-nric',
  group: 'government-ids',
  finds: 'NRIC and FIN numbers of Singapore: S1234567D. In lower case with a keyword.',
  needs: 'The check letter.',
  overlooks: 'Shortened numbers (the last four characters).',
  keywords: ['nric', 'fin', 'nric fin', 'identity card', 'ic number', 'ic no'],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /[STFGM]\d{7}[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNric,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [9, 9],
      pattern: /[STFGM]\d{7}[A-Z]/iy,
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isNric,
    },
  ],
  keys: [
    {
      names: ['nric', 'nricnumber', 'nricno', 'nricfin', 'fin', 'finnumber'],
      verifyContainer: (json) => /\d{3}/.test(json),
      verify: (text) => /^[STFGM]\d{7}[A-Z]$/i.test(text),
    },
  ],
  examples: {
    hits: ['S1234567D', 'T0123456G', 'F1234567N', 'NRIC s1234567d', { nric: 's1234567d' }],
    misses: ['S1234567E', 's1234567d', 'A1234567D'],
  },
});

/** Immigration & Checkpoints Authority: weights 2, 7, 6, 5, 4, 3, 2; T and G count four more, M three more. */
function isNric(text: string): boolean {
  const code = text.toUpperCase();
  const kind = code[0]!;
  const offset = kind === 'T' || kind === 'G' ? 4 : kind === 'M' ? 3 : 0;
  const remainder = (weightedSum(code.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
  if (kind === 'S' || kind === 'T') return 'JZIHGFEDCBA'[remainder] === code[8];
  if (kind === 'M') return 'KLJNPQRTUWX'[10 - remainder] === code[8];
  return 'XWUTRQPNMLK'[remainder] === code[8];
}
