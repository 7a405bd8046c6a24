import { encodedAt } from '../detection/base64.ts';
import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const awsSecretKey = detector({
  name: 'aws-secret-key',
  group: 'credentials',
  finds: 'Secret access keys of AWS: 40 characters of base64.',
  needs: 'A keyword, or a key that names it; upper and lower case and digits together.',
  overlooks: 'Keys without a keyword: forty characters of base64 are many a thing.',
  keywords: [
    'secret access key',
    'aws secret',
    'secret key',
    'aws',
    'secretaccesskey',
    'secret',
    'aws secret access key',
  ],
  rules: [
    { kind: 'word', first: 'mixed', length: [8, 40], find: findSecretKey, keyword: true, evidence: EVIDENCE.secret },
    {
      kind: 'word',
      first: 'letters',
      length: [10, 40],
      next: '/+',
      find: findSecretKey,
      keyword: true,
      evidence: EVIDENCE.secret,
    },
  ],
  keys: [{ names: ['awssecretaccesskey', 'secretaccesskey', 'awssecretkey', 'awssecret'], suffix: true }],
  examples: {
    hits: [
      'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'AWS secret: je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
      { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    ],
    misses: ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'aws commit da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  },
});

const LENGTH = 40;

function findSecretKey(text: string, run: number): Extent | undefined {
  let start = run;
  while (start > 0 && run - start < LENGTH && isBase64(text.charCodeAt(start - 1))) start--;
  let end = run;
  while (end < text.length && end - start <= LENGTH && isBase64(text.charCodeAt(end))) end++;
  if (end - start !== LENGTH) return undefined;
  const key = text.slice(start, end);
  if (!/[a-z]/.test(key) || !/[A-Z]/.test(key) || !/\d/.test(key)) return undefined;
  // Random bytes are no text: what is, is looked into.
  return encodedAt(text, start) === undefined ? [start, end] : undefined;
}

function isBase64(code: number): boolean {
  return (code >= 0x2f && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x2b;
}
