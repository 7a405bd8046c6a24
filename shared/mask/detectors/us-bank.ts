import { weightedSum } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';
import { isCount } from '../tables/amounts.ts';

export const usBank = detector({
  name: 'us-bank',
  group: 'financial',
  finds: 'ABA routing numbers, and bank account numbers of 6 to 17 digits.',
  needs: 'A keyword; for a routing number also a Federal Reserve prefix and the check digit.',
  overlooks: 'Account numbers without a keyword, and those that are named only `account`.',
  keywords: ['routing', 'routing number', 'aba', 'rtn', 'transit', 'bank code', 'wire'],
  rules: [
    {
      kind: 'digits',
      shapes: ['9', '4-4-1'],
      separators: '- ',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isRoutingNumber,
    },
    // A keyword of one letter would be looked for behind every `a`.
    {
      kind: 'prefix',
      prefixes: ['A/C', 'a/c'],
      pattern: /a\/c ?(?:no\.?|number|#) ?:? ?(\d{6,17})/iy,
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'digits',
      shapes: [
        '6',
        '7',
        '8',
        '9',
        '10',
        '11',
        '12',
        '13',
        '14',
        '15',
        '16',
        '17',
        '4-4-4',
        '3-3-4',
        '4-6',
        '5-5',
        '4-4-4-4',
      ],
      separators: '- ',
      keyword: [
        'bank account',
        'account number',
        'account no',
        'acct number',
        'acct no',
        'acct',
        'account num',
        'acc no',
        'acc number',
        'checking account',
        'savings account',
        'deposit account',
      ],
      evidence: EVIDENCE.keyword,
      verify: (_digits, { text, end }) => !isCount(text, end),
    },
  ],
  keys: [
    {
      names: [
        'bankaccount',
        'bankaccountnumber',
        'accountnumber',
        'routingnumber',
        'abanumber',
        'abaroutingnumber',
        'bankroutingnumber',
        'routing',
        'checkingaccount',
        'savingsaccount',
        'sortcode',
      ],
      verify: (text) => /^[\d -]{6,24}$/.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: [
      'routing number 021000021',
      'ABA: 1210-0024-8',
      'bank account 000123456789',
      'A/C No 25245556335',
      { routingNumber: '011401533' },
      { account_number: 12345678 },
    ],
    misses: [
      '021000021',
      'routing number 021000022',
      'order 123456789',
      'checking 5124786 rows',
      { accountId: '123456789' },
    ],
  },
});

/** Federal Reserve prefixes, and weights 3, 7, 1 (ABA routing number policy). */
function isRoutingNumber(digits: string): boolean {
  const prefix = Number(digits.slice(0, 2));
  const issued = prefix <= 12 || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix === 80;
  return issued && digits !== '000000000' && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}
