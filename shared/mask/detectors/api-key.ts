import { detector, EVIDENCE } from '../detector.ts';

export const apiKey = detector({
  name: 'api-key',
  group: 'credentials',
  finds:
    'Values under keys that name an API key, a token, a secret, a cookie or an Authorization header; in JSON, in headers, in query strings and as `api_key=…` in text.',
  needs: 'A key that names it. All that is below such a key is masked.',
  overlooks: 'Keys that nothing names and that have no vendor’s prefix.',
  rules: [
    {
      kind: 'prefix',
      prefixes: ['token', 'secret', 'key'],
      pattern: /(?<=--(?:[a-z\d]{1,12}-){0,2})(?:token|secret|key) {1,2}["']?([^\s"'-][^\s"']{0,255})/y,
      evidence: EVIDENCE.secret,
      verify: looksSecret,
    },
  ],
  keys: [
    {
      names: [
        'apikey',
        'apisecret',
        'apitoken',
        'appkey',
        'appsecret',
        'accesstoken',
        'refreshtoken',
        'idtoken',
        'authtoken',
        'authkey',
        'authcode',
        'sessiontoken',
        'securitytoken',
        'bearertoken',
        'csrftoken',
        'xsrftoken',
        'clientsecret',
        'secretkey',
        'signingkey',
        'signingsecret',
        'encryptionkey',
        'webhooksecret',
        'sharedsecret',
        'consumersecret',
        'consumerkey',
        'accountkey',
        'subscriptionkey',
        'masterkey',
        'servicekey',
        'licensekey',
        'devicetoken',
        'pushtoken',
        'oauthtoken',
        'usertoken',
        'verificationtoken',
        'resettoken',
        'invitetoken',
        'logintoken',
        'jwttoken',
        'accesskey',
        'tokensecret',
        'privatetoken',
        'deploytoken',
        'bottoken',
        'connectionstring',
      ],
      suffix: true,
      verifyInText: looksSecret,
    },
    {
      names: [
        'token',
        'secret',
        'secrets',
        'jwt',
        'cookie',
        'cookies',
        'setcookie',
        'credential',
        'credentials',
        'xamzsecuritytoken',
        'xamzsignature',
        'xamzcredential',
        'sharedaccesssignature',
        'phpsessid',
        'jsessionid',
        'sessionsecret',
        'connectsid',
        'aspnetsessionid',
      ],
      verifyInText: looksSecret,
    },
    { names: ['sig', 'sas', 'sastoken'], verify: (text) => text.length >= 40 },
    {
      names: ['authorization', 'proxyauthorization', 'xauthorization'],
      verify: (text) => !/^(?:\s|%20|\+){0,3}(?:basic|bearer)(?:\s|%20|\+)/i.test(text),
      verifyInText: looksSecret,
    },
  ],
  examples: {
    hits: [
      { apiKey: 'abc123' },
      { 'X-API-Key': 'abc' },
      { headers: { Cookie: 'sid=1; theme=dark' } },
      { stripe_secret_key: 'x' },
      { credentials: { user: 'a', keys: ['b', 'c'] } },
      'deploy --api-key 0a1b2c3d4e5f --force',
      'GET /v1?access_token=abc123def&x=1',
      'api_key: 0123456789abcdef',
      'Set-Cookie: sid=38afes7a8; Path=/',
      { authorization: 'Custom abcdef' },
    ],
    misses: [
      { nextPageTokens: 3 },
      'Unexpected token: else',
      { apiKeyRequired: true },
      { tokenType: 'bearer' },
      'the secret: be kind',
    ],
  },
});

/** In a sentence `token: else` says nothing secret. */
function looksSecret(value: string): boolean {
  return (
    value.length >= 20 ||
    (value.length >= 6 && /\d/.test(value)) ||
    /^[^a-z]{0,64}[a-z][^\s]{0,64}[A-Z]/.test(value) ||
    value.includes('=')
  );
}
