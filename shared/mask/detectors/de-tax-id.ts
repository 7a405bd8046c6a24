import { detector, EVIDENCE } from '../detector.ts';
import { isAmount } from '../tables/amounts.ts';

export const deTaxId = detector({
  name: 'de-tax-id',
  group: 'government-ids',
  finds: 'Tax identification numbers of persons in Germany (Steuer-ID): 86 095 742 719; 86095742719 with a keyword.',
  needs: 'Among the first ten digits one that comes twice or three times, and the check digit.',
  overlooks: 'Eleven plain digits without a keyword; the older tax numbers of the Länder; VAT numbers.',
  keywords: [
    'steuer id',
    'steuerid',
    'steueridentifikationsnummer',
    'steuerliche identifikationsnummer',
    'identifikationsnummer',
    'idnr',
    'tax id',
    'tin',
    'steuer identifikationsnummer',
    'steuernummer',
  ],
  rules: [
    {
      kind: 'digits',
      shapes: ['2-3-3-3'],
      separators: ' ',
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (digits, { text, start, end }) => isTaxId(digits) && !isAmount(text, start, end),
    },
    {
      kind: 'digits',
      shapes: ['11', '2-3-3-3'],
      separators: '-./',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: isTaxId,
    },
  ],
  keys: [
    {
      names: [
        'steuerid',
        'steueridentifikationsnummer',
        'steuerlicheidentifikationsnummer',
        'steuerlicheid',
        'steueridnr',
        'identifikationsnummer',
        'steuernummer',
        'idnr',
      ],
      suffix: true,
      verify: (text) => /\d{2}/.test(text),
    },
  ],
  examples: {
    hits: ['86 095 742 719', 'Steuer-ID 86095742719', { steuerId: '86095742719' }, 'tax ID: 47036892816'],
    misses: ['86 095 742 718', '86095742719', 'Steuer-ID 12345678903x', '01 234 567 890'],
  },
});

/** § 139b AO: ISO 7064 modulo 11, 10. */
function isTaxId(digits: string): boolean {
  if (digits[0] === '0' || !repeatsOnce(digits)) return false;
  let product = 10;
  for (let i = 0; i < 10; i++) {
    const sum = (digits.charCodeAt(i) - 48 + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(10) - 48;
}

/** One digit twice and one missing, or (since 2016) one three times and two missing. */
function repeatsOnce(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return (most === 2 && counts.size === 9) || (most === 3 && counts.size === 8);
}
