import { isOneDigit, weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const nlBsn = detector({
  name: 'nl-bsn',
  group: 'government-ids',
  finds: 'Citizen service numbers of the Netherlands (BSN), of eight or nine digits, plain or in groups.',
  needs: 'A keyword, and the eleven test.',
  overlooks: 'Digits without a keyword.',
  keywords: [
    'bsn',
    'burgerservicenummer',
    'burger service nummer',
    'sofinummer',
    'sofi',
    'citizen service',
    'citizen service number',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['9', '8', '3-3-3', '4-2-3'],
      separators: ' .-',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isBsn,
    },
  ],
  keys: [
    {
      names: ['bsn', 'bsnnumber', 'bsnnummer', 'burgerservicenummer', 'sofinummer', 'citizenservicenumber'],
      suffix: true,
      verify: (text) => /^\d[\d .-]{6,11}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['BSN 111222333', 'bsn: 123.456.782', { burgerservicenummer: 111222333 }],
    misses: ['111222333', 'BSN 111222334', 'BSN 000000000'],
  },
});

/** Besluit burgerservicenummer: weights 9 to 2, and -1 for the last. */
function isBsn(digits: string): boolean {
  const number = digits.padStart(9, '0');
  return !isOneDigit(number) && weightedSum(number, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}
