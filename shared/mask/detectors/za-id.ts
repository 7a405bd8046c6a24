import { isYearMonthDay } from '../check-digits/dates.ts';
import { luhn } from '../check-digits/luhn.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const zaId = detector({
  name: 'za-id',
  group: 'government-ids',
  finds: 'Identity numbers of South Africa: 800101 5009 087; 8001015009087 with a keyword.',
  needs: 'A date of birth that exists, a citizenship of 0 to 2, and the Luhn check digit.',
  overlooks: 'Thirteen plain digits without a keyword: times in milliseconds look alike.',
  keywords: [
    'id number',
    'identity number',
    'south african',
    'south african id',
    'sa id',
    'rsa id',
    'za id',
    'identity document',
    'id no',
    'said',
    'national id',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['6-4-3', '6-4-2-1', '6-4-1-1-1'],
      separators: ' -',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isZaId,
    },
    { kind: 'digits', shapes: ['13'], separators: '', keyword: true, evidence: EVIDENCE.checked, verify: isZaId },
  ],
  keys: [
    {
      names: [
        'zaid',
        'saidnumber',
        'southafricanid',
        'southafricanidnumber',
        'rsaid',
        'idnumber',
        'identitynumber',
        'said',
      ],
      verifyContainer: (json) => /\d{3}/.test(json),
      verify: (text) => /^\d{6}[ -]?\d{4}[ -]?\d{3}$/.test(text) && isZaId(text.replace(/[ -]/g, '')),
    },
  ],
  examples: {
    hits: ['800101 5009 087', 'ID number 8001015009087', { zaId: '8001015009087' }, { idNumber: 8001015009087 }],
    misses: ['8001015009087', 'ID number 8001015009088', 'ID number 8013015009080'],
  },
});

/** Identification Act 68 of 1997: YYMMDD, sequence, citizenship, a digit once for race, Luhn. */
function isZaId(digits: string): boolean {
  return isYearMonthDay(digits) && digits[10]! <= '2' && luhn(digits);
}
