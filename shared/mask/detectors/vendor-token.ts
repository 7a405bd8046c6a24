import { detector, EVIDENCE, type Extent, type PrefixRule } from '../detector.ts';

/** Prefixes and shapes that vendors document for the keys and tokens they give out. */
const SHAPES: readonly (readonly [prefixes: string, pattern: RegExp])[] = [
  // GitHub
  ['ghp_ gho_ ghu_ ghs_ ghr_', /gh[pousr]_[A-Za-z\d]{30,255}/y],
  ['github_pat_', /github_pat_\w{22,255}/y],
  // GitLab
  ['glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent-', /gl[a-z]{2,6}-[\w.-]{20,300}/y],
  // Slack
  ['xoxb xoxa xoxp xoxr xoxs xoxe xoxo xoxc xoxd', /xox[a-z](?:\.xox[bp])?-[A-Za-z\d-]{10,300}/y],
  ['xapp-', /xapp-\d-[A-Za-z\d-]{10,300}/y],
  // Stripe
  ['sk_live_ sk_test_ pk_live_ pk_test_ rk_live_ rk_test_', /[spr]k_(?:live|test)_[A-Za-z\d]{10,250}/y],
  ['whsec_', /whsec_[A-Za-z\d+/=]{24,250}/y],
  // Google
  ['AIza', /AIza[\w-]{35}/y],
  ['ya29.', /ya29\.[\w-]{20,2048}/y],
  ['GOCSPX-', /GOCSPX-[\w-]{28}/y],
  // Twilio, SendGrid, Mailgun, Mailchimp
  ['AC SK', /(?:AC|SK)[\da-f]{32}/y],
  ['SG.', /SG\.[\w-]{16,32}\.[\w-]{16,64}/y],
  ['key-', /key-[\da-f]{32}/y],
  // npm, PyPI, RubyGems, crates, Docker
  ['npm_', /npm_[A-Za-z\d]{36}/y],
  ['pypi-', /pypi-[\w-]{50,300}/y],
  ['rubygems_', /rubygems_[\da-f]{48}/y],
  ['cio', /cio[A-Za-z\d]{32}/y],
  ['dckr_pat_', /dckr_pat_[\w-]{20,64}/y],
  // OpenAI, Anthropic, Hugging Face and others of their kind
  ['sk-ant-', /sk-ant-[\w-]{20,300}/y],
  ['sk-', /sk-(?:(?:proj|svcacct|admin|None|or-v1)-)?[A-Za-z\d_-]{20,300}/y],
  ['hf_', /hf_[A-Za-z\d]{30,64}/y],
  ['gsk_', /gsk_[A-Za-z\d]{40,64}/y],
  ['r8_', /r8_[A-Za-z\d]{37,40}/y],
  ['xai-', /xai-[A-Za-z\d]{60,100}/y],
  ['pplx-', /pplx-[A-Za-z\d]{40,64}/y],
  // Clouds and hosts
  ['dop_v1_ doo_v1_ dor_v1_', /do[opr]_v1_[\da-f]{64}/y],
  ['hvs. hvb. hvr.', /hv[sbr]\.[\w-]{24,300}/y],
  ['dapi', /dapi[\da-f]{32}(?:-\d)?/y],
  ['HRKU-', /HRKU-[\w-]{30,70}/y],
  ['sbp_', /sbp_[\da-f]{40}/y],
  ['pscale_tkn_ pscale_pw_', /pscale_(?:tkn|pw)_[\w.-]{30,64}/y],
  ['ABSK', /ABSK[A-Za-z\d+/]{100,300}={0,2}/y],
  ['FlyV1', /FlyV1 fm\d_[A-Za-z\d+/=,_-]{40,2048}/y],
  // Shops, payments
  ['shpat_ shpca_ shppa_ shpss_', /shp(?:at|ca|pa|ss)_[\da-fA-F]{32}/y],
  ['sq0atp- sq0csp- sq0idp-', /sq0[a-z]{3}-[\w-]{22,43}/y],
  ['EAAA', /EAAA[\w-]{60}/y],
  ['rzp_live_ rzp_test_', /rzp_(?:live|test)_[A-Za-z\d]{14,24}/y],
  ['access_token', /access_token\$(?:production|sandbox)\$[\da-z]{16}\$[\da-f]{32}/y],
  // Work tools
  ['lin_api_', /lin_api_[A-Za-z\d]{40}/y],
  ['ntn_ secret_', /(?:ntn|secret)_[A-Za-z\d]{40,50}/y],
  ['PMAK-', /PMAK-[\da-f]{24}-[\da-f]{34}/y],
  ['NRAK- NRJS- NRII-', /NR(?:AK|JS|II)-[A-Za-z\d-]{19,32}/y],
  ['glsa_ glc_', /gl(?:sa|c)_[A-Za-z\d+/_=]{32,300}/y],
  ['ATATT3 ATCTT3', /AT[AC]TT3[\w=-]{50,300}/y],
  ['sntrys_ sntryu_', /sntry[su]_[\w=+/-]{40,300}/y],
  ['dp.pt. dp.st. dp.ct.', /dp\.[a-z]{2}\.[A-Za-z\d]{40,44}/y],
  ['phc_ phx_', /ph[cx]_[A-Za-z\d]{40,50}/y],
  ['figd_', /figd_[\w-]{36,64}/y],
  ['tskey-', /tskey-[a-z]{2,10}-[\w-]{15,80}/y],
  ['AGE-SECRET-KEY-1', /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/y],
  ['pat', /pat[A-Za-z\d]{14}\.[\da-f]{64}/y],
  ['pul-', /pul-[\da-f]{40}/y],
  ['tfp_', /tfp_[\w-]{40,64}/y],
  ['ops_eyJ', /ops_eyJ[\w=-]{100,2048}/y],
  ['vercel_ vcp_ vci_ vca_ vcr_ vck_', /(?:vercel|vc[piark])_[A-Za-z\d]{24,60}/y],
  ['EAAC EAAB EAAM', /EAA[BCM][A-Za-z\d]{80,300}/y],
  // GitLab's others
  ['glffct-', /glffct-[\w-]{20}/y],
  ['GR1348941', /GR1348941[\w-]{20}/y],
  // Artifactory, Alibaba, Adobe, Yandex, Grafana of old
  ['AKCp', /AKCp[A-Za-z\d]{69}/y],
  ['cmVmdGtu', /cmVmdGtu[A-Za-z\d]{56}/y],
  ['LTAI', /LTAI[A-Za-z\d]{20}/y],
  ['p8e-', /p8e-[A-Za-z\d]{32}/y],
  ['AQVN', /AQVN[\w-]{35,38}/y],
  ['eyJrIjoi', /eyJrIjoi[A-Za-z\d+/]{50,400}={0,2}/y],
  // Builds and delivery
  ['pscale_oauth_', /pscale_oauth_[\w.-]{32,64}/y],
  ['pnu_', /pnu_[A-Za-z\d]{36}/y],
  ['sgp_', /sgp_(?:[\da-fA-F]{16}_|local_)?[\da-fA-F]{40}/y],
  ['squ_ sqp_ sqa_', /sq[upa]_[\da-f]{40}/y],
  ['bkua_', /bkua_[\da-f]{40}/y],
  ['CCIPAT_', /CCIPAT_[A-Za-z\d]{22}_[\da-f]{40}/y],
  ['tk-us-', /tk-us-[\w-]{48}/y],
  ['fo1_ fm1r_ fm1a_ fm2_', /f(?:o1|m1[ar]|m2)_[\w+/-]{43,2048}={0,3}/y],
  ['dt0c01.', /dt0c01\.[A-Z\d]{24}\.[A-Z\d]{64}/y],
  ['ATBB', /ATBB[A-Za-z\d]{32}/y],
  // Mail, messages, documents
  ['xkeysib- xsmtpsib-', /x(?:key|smtp)sib-[\da-f]{64}-[A-Za-z\d]{16}/y],
  ['CFPAT-', /CFPAT-[\w-]{43}/y],
  ['fio-u-', /fio-u-[\w=-]{64}/y],
  ['rdme_', /rdme_[a-z\d]{70}/y],
  ['pat-na1- pat-eu1-', /pat-(?:na|eu)1-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/y],
  // Clouds' and hosts' others
  ['da2-', /da2-[a-z\d]{26}/y],
  ['amzn.mws.', /amzn\.mws\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/y],
  ['AVNS_', /AVNS_[\w-]{16,24}/y],
  ['nfp_', /nfp_[A-Za-z\d]{36,40}/y],
  ['rnd_', /rnd_[A-Za-z\d]{28,32}/y],
  ['napi_', /napi_[a-z\d]{60,64}/y],
  ['sb_secret_', /sb_secret_[\w-]{24,48}/y],
  ['sl.', /sl\.(?:u\.)?[\w=-]{120,1300}/y],
  // Payments, parcels, flights
  ['sk_prod_ rk_prod_ pk_prod_', /[spr]k_prod_[A-Za-z\d]{10,250}/y],
  ['FLWSECK', /FLWSECK(?:_TEST)?-[\da-zA-Z]{12,40}(?:-X)?/y],
  ['EZAK EZTK', /EZ[AT]K[A-Za-z\d]{54}/y],
  ['duffel_live_ duffel_test_', /duffel_(?:live|test)_[\w=-]{43}/y],
  // Models
  ['nvapi-', /nvapi-[\w-]{60,80}/y],
  ['pcsk_', /pcsk_[A-Za-z\d]{5,8}_[A-Za-z\d]{50,70}/y],
  ['lsv2_pt_ lsv2_sk_', /lsv2_(?:pt|sk)_[\da-f]{32}_[\da-f]{10}/y],
];

