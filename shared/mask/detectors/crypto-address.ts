import { isBase58Check, isBech32 } from '../check-digits/base58.ts';
import { detector, EVIDENCE } from '../detector.ts';

export const cryptoAddress = detector({
  name: 'crypto-address',
  group: 'financial',
  finds:
    'Addresses of Bitcoin and its relatives (Litecoin, Dogecoin, Dash, Tron), of Ethereum and its relatives, bech32 addresses.',
  needs: 'The checksum (base58check, bech32, bech32m); for Ethereum `0x` and 40 hexadecimal digits.',
  overlooks:
    'Addresses without a checksum of their own or with another alphabet (Solana, Monero, Ripple) unless a keyword is near.',
  keywords: [
    'wallet',
    'wallet address',
    'solana',
    'monero',
    'xmr',
    'ripple',
    'xrp',
    'crypto',
    'bitcoin',
    'btc',
    'eth',
    'ethereum',
    'stellar',
    'xlm',
  ],
  rules: [
    {
      kind: 'word',
      first: 'mixed',
      length: [26, 35],
      pattern: /[1-9A-HJ-NP-Za-km-z]{26,35}/y,
      evidence: EVIDENCE.checked,
      verify: isBase58Check,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [26, 35],
      pattern: /[1-9A-HJ-NP-Za-km-z]{26,35}/y,
      evidence: EVIDENCE.checked,
      verify: isBase58Check,
    },
    {
      kind: 'prefix',
      prefixes: ['bc1', 'BC1', 'tb1', 'bcrt1', 'ltc1', 'LTC1'],
      pattern: /(?:bc|tb|bcrt|ltc)1[ac-hj-np-z02-9]{11,87}/iy,
      evidence: EVIDENCE.checked,
      verify: isBech32,
    },
    // Cosmos, Osmosis, Cardano
    {
      kind: 'word',
      first: 'mixed',
      length: [43, 63],
      pattern: /[aco](?:osmos|smo|ddr)1[ac-hj-np-z02-9]{38,103}/y,
      evidence: EVIDENCE.checked,
      verify: isBech32,
    },
    {
      kind: 'word',
      first: 'letters',
      length: [11, 11],
      next: ':',
      pattern: /[b]itcoincash:[qp][ac-hj-np-z02-9]{41}/y,
      evidence: EVIDENCE.shape,
    },
    // Extended keys, of which the private ones open a whole wallet.
    {
      kind: 'prefix',
      prefixes: ['xprv', 'yprv', 'zprv', 'xpub', 'ypub', 'zpub'],
      pattern: /[xyz]p(?:rv|ub)[1-9A-HJ-NP-Za-km-z]{107,108}/y,
      evidence: EVIDENCE.shape,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [56, 56],
      pattern: /G[A-Z2-7]{55}/y,
      keyword: ['stellar', 'xlm'],
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'prefix',
      prefixes: ['0x', '0X'],
      pattern: /0x[\da-f]{40}/iy,
      evidence: EVIDENCE.shape,
      verify: isNoConstant,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [25, 63],
      pattern: /[1-9A-HJ-NP-Za-km-z]{25,63}/y,
      keyword: ['wallet', 'wallet address', 'solana', 'sol', 'ripple', 'xrp', 'crypto', 'crypto address'],
      evidence: EVIDENCE.keyword,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [63, 106],
      pattern: /[1-9A-HJ-NP-Za-km-z]{95,106}/y,
      keyword: ['wallet', 'monero', 'xmr', 'crypto'],
      evidence: EVIDENCE.keyword,
    },
  ],
  keys: [
    {
      names: [
        'walletaddress',
        'cryptoaddress',
        'cryptowallet',
        'bitcoinaddress',
        'btcaddress',
        'ethaddress',
        'ethereumaddress',
        'wallet',
      ],
      verify: (text) => /^[A-Za-z\d:]{20,110}$/.test(text),
      verifyContainer: () => false,
    },
  ],
  examples: {
    hits: [
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa',
      '3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
      'send to 0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe now',
      'LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1',
      'wallet 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
    ],
    misses: [
      '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdr',
      '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe00000000000000000000aaaa',
      'de0b295669a9fd93d5f28d9ec85e40f4cb697bae',
      '0x0000000000000000000000000000000000000000',
    ],
  },
});

/** Zero and burn addresses belong to nobody. */
function isNoConstant(address: string): boolean {
  return !/^0x(.)\1{39}$/i.test(address);
}
