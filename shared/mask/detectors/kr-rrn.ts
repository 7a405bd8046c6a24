import { isYearMonthDay } from '../check-digits/dates.ts';
import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const krRrn = detector({
  name: 'kr-rrn',
  group: 'government-ids',
  finds:
    'Resident and foreigner registration numbers of South Korea: 900101-1234568; other forms, and those issued since October 2020 without a check digit, with a keyword.',
  needs: 'A date of birth that exists, a digit for century and sex, and the check digit or a keyword.',
  overlooks: 'Thirteen plain digits without a keyword.',
  keywords: [
    'rrn',
    'resident registration',
    'jumin',
    '주민등록번호',
    '주민번호',
    '외국인등록번호',
    'korean id',
    'alien registration',
    'resident number',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['6-7'],
      separators: '-',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (digits) => isRrn(digits) && isChecked(digits),
    },
    {
      kind: 'digits',
      shapes: ['13', '6-7'],
      separators: '- ',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isRrn,
    },
  ],
  keys: [
    {
      names: ['rrn', 'residentregistrationnumber', 'jumin', 'juminnumber', '주민등록번호', '주민번호'],
      suffix: true,
      verify: (text) => /^\d{6}[ -]?\d{7}$/.test(text),
    },
  ],
  examples: {
    hits: ['900101-1234568', 'RRN 9001011234560', '주민등록번호 900101-2234567', { rrn: '9001011234568' }],
    misses: ['900101-1234560', '901301-1234568', '9001011234568', '900101-9934568x'],
  },
});

/** Resident Registration Act: a date, then 1 to 8 (9 and 0 for those born before 1900). */
function isRrn(digits: string): boolean {
  return isYearMonthDay(digits);
}

function isChecked(digits: string): boolean {
  const sum = weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
  const check = (11 - (sum % 11)) % 10;
  const foreign = digits[6]! >= '5' && digits[6]! <= '8';
  return digits.charCodeAt(12) - 48 === (foreign ? (check + 2) % 10 : check);
}
