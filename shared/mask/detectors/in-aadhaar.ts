import { verhoeff } from '../check-digits/verhoeff.ts';
import { isOneDigit } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const inAadhaar = detector({
  name: 'in-aadhaar',
  group: 'government-ids',
  finds: 'Aadhaar numbers of India: 2345 6789 0124, 2345-6789-0124; 234567890124 with a keyword.',
  needs: 'A first digit of 2 to 9, and the Verhoeff check digit.',
  overlooks: 'Twelve plain digits without a keyword; virtual IDs; masked numbers.',
  keywords: ['aadhaar', 'aadhar', 'adhaar', 'uidai', 'uid', 'aadhaar number', 'unique identification', 'आधार'],
  rules: [
    {
      kind: 'digits',
      shapes: ['4-4-4'],
      separators: ' -',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (digits, { text, start }) =>
        isAadhaar(digits) && !SERIAL.test(text.slice(Math.max(0, start - 24), start)),
    },
    {
      kind: 'digits',
      shapes: ['12', '4-4-4'],
      separators: './_',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isAadhaar,
    },
  ],
  keys: [
    {
      names: [
        'aadhaar',
        'aadhar',
        'aadhaarnumber',
        'aadharnumber',
        'aadhaarno',
        'aadharno',
        'adhaar',
        'adhaarnumber',
        'uidai',
        'आधार',
      ],
      suffix: true,
      verify: (text) => /\d{4}/.test(text),
    },
  ],
  examples: {
    hits: ['2345 6789 0124', 'Aadhaar: 234567890124', { aadhaarNumber: '234567890124' }, '9999-4105-7058'],
    misses: ['2345 6789 0123', '1234 5678 9010', '234567890124', 'S/N 2345 6789 0124', 'FedEx 2345-6789-0124'],
  },
});

/** Right before three groups of four. */
const SERIAL =
  /(?:\bs\/n|\b(?:barcode|fedex|dhl|ups|usps|awb|waybill|voucher|coupon|gift|licen[cs]e|activation|product|serial|code|key))(?: (?:code|key|no|number|card))?[\s:#.=]{0,3}$/i;

function isAadhaar(digits: string): boolean {
  return digits[0]! >= '2' && verhoeff(digits) && !isOneDigit(digits);
}
