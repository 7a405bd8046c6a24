import { detector, EVIDENCE } from '../detector.ts';

export const trId = detector({
  name: 'tr-id',
  group: 'government-ids',
  finds: 'Identity numbers of Turkey (T.C. Kimlik No).',
  needs: 'A keyword, a first digit that is not 0, and both check digits.',
  overlooks: 'Eleven digits without a keyword.',
  keywords: [
    'tc kimlik',
    't c kimlik',
    'kimlik',
    'kimlik no',
    'tckn',
    'tc no',
    'tcno',
    'turkish id',
    'tc id',
    'tr id',
    'national id',
    'tc',
    'vatandaşlık',
    'vatandaslik',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['11', '3-3-3-2', '3-4-4'],
      separators: ' -',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isTrId,
    },
  ],
  keys: [
    {
      names: ['tckn', 'tckimlikno', 'kimlikno', 'tckimlik', 'tcno', 'trid', 'turkishid'],
      suffix: true,
      verify: (text) => /^\d[\d -]{9,13}\d$/.test(text),
    },
  ],
  examples: {
    hits: ['T.C. Kimlik No: 10000000146', { tckn: '10000000146' }, 'TC Kimlik 10000000146'],
    misses: ['10000000146', 'kimlik 10000000147', 'kimlik 01234567890'],
  },
});

/** 5490 sayılı Nüfus Hizmetleri Kanunu: the tenth digit from odd and even places, the eleventh from all ten. */
function isTrId(digits: string): boolean {
  if (digits[0] === '0') return false;
  const at = (i: number) => digits.charCodeAt(i) - 48;
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  return (((odd * 7 - even) % 10) + 10) % 10 === at(9) && (odd + even + at(9)) % 10 === at(10);
}
