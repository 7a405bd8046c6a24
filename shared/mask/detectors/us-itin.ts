import { detector, EVIDENCE } from '../detector.ts';

export const usItin = detector({
  name: 'us-itin',
  group: 'government-ids',
  finds: 'US Individual Taxpayer Identification Numbers: 912-70-1234, 912 70 1234; 912701234 with a keyword.',
  needs: 'A first digit of 9, and a group of 50 to 65, 70 to 88, 90 to 92 or 94 to 99.',
  overlooks: 'Nine plain digits without a keyword; employer numbers (EIN).',
  keywords: ['itin', 'individual taxpayer', 'taxpayer', 'taxpayer id', 'tax id', 'tin', 'ssn'],
  rules: [
    {
      kind: 'digits',
      shapes: ['3-2-4'],
      separators: '- ',
      evidence: EVIDENCE.shape,
      doubtful: true,
      verify: isItin,
    },
    { kind: 'digits', shapes: ['9', '3-6'], separators: '-', keyword: true, evidence: EVIDENCE.shape, verify: isItin },
  ],
  keys: [
    {
      names: ['itin', 'itinnumber', 'taxpayerid', 'taxpayeridentificationnumber', 'taxpayernumber'],
      suffix: true,
      verify: (text) => /\d{4}/.test(text),
    },
  ],
  examples: {
    hits: ['912-70-1234', '999 88 1234', 'ITIN 912701234', { itin: '912701234' }],
    misses: ['912-66-1234', '912-93-1234', '987-65-4321', '912701234', 'invoice 912-70-1234'],
  },
});

/** IRS Internal Revenue Manual 3.21.263. 987-65-4320 to -4329 are set apart for advertisements. */
function isItin(digits: string): boolean {
  const group = Number(digits.slice(3, 5));
  const issued =
    (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 92) || group >= 94;
  return digits[0] === '9' && issued && !digits.startsWith('98765432');
}
