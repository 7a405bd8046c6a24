import { detector, EVIDENCE } from '../detector.ts';

export const basicAuth = detector({
  name: 'basic-auth',
  group: 'credentials',
  finds: 'User and password in the header of HTTP Basic authentication.',
  needs: 'Base64 after `Basic` that decodes to text with a colon.',
  overlooks: 'Headers that were cut off.',
  rules: [
    {
      kind: 'prefix',
      prefixes: ['Basic', 'basic', 'BASIC'],
      pattern: /basic[ :]{1,2}([A-Za-z\d+/_-]{4,2048}={0,2})/iy,
      evidence: EVIDENCE.secret,
      verify: isUserAndPassword,
    },
  ],
  examples: {
    hits: ['Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'basic dXNlcjpwYXNz'],
    misses: ['Basic training', 'basic QWxhZGRpbg==', 'Basic auth'],
  },
});

function isUserAndPassword(encoded: string): boolean {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.includes(':') && !/[\u0000-\u001f\ufffd]/.test(decoded);
}
