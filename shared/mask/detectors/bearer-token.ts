import { detector, EVIDENCE } from '../detector.ts';

export const bearerToken = detector({
  name: 'bearer-token',
  group: 'credentials',
  finds: 'What follows `Bearer` or `Token` in an Authorization header or a text.',
  needs: 'Eight characters or more, with a digit among them or 20 characters.',
  overlooks: 'Tokens that are a plain word.',
  rules: [
    {
      kind: 'prefix',
      prefixes: ['Bearer', 'bearer', 'BEARER'],
      pattern: /bearer[ :=]{1,3}["']?([A-Za-z\d._~+/=-]{8,4096})/iy,
      evidence: EVIDENCE.secret,
      verify: isToken,
    },
    {
      kind: 'prefix',
      prefixes: ['Authorization', 'authorization', 'AUTHORIZATION'],
      pattern:
        /authorization["']?[ :=]{1,3}["']?(?:token|apikey|api-key|key|digest|negotiate|ntlm|oauth) {1,2}([A-Za-z\d._~+/=-]{8,4096})/iy,
      evidence: EVIDENCE.secret,
      verify: isToken,
    },
  ],
  examples: {
    hits: [
      'Authorization: Bearer mF_9.B5f-4.1JqM',
      'bearer 0123456789abcdef',
      'Authorization: Token 9944b09199c62bcf9418ad846dd0e4bb',
    ],
    misses: ['the bearer of this letter', 'Bearer authentication', 'bearer token missing'],
  },
});

function isToken(token: string): boolean {
  return token.length >= 20 || /\d/.test(token);
}
