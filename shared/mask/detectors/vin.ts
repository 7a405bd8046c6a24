import { detector, EVIDENCE } from '../detector.ts';

const SHAPE = /[A-HJ-NPR-Z\d]{17}/iy;

export const vin = detector({
  name: 'vin',
  group: 'identity',
  finds: 'Vehicle identification numbers of 17 characters.',
  needs: 'The check digit that North American and Chinese vehicles have, in upper case; else a keyword.',
  overlooks: 'European vehicles, which have no check digit, without a keyword.',
  keywords: [
    'vin',
    'vehicle',
    'vehicle identification',
    'chassis',
    'fahrgestellnummer',
    'fin',
    'fahrgestell',
    'châssis',
    'chasis',
    'chassi',
    'bastidor',
    'telaio',
    'frame number',
    'chassisnummer',
    '车架号',
    '車台番号',
    '차대번호',
  ],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [17, 17],
      pattern: /[A-HJ-NPR-Z\d]{17}/y,
      doubtful: true,
      evidence: EVIDENCE.checked,
      verify: (text) => isVin(text) && isChecked(text),
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [17, 17],
      pattern: SHAPE,
      keyword: true,
      evidence: EVIDENCE.keyword,
      verify: isVin,
    },
    {
      kind: 'digits',
      shapes: ['17'],
      separators: '',
      keyword: ['vin', 'vehicle identification'],
      evidence: EVIDENCE.checked,
      verify: isChecked,
    },
  ],
  keys: [
    {
      names: ['vin', 'vinnumber', 'vehicleidentificationnumber', 'chassisnumber', 'vehiclevin'],
      suffix: false,
      verify: (text) => /^[A-Z\d]{11,17}$/i.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: ['1HGCM82633A004352', '1M8GDM9AXKP042788', 'VIN wvwzzz1jz3w386752', { vin: 'WVWZZZ1JZ3W386752' }],
    misses: ['1HGCM82633A004353', 'WVWZZZ1JZ3W386752', '1HGCM82633A00435', 'ABCDEFGHJKLMNPRST'],
  },
});

const VALUES: Readonly<Record<string, number>> = Object.fromEntries(
  ['A1B2C3D4E5F6G7H8', 'J1K2L3M4N5P7R9', 'S2T3U4V5W6X7Y8Z9'].flatMap((row) =>
    Array.from({ length: row.length / 2 }, (_, i) => [row[i * 2]!, Number(row[i * 2 + 1])] as const),
  ),
);
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Three letters at least, and a serial that ends in digits (49 CFR 565.15). */
function isVin(text: string): boolean {
  return /^(?=(?:[^A-Z]{0,16}[A-Z]){2})[A-Z\d]{13}[\dA-Z]\d{3}$/i.test(text);
}

function isChecked(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const character = text[i]!.toUpperCase();
    sum += (VALUES[character] ?? Number(character)) * WEIGHTS[i]!;
  }
  const check = sum % 11;
  return text[8]!.toUpperCase() === (check === 10 ? 'X' : String(check));
}
