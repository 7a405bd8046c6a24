import { isOneDigit, weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const ukNhs = detector({
  name: 'uk-nhs',
  group: 'government-ids',
  finds: 'NHS numbers of England, Wales and the Isle of Man: 943 476 5919; 943-476-5919 and 9434765919 with a keyword.',
  needs: 'The check digit (modulo 11).',
  overlooks: 'Ten plain digits without a keyword; CHI numbers of Scotland.',
  keywords: ['nhs', 'nhs number', 'national health', 'health service', 'patient id', 'patient number'],
  rules: [
    {
      kind: 'digits',
      shapes: ['3-3-4'],
      separators: ' ',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isNhsNumber,
    },
    {
      kind: 'digits',
      shapes: ['3-3-4', '10'],
      separators: '-.',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isNhsNumber,
    },
  ],
  keys: [{ names: ['nhs', 'nhsnumber', 'nhsno'], suffix: true, verify: (text) => /^\d[\d -]{8,12}\d$/.test(text) }],
  examples: {
    hits: ['943 476 5919', 'NHS number 9434765919', 'nhs: 943-476-5919', { nhsNumber: '9434765919' }],
    misses: ['943 476 5918', '9434765919', '943-476-5919', '000 000 0000'],
  },
});

/** NHS Data Dictionary: weights 10 to 2, remainder taken from 11. */
function isNhsNumber(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check === digits.charCodeAt(9) - 48 && !isOneDigit(digits);
}
