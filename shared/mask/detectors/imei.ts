import { luhn } from '../check-digits/luhn.ts';
import { isOneDigit } from '../check-digits/weighted.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const imei = detector({
  name: 'imei',
  group: 'network',
  finds: 'Numbers of mobile devices: IMEI (15 digits), and IMEISV (16 digits), plain or in groups.',
  needs: 'A keyword; for an IMEI also the Luhn check digit.',
  overlooks: 'Numbers without a keyword: too many other numbers of 15 digits pass the check.',
  keywords: ['imei', 'imeisv', 'device id', 'device identifier', 'handset', 'equipment identity'],
  rules: [
    {
      kind: 'digits',
      shapes: ['15', '2-6-6-1', '6-2-6-1', '8-6-1'],
      separators: '- /',
      keyword: true,
      evidence: EVIDENCE.checked,
      verify: (digits) => luhn(digits) && !isOneDigit(digits),
    },
    {
      kind: 'digits',
      shapes: ['16', '2-6-6-2', '8-6-2'],
      separators: '- /',
      keyword: ['imei', 'imeisv'],
      evidence: EVIDENCE.keyword,
    },
  ],
  keys: [
    {
      names: ['imei', 'imei1', 'imeinumber', 'imeisv', 'deviceimei'],
      verify: (text) => /^\d[\d /-]{12,18}\d$/.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: [
      'IMEI 490154203237518',
      'imei: 49-015420-323751-8',
      { imei: 490154203237518 },
      { device: { IMEI: '356938035643809' } },
    ],
    misses: ['490154203237518', 'IMEI 490154203237519', 'imei missing'],
  },
});
