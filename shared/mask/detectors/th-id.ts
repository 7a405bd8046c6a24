import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const thId = detector({
  name: 'th-id',
  group: 'government-ids',
  finds: 'Identity numbers of Thailand: 1-2345-67890-12-1; 1234567890121 with a keyword.',
  needs: 'A first digit that is not 9, and the check digit (modulo 11).',
  overlooks: 'Thirteen plain digits without a keyword.',
  keywords: [
    'thai id',
    'thai',
    'thailand',
    'thai national id',
    'citizen id',
    'national id',
    'th id',
    'เลขบัตรประชาชน',
    'บัตรประชาชน',
    'เลขประจำตัวประชาชน',
    'id card',
    'tnin',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['1-4-5-2-1'],
      separators: ' -',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isThId,
    },
    { kind: 'digits', shapes: ['13'], separators: '', keyword: true, evidence: EVIDENCE.checked, verify: isThId },
  ],
  keys: [
    {
      names: ['thaiid', 'thid', 'thainationalid', 'citizenid', 'thaiidnumber'],
      verify: (text) => /^\d[\d -]{11,15}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['1-2345-67890-12-1', '1 2345 67890 12 1', 'Thai ID 1234567890121', { thaiId: '1234567890121' }],
    misses: ['1-2345-67890-12-2', '1234567890121'],
  },
});

/** Department of Provincial Administration: weights 13 to 2. */
function isThId(digits: string): boolean {
  if (digits[0] === '9') return false;
  const sum = weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  return (11 - (sum % 11)) % 10 === digits.charCodeAt(12) - 48;
}