/**
 * Keys that a word begins which texts are full of, or too few letters and digits: told by how long those are and what
 * follows them. A pattern that begins with a class is tried on words that begin so.
 */
const BY_WORD: readonly (readonly ['letters' | 'mixed', length: number, next: string, pattern: RegExp])[] = [
  // 1Password
  ['mixed', 2, '-', /A3-[A-Z\d]{6}-(?:[A-Z\d]{11}|[A-Z\d]{6}-[A-Z\d]{5})(?:-[A-Z\d]{5}){3}/y],
  // Cloudflare
  ['mixed', 2, '.', /[v]1\.0-[\da-f]{24}-[\da-f]{146}/y],
  // Infracost, Hugging Face, Octopus
  ['letters', 3, '-', /[i]co-[A-Za-z\d]{32}/y],
  ['letters', 3, '_', /[a]pi_org_[A-Za-z\d]{34}/y],
  ['letters', 3, '-', /API-[A-Z\d]{26}/y],
  // GitLab
  ['letters', 5, '-', /[g]loas-[\w-]{64}/y],
  // Entra ID
  ['mixed', 5, '~', /[A-Za-z\d]{3}\dQ~[\w~.-]{31,34}/y],
  // OpenShift
  ['mixed', 6, '~', /[s]ha256~[\w-]{43}/y],
  // Plaid, Shippo
  ['letters', 6, '-', /[a]ccess-(?:production|sandbox|development)-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/y],
  ['letters', 6, '_', /[s]hippo_(?:live|test)_[\da-f]{40}/y],
  // Bedrock, Clojars
  ['letters', 7, '-', /[b]edrock-api-key-[A-Za-z\d+/=]{20,2048}/y],
  ['letters', 7, '_', /CLOJARS_[A-Za-z\d]{60}/y],
  // Discord’s web hooks
  ['letters', 7, '.', /[d]iscord\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(\d{17,20}\/[\w-]{60,80})/y],
  ['letters', 10, '.', /[d]iscordapp\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(\d{17,20}\/[\w-]{60,80})/y],
  // Terraform
  ['mixed', 14, '.', /[A-Za-z\d]{14}\.atlasv1\.[\w=-]{60,70}/y],
];

