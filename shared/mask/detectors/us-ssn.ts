import { detector, EVIDENCE, type Place } from '../detector.ts';
import { isCount } from '../tables/amounts.ts';

export const usSsn = detector({
  name: 'us-ssn',
  group: 'government-ids',
  finds: 'US Social Security numbers: 123-45-6789, 123 45 6789; 123.45.6789 and 123456789 with a keyword.',
  needs: 'An area that is not 000, 666 or 900 to 999, a group that is not 00, a serial that is not 0000.',
  overlooks: 'Nine plain digits without a keyword, and shortened numbers (the last four digits).',
  keywords: [
    'ssn',
    'social security',
    'social security number',
    'soc sec',
    'ss no',
    'social',
    'ssa number',
    'taxpayer',
    'tax id',
    'tin',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['3-2-4'],
      separators: '- ',
      evidence: EVIDENCE.shape,
      doubtful: true,
      verify: isSsn,
    },
    {
      kind: 'digits',
      shapes: ['3-2-4', '3-6', '9'],
      separators: '- ./\u00b7',
      keyword: true,
      evidence: EVIDENCE.shape,
      verify: (digits, place) => isSsn(digits) && !isOfNetwork(place) && !isCount(place.text, place.end),
    },
  ],
  keys: [
    {
      names: [
        'ssn',
        'ssnumber',
        'ssnno',
        'ssnnumber',
        'socialsecurity',
        'socialsecuritynumber',
        'socialsecurityno',
        'socsec',
        'socialsecnumber',
      ],
      suffix: true,
      verify: (text) => /\d{4}/.test(text),
    },
  ],
  examples: {
    hits: [
      '123-45-6789',
      '123 45 6789',
      'SSN 123456789',
      'ssn: 899.12.3456',
      'SSN 123-456789',
      { ssn: 123456789 },
      'my social is 123456789',
      { employee: { socialSecurityNumber: '899123456' } },
      'social security no. 001-01-0001',
    ],
    misses: [
      '000-12-3456',
      '666-12-3456',
      '900-12-3456',
      '123-00-4567',
      '123-45-0000',
      '123456789',
      '2123-45-6789',
      '123-45-67890',
      'order 123-45-6789',
      { orderId: '123-45-6789' },
      { social: { facebookId: '123456789' } },
      'social: 123456789 followers',
    ],
  },
});

/** The id that somebody has in a social network: `social.facebookId`. */
function isOfNetwork({ start, context }: Place): boolean {
  return start === 0 && /social(?![\W_]{0,2}sec|[\W_]{0,2}ins).{1,40}id$/i.test(context.path.slice(-60));
}

/** 20 CFR 422.103 and SSA's randomization of 2011. */
function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3);
  return area !== '000' && area !== '666' && area < '900' && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000';
}
