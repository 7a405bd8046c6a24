import { detector, EVIDENCE } from '../detector.ts';

/** What a token or secret is named after. Not `page`, `next`, `sync`: those are places in a list. */
const WHOSE = (
  'slack github gitlab gh npm pypi docker telegram discord twilio vault jira circleci sonar snyk datadog sentry firebase fcm apns openai anthropic ' +
  'facebook twitter google azure gcp heroku digitalocean cloudflare mapbox stripe shopify square paypal hubspot notion linear okta auth0 consul ' +
  'jwt session hmac cookie db root master admin site server service storage shared totp mfa oauth csrf magic invite activation confirmation ' +
  'unsubscribe rememberme impersonation registration identity saml sso oidc personal personalaccess runner installation ci job webhook app deploy checkout cart payment gateway'
).split(' ');

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
    // `API key: …`, `the secret key is …`
    {
      kind: 'prefix',
      prefixes: ['key', 'Key', 'token', 'secret'],
      pattern:
        /(?<=\b(?:api|access|secret|auth|signing|encryption|master|account|service|app|client|webhook|session) )(?:key|token|secret)(?: is|\s{0,2}[:=])\s{0,2}["'`]?([\w.~+/=-]{12,256})/iy,
      evidence: EVIDENCE.secret,
      verify: (said) => /\d/.test(said) && /[a-z]/i.test(said),
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
        ...WHOSE.flatMap((whose) => [`${whose}token`, `${whose}secret`]),
        'secretkeybase',
        'sessioncookie',
        'authcookie',
        'logincookie',
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
    {
      names: ['credential', 'credentials'],
      // What STS gives out names its parts itself.
      verifyContainer: (json) => !/"(?:aws_?)?(?:access_?key_?id|secret_?access_?key)"/i.test(json),
      verifyInText: looksSecret,
    },
    // How many, in the reports of language models.
    {
      names: ['tokens'],
      verify: (text) => !/^\d{1,9}$/.test(text),
      verifyContainer: (json) => /[:[]\s{0,8}"/.test(json),
      verifyInText: looksSecret,
    },
    { names: ['bearer'], verify: (text) => text.length >= 16, verifyInText: looksSecret },
    { names: ['sig', 'sas', 'sastoken'], verify: (text) => text.length >= 40 },
    {
      names: ['authorization', 'proxyauthorization', 'xauthorization'],
      verify: (text) => !/^(?:\s|%20|\+){0,3}(?:basic|bearer)(?:\s|%20|\+|$)/i.test(text),
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
      { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', sessionToken: 'x' } },
      'deploy --api-key 0a1b2c3d4e5f --force',
      'GET /v1?access_token=abc123def&x=1',
      'api_key: 0123456789abcdef',
      'Set-Cookie: sid=38afes7a8; Path=/',
      { authorization: 'Custom abcdef' },
      'API key: 0a1b2c3d4e5f6a7b',
      'the client secret is 0a1b2c3d4e5f6a7b',
      { GITHUB_TOKEN: 'x' },
      { prodSlackToken: 'x' },
    ],
    misses: [
      { nextPageTokens: 3 },
      { tokens: 26675 },
      { usage: { tokens: { input: 812, output: 77 } } },
      { tokens: [15496, 995] },
      { nextPageToken: 'CAUQAA' },
      { total_tokens: 812 },
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
