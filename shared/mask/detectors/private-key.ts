import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const privateKey = detector({
  name: 'private-key',
  group: 'credentials',
  finds:
    'Private keys in PEM (RSA, EC, DSA, PKCS #8, OpenSSH) and OpenPGP armour, from BEGIN to END; cut off ones to the end of the text.',
  needs: 'The line that begins the key.',
  overlooks: 'Keys in other forms than text, and public keys and certificates, which are no secret.',
  rules: [{ kind: 'prefix', prefixes: ['BEGIN'], find: findPrivateKey, evidence: EVIDENCE.secret }],
  keys: [{ names: ['privatekey', 'privatekeypem', 'sshprivatekey', 'rsaprivatekey', 'pemkey'], suffix: true }],
  examples: {
    hits: [
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----',
      'key: -----BEGIN PRIVATE KEY----- MIIEvQIBADANBg',
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----',
      { privateKey: 'MIIEvQIBADANBgkqhkiG9w0' },
    ],
    misses: [
      '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----',
      '-----BEGIN PUBLIC KEY-----',
      'BEGIN PRIVATE KEY',
    ],
  },
});

const BEGIN = /-----BEGIN (?:[A-Z\d]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y;
const END = /-----END (?:[A-Z\d]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----/;
/** An RSA key of 16,384 bits takes 13,000 characters. */
const LONGEST = 32_768;

function findPrivateKey(text: string, word: number): Extent | undefined {
  const start = word - 5;
  if (start < 0) return undefined;
  BEGIN.lastIndex = start;
  if (!BEGIN.test(text)) return undefined;
  const limit = Math.min(text.length, start + LONGEST);
  const close = text.indexOf('-----END', word);
  const tail = close < 0 || close > limit ? null : END.exec(text.slice(close, close + 80));
  return [start, tail === null ? limit : close + tail[0].length];
}