export const vendorToken = detector({
  name: 'vendor-token',
  group: 'credentials',
  finds:
    'Keys and tokens that tell by their prefix who gave them out: GitHub, GitLab, Slack, Stripe, Google, Twilio, SendGrid, Mailgun, npm, PyPI, Docker, OpenAI, Anthropic, Hugging Face, DigitalOcean, HashiCorp Vault, Databricks, Shopify, Square, Notion, Linear, New Relic, Grafana, Atlassian, Telegram, Discord and others.',
  needs: 'The prefix, and the length and characters the vendor documents.',
  overlooks: 'Vendors whose keys have no prefix: see api-key.',
  rules: [
    ...SHAPES.map(
      ([prefixes, pattern]): PrefixRule => ({
        kind: 'prefix',
        prefixes: prefixes.split(' '),
        pattern,
        evidence: EVIDENCE.secret,
        verify: isKey,
      }),
    ),
    {
      kind: 'word',
      first: 'digits',
      length: [8, 10],
      next: ':',
      pattern: /\d{8,10}:[\w-]{35}/y,
      evidence: EVIDENCE.secret,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [23, 28],
      next: '.',
      pattern: /[MNO][A-Za-z\d]{22,27}\.[\w-]{6}\.[\w-]{27,40}/y,
      evidence: EVIDENCE.secret,
    },
    {
      kind: 'word',
      first: 'mixed',
      length: [32, 32],
      next: '-',
      pattern: /[\da-f]{32}-us\d{1,2}/y,
      evidence: EVIDENCE.secret,
    },
    ...BY_WORD.map(([first, length, next, pattern]) => ({
      kind: 'word' as const,
      first,
      length: [length, length] as const,
      next,
      pattern,
      evidence: EVIDENCE.secret,
      verify: isKey,
    })),
    {
      kind: 'word',
      first: 'digits',
      length: [15, 16],
      next: '|',
      pattern: /\d{15,16}\|[\w-]{27,40}/y,
      evidence: EVIDENCE.secret,
    },
    // Vault before 1.10
    {
      kind: 'prefix',
      prefixes: ['s.'],
      third: 'abcdefghijklmnopqrstuvwxyz0123456789',
      pattern: /s\.(?=[A-Za-z\d]{0,23}[A-Z])(?=[A-Za-z\d]{0,23}[a-z])[A-Za-z\d]{24}/y,
      evidence: EVIDENCE.secret,
      verify: isKey,
    },
    // MaxMind
    { kind: 'prefix', prefixes: ['mmk'], find: findLicence, evidence: EVIDENCE.secret },
    {
      kind: 'prefix',
      prefixes: ['hooks.slack'],
      pattern: /hooks\.slack\.com\/services\/(T[A-Z\d]{6,12}\/B[A-Z\d]{6,12}\/[A-Za-z\d]{20,32})/y,
      evidence: EVIDENCE.secret,
    },
  ],
  examples: {
    hits: [
      `ghp_${'a1B2'.repeat(9)}`,
      `github_pat_11ABCDEFG0${'x1'.repeat(20)}`,
      `glpat-${'aB3_'.repeat(5)}`,
      'xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx',
      `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
      `AIza${'SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q'}`,
      `AC${'0123456789abcdef'.repeat(2)}`,
      `SG.${'aB3dE5gH7jK9mN1pQ3sT5v'}.${'aB3dE5gH7jK9mN1pQ3sT5vX7zA9cE1gI3kM5oQ7sU9w'}`,
      `npm_${'aB3d'.repeat(9)}`,
      `sk-proj-${'aB3dE5gH7j'.repeat(4)}`,
      `sk-ant-api03-${'aB3dE5gH7j'.repeat(8)}`,
      `110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1`.slice(0, 45),
      `token=hf_${'aBcDeFgHiJ'.repeat(3)}Klmn`,
    ],
    misses: [
      'ghp_short',
      'sk-learn-is-not-a-token',
      'AIzaShort',
      'sk_live_',
      'SKU12345678',
      'key-value-pairs-are-nice',
      'xoxo',
    ],
  },
});

const LICENCE = /(?:^|[^A-Za-z\d_])[A-Za-z\d]{6}_[A-Za-z\d]{29}_$/;

/** `abc123_…_mmk`: told by its end. */
function findLicence(text: string, end: number): Extent | undefined {
  const joined = /[\w-]/.test(text[end + 3] ?? '');
  return !joined && LICENCE.test(text.slice(Math.max(0, end - 38), end)) ? [end - 37, end + 3] : undefined;
}

/** Words joined by hyphens, `sk-learn-and-other-libraries`, are no key. */
function isKey(token: string): boolean {
  return /\d/.test(token.slice(4)) || /[A-Z]/.test(token.slice(6));
}
