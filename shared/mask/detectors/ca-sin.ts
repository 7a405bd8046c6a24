import { luhn } from '../check-digits/luhn.ts';
import { isOneDigit } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';
import { isAmount } from '../tables/amounts.ts';

export const caSin = detector({
  name: 'ca-sin',
  group: 'government-ids',
  finds: 'Social Insurance Numbers of Canada: 130 692 544, 130-692-544; 130692544 with a keyword.',
  needs: 'A first digit that is issued (not 0 or 8), and the Luhn check digit.',
  overlooks: 'Nine plain digits without a keyword.',
  keywords: ['sin', 'social insurance', 'social insurance number', 'assurance sociale', 'nas', 'sin number'],
  rules: [
    {
      kind: 'digits',
      shapes: ['3-3-3'],
      separators: ' -',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (digits, { text, start, end }) => isIssued(digits) && !isAmount(text, start, end),
    },
    {
      kind: 'digits',
      shapes: ['9', '3-3-3'],
      separators: ' -.',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isSin,
    },
  ],
  keys: [
    {
      names: ['sin', 'sinnumber', 'socialinsurance', 'socialinsurancenumber', 'socialinsuranceno'],
      verifyContainer: () => false,
      verify: (text) => /^\d[\d .-]{7,11}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['130 692 544', '130-692-544', 'SIN: 130692544', 'SIN 046 454 286', { socialInsuranceNumber: 130692544 }],
    misses: ['130 692 545', '130692544', '046 454 286', 'using 130692544', 'views: 377 500 095', '130 692 544 EUR'],
  },
});

function isSin(digits: string): boolean {
  return luhn(digits) && !isOneDigit(digits);
}

function isIssued(digits: string): boolean {
  return digits[0] !== '0' && digits[0] !== '8' && isSin(digits);
}
