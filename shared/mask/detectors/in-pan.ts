import { detector, EVIDENCE } from '../detector.ts';

export const inPan = detector({
  name: 'in-pan',
  group: 'government-ids',
  finds: 'Permanent Account Numbers of India: ABCPE1234F. In lower case with a keyword.',
  needs:
    'Five letters of which the fourth is a kind of holder (A, B, C, E, F, G, H, J, L, P, T), four digits that are not 0000, a letter.',
  overlooks: 'Numbers broken by spaces.',
  keywords: ['pan', 'pan card', 'pan number', 'permanent account', 'income tax'],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [10, 10],
      pattern: /[A-Z]{3}[ABCEFGHJLPT][A-Z](?!0000)\d{4}[A-Z]/y,
      doubtful: true,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [10, 10],
      pattern: /[A-Z]{3}[ABCEFGHJLPT][A-Z](?!0000)\d{4}[A-Z]/iy,
      keyword: true,
      evidence: EVIDENCE.shape,
    },
  ],
  keys: [
    {
      names: ['pancard', 'pannumber', 'panno', 'permanentaccountnumber'],
      verify: (text) => /^[A-Z]{5}\d{4}[A-Z]$/i.test(text.trim()),
    },
  ],
  examples: {
    hits: ['ABCPE1234F', 'PAN: abcpe1234f', { panNumber: 'abcpe1234f' }],
    misses: ['ABCDE1234F', 'abcpe1234f', 'ABCPE0000F', 'ABCPE1234'],
  },
});
