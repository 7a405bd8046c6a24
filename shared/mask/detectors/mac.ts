import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const mac = detector({
  name: 'mac',
  group: 'network',
  finds: 'MAC addresses (EUI-48): six pairs set apart by colons or hyphens, or three groups of four set apart by dots.',
  needs:
    'The same separator throughout. Twelve hexadecimal digits in one, and six pairs of decimal digits with hyphens, count only with a keyword.',
  overlooks: 'EUI-64 identifiers; the address of nobody (all zeros) and of everybody (all ones).',
  keywords: [
    'mac',
    'mac address',
    'mac addr',
    'hwaddr',
    'ether',
    'ethernet',
    'bssid',
    'physical address',
    'hardware address',
    'wifi',
    'bluetooth',
  ],
  rules: [
    ...(['digits', 'letters', 'mixed'] as const).flatMap((first) => [
      { kind: 'word' as const, first, length: [2, 2] as const, next: ':-', find: findPairs, evidence: EVIDENCE.shape },
      {
        kind: 'word' as const,
        first,
        length: [2, 2] as const,
        next: '-',
        find: findDecimalPairs,
        keyword: true,
        evidence: EVIDENCE.keyword,
      },
      {
        kind: 'word' as const,
        first,
        length: [4, 4] as const,
        next: '.',
        pattern: /[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}(?!\.?[\da-f])/iy,
        evidence: EVIDENCE.shape,
        verify: isSomebodys,
      },
      {
        kind: 'word' as const,
        first,
        length: [12, 12] as const,
        pattern: /[\da-f]{12}/iy,
        keyword: true,
        evidence: EVIDENCE.keyword,
        verify: isSomebodys,
      },
    ]),
  ],
  keys: [
    {
      names: ['mac', 'macaddress', 'macaddr', 'hwaddr', 'bssid', 'wifimac', 'ethernetaddress'],
      verify: (text) => /^[\da-f]{2}[\da-f:. -]{8,16}[\da-f]$/i.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: [
      '00:1B:44:11:3A:B7',
      '00-1b-44-11-3a-b7',
      '001b.4411.3ab7',
      'mac 001B44113AB7',
      'HWaddr 10-20-30-40-50-60',
      { macAddress: '001b44113ab7' },
    ],
    misses: [
      '00:1B:44:11:3A',
      '00:00:00:00:00:00',
      'ff:ff:ff:ff:ff:ff',
      'aa:bb:cc:dd:ee:ff:00:11',
      '10-20-30-40-50-60',
      '001B44113AB7',
      '12:30:45',
    ],
  },
});

const PAIRS = /[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}/iy;

function findPairs(text: string, start: number): Extent | undefined {
  const extent = pairsAt(text, start);
  return extent !== undefined && (text[start + 2] === ':' || /[a-f]/i.test(text.slice(start, extent[1])))
    ? extent
    : undefined;
}

function findDecimalPairs(text: string, start: number): Extent | undefined {
  return pairsAt(text, start);
}

function pairsAt(text: string, start: number): Extent | undefined {
  if (!isHex(text.charCodeAt(start)) || !isHex(text.charCodeAt(start + 3))) return undefined;
  const before = text[start - 1];
  if (before === ':' || (before === '-' && /[\da-z]/i.test(text[start - 2] ?? ''))) return undefined;
  PAIRS.lastIndex = start;
  const match = PAIRS.exec(text);
  if (match === null || !isSomebodys(match[0])) return undefined;
  const end = start + match[0].length;
  return /^(?:[\da-z]|[:-][\da-z])/i.test(text.slice(end, end + 2)) ? undefined : [start, end];
}

function isSomebodys(address: string): boolean {
  const digits = address.replace(/[:.-]/g, '').toLowerCase();
  return digits !== '000000000000' && digits !== 'ffffffffffff';
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}
