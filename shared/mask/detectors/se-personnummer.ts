import { isDay, numberAt } from '../check-digits/dates.ts';
import { luhn } from '../check-digits/luhn.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const sePersonnummer = detector({
  name: 'se-personnummer',
  group: 'government-ids',
  finds:
    'Personal identity numbers of Sweden, and coordination numbers: 811228-9874, 19811228-9874, 811228+9874; plain digits with a keyword.',
  needs: 'A date of birth that exists, and the Luhn check digit.',
  overlooks: 'Ten or twelve plain digits without a keyword; numbers of organizations.',
  keywords: [
    'personnummer',
    'personal identity number',
    'samordningsnummer',
    'coordination number',
    'person nr',
    'pnr',
    'personnr',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['6-4', '8-4'],
      separators: '-+',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: isPersonnummer,
    },
    {
      kind: 'digits',
      shapes: ['10', '12', '6-4', '8-4'],
      separators: ' ',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isPersonnummer,
    },
  ],
  keys: [
    {
      names: ['personnummer', 'personnr', 'samordningsnummer', 'personalidentitynumber', 'pnr'],
      verifyContainer: (json) => /\d{3}/.test(json),
      verify: (text) => /^\d{6,8}[+ -]?\d{4}$/.test(text),
    },
  ],
  examples: {
    hits: ['811228-9874', '19811228-9874', '811228+9874', 'personnummer 8112289874', { personnummer: '198112289874' }],
    misses: ['811228-9875', '811328-9873', '8112289874', '20240517-1234'],
  },
});

/** Folkbokföringslagen (1991:481) § 18: Luhn over ten digits; a coordination number's day has 60 added. */
function isPersonnummer(digits: string): boolean {
  if (digits.length === 12 && !/^(?:18|19|20)/.test(digits)) return false;
  const short = digits.slice(-10);
  const day = numberAt(short, 4, 2);
  return isDay(numberAt(short, 2, 2), day > 60 ? day - 60 : day) && luhn(short) && !short.endsWith('0000');
}
