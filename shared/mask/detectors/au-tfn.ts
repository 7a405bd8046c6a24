import { isOneDigit, weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';
import { isAmount } from '../tables/amounts.ts';

export const auTfn = detector({
  name: 'au-tfn',
  group: 'government-ids',
  finds: 'Tax file numbers of Australia: 123 456 782; plain digits with a keyword.',
  needs: 'The check (modulo 11).',
  overlooks: 'Eight or nine plain digits without a keyword; business numbers (ABN).',
  keywords: ['tfn', 'tax file', 'tax file number'],
  rules: [
    {
      kind: 'digits',
      shapes: ['3-3-3'],
      separators: ' ',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (digits, { text, start, end }) => isTfn(digits) && !isAmount(text, start, end),
    },
    {
      kind: 'digits',
      shapes: ['9', '8', '3-3-3', '3-3-2', '2-3-3'],
      separators: ' -.',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isTfn,
    },
  ],
  keys: [
    {
      names: ['tfn', 'taxfilenumber', 'taxfileno', 'tfnnumber'],
      suffix: true,
      verify: (text) => /^\d[\d .-]{6,11}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['123 456 782', 'TFN 123456782', { taxFileNumber: 123456782 }, 'tfn: 37118629'],
    misses: ['123 456 783', '123456782', 'TFN 123456783', 'budget 1 599 580 374 kr'],
  },
});

/** Australian Taxation Office: weights 1, 4, 3, 7, 5, 8, 6, 9, 10; of eight digits 10, 7, 8, 4, 6, 3, 5, 1. */
function isTfn(digits: string): boolean {
  const weights = digits.length === 8 ? [10, 7, 8, 4, 6, 3, 5, 1] : [1, 4, 3, 7, 5, 8, 6, 9, 10];
  return !isOneDigit(digits) && weightedSum(digits, weights) % 11 === 0;
}
