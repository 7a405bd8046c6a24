import { detector, EVIDENCE } from '../detector.ts';

const PREFIX = '(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]';
const SPACED = new RegExp(`${PREFIX}[ -]?\\d{2}[ -]?\\d{2}[ -]?\\d{2}[ -]?[A-D]`, 'y');
const LOWER = new RegExp(`${PREFIX}[ -]?\\d{2}[ -]?\\d{2}[ -]?\\d{2}(?:[ -]?[A-D])?`, 'iy');

export const ukNino = detector({
  name: 'uk-nino',
  group: 'government-ids',
  finds:
    'UK National Insurance numbers: AB123456C, AB 12 34 56 C. In lower case, or without the letter at the end, with a keyword.',
  needs: 'A prefix that is issued, six digits, and a suffix of A to D.',
  overlooks: 'Temporary numbers (TN…).',
  keywords: ['nino', 'ni number', 'ni no', 'national insurance', 'national insurance number', 'nat ins'],
  rules: [
    { kind: 'word', first: 'mixed', length: [9, 9], pattern: SPACED, doubtful: true, evidence: EVIDENCE.shape },
    {
      kind: 'word',
      first: 'mixed',
      length: [4, 8],
      next: ' -',
      pattern: SPACED,
      doubtful: true,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [2, 2],
      next: ' -',
      then: 'digit',
      pattern: SPACED,
      doubtful: true,
      evidence: EVIDENCE.shape,
    },
    { kind: 'word', first: 'mixed', length: [4, 9], pattern: LOWER, keyword: true, evidence: EVIDENCE.shape },
    {
      kind: 'word',
      first: 'letters',
      length: [2, 2],
      next: ' -',
      then: 'digit',
      pattern: LOWER,
      keyword: true,
      evidence: EVIDENCE.shape,
    },
  ],
  keys: [
    {
      names: ['nino', 'ninumber', 'nationalinsurance', 'nationalinsurancenumber', 'nationalinsuranceno'],
      suffix: true,
      verify: (text) => /\d{4}|\d\d \d\d/.test(text),
    },
  ],
  examples: {
    hits: [
      'AB123456C',
      'AB 12 34 56 C',
      'JG-10-37-59-A',
      'NI number ab123456c',
      'nino: AB123456',
      { nationalInsuranceNumber: 'ab123456c' },
    ],
    misses: ['DA123456C', 'GB123456A', 'AB123456E', 'ab123456c', 'AB12345C', 'XAB123456C'],
  },
});
