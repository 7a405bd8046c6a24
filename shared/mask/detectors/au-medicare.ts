import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const auMedicare = detector({
  name: 'au-medicare',
  group: 'government-ids',
  finds:
    'Medicare card numbers of Australia: 2123 45670 1, with a reference number 2123 45670 1 1; plain digits with a keyword.',
  needs: 'A first digit of 2 to 6, and the check digit.',
  overlooks: 'Ten or eleven plain digits without a keyword.',
  keywords: ['medicare', 'medicare card', 'medicare number'],
  rules: [
    {
      kind: 'digits',
      shapes: ['4-5-1', '4-5-1-1', '4-5-2'],
      separators: ' -',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isMedicare,
      goesOn: withReference,
    },
    {
      kind: 'digits',
      shapes: ['10', '11', '10-1'],
      separators: '-/ ',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isMedicare,
    },
  ],
  keys: [
    {
      names: ['medicare', 'medicarenumber', 'medicareno', 'medicarecard', 'medicarecardnumber'],
      suffix: true,
      verify: (text) => /^\d[\d /-]{8,13}\d$/.test(text),
    },
  ],
  examples: {
    hits: [
      '2123 45670 1',
      'Medicare 2123456701',
      'medicare 21234567011',
      'Medicare 2123 45670 1/3',
      { medicareNumber: '2123456701' },
    ],
    misses: ['2123 45671 1', '1123 45670 1', '2123456701'],
  },
});

/** The holder's place on the card: `2123 45670 1/3`, `2123 45670 1-3`. */
function withReference(text: string, end: number): number {
  return /^[/-][1-9](?![\d/-])/.test(text.slice(end, end + 3)) ? end + 2 : end;
}

/** Department of Health: weights 1, 3, 7, 9 over eight digits tell the ninth. */
function isMedicare(digits: string): boolean {
  const first = digits[0]!;
  if (first < '2' || first > '6') return false;
  return weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digits.charCodeAt(8) - 48;
}
