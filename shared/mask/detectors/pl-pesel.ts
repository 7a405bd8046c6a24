import { isDay, numberAt } from '../check-digits/dates.ts';
import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const plPesel = detector({
  name: 'pl-pesel',
  group: 'government-ids',
  finds: 'PESEL numbers of Poland.',
  needs: 'A keyword, a date of birth that exists, and the check digit.',
  overlooks: 'Eleven digits without a keyword.',
  keywords: ['pesel', 'numer pesel', 'nr pesel', 'ewidencyjny'],
  rules: [
    {
      kind: 'digits',
      shapes: ['11', '6-5'],
      separators: ' -',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isPesel,
    },
  ],
  keys: [
    {
      names: ['pesel', 'peselnumber', 'numerpesel', 'nrpesel'],
      suffix: true,
      verify: (text) => /^\d[\d -]{9,11}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['PESEL 44051401359', { pesel: '44051401359' }, 'pesel: 02070803628'],
    misses: ['44051401359', 'PESEL 44051401358', 'PESEL 44131401354'],
  },
});

/** Ustawa o ewidencji ludności: the month tells the century by 20, 40, 60, 80; weights 1, 3, 7, 9. */
function isPesel(digits: string): boolean {
  if (!isDay(numberAt(digits, 2, 2) % 20, numberAt(digits, 4, 2))) return false;
  return weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}
