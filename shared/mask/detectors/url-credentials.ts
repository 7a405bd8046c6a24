import { detector, EVIDENCE, type Extent } from '../detector.ts';

export const urlCredentials = detector({
  name: 'url-credentials',
  group: 'credentials',
  finds:
    'User and password, or a token, before the host of a URL: `https://user:password@host`, `postgres://user:password@host/db`.',
  needs: 'A scheme, and a colon or a token of 16 characters before the `@`.',
  overlooks: 'A user alone (`ssh://git@host`); tokens in query strings: see api-key.',
  rules: [
    {
      kind: 'anchor',
      characters: ':',
      besides: '@',
      before: /[a-z\d]/i,
      after: /\//,
      find: findUserInfo,
      evidence: EVIDENCE.secret,
    },
  ],
  examples: {
    hits: [
      'https://user:pa55@example.com/x',
      'postgres://app:s3cr%40t@db:5432/main',
      'redis://:hunter2@cache',
      'https://0123456789abcdef0123@github.com/org/repo',
    ],
    misses: [
      'https://example.com/a:b@c',
      'ssh://git@github.com/org/repo',
      'https://example.com:8080/',
      'https://medium.com/@user:x',
    ],
  },
});

const LONGEST = 512;

function findUserInfo(text: string, colon: number): Extent | undefined {
  if (text.charCodeAt(colon + 1) !== 0x2f || text.charCodeAt(colon + 2) !== 0x2f) return undefined;
  if (colon === 0 || !isLetterOrDigit(text.charCodeAt(colon - 1))) return undefined;
  const start = colon + 3;
  const limit = Math.min(text.length, start + LONGEST);
  let at = -1;
  let divider = -1;
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (
      code <= 0x20 ||
      code === 0x22 ||
      code === 0x3c ||
      code === 0x3e ||
      code === 0x2f ||
      code === 0x3f ||
      code === 0x23
    )
      break;
    if (code === 0x40) at = i;
    else if (code === 0x3a && divider < 0) divider = i;
  }
  if (at <= start) return undefined;
  const secret = divider >= 0 && divider < at ? at > divider + 1 : at - start >= 16 && /\d/.test(text.slice(start, at));
  return secret ? [start, at] : undefined;
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}
