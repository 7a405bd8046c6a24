import { detector, EVIDENCE } from '../detector.ts';

export const awsAccessKey = detector({
  name: 'aws-access-key',
  group: 'credentials',
  finds:
    'Access key ids of AWS: long-term (AKIA…), temporary (ASIA…), of STS service bearers (ABIA…) and contexts (ACCA…), and old ones (A3T…).',
  needs: 'The prefix and 16 capital letters and digits.',
  overlooks: 'Ids of users, roles and groups (AIDA…, AROA…), which are no credentials.',
  rules: [
    {
      kind: 'prefix',
      prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'],
      pattern: /A(?:KIA|SIA|BIA|CCA|3T[A-Z\d])[A-Z\d]{16}/y,
      evidence: EVIDENCE.secret,
    },
  ],
  keys: [{ names: ['awsaccesskeyid', 'accesskeyid', 'awsaccesskey'], verify: (text) => /^[A-Z\d]{16,32}$/.test(text) }],
  examples: {
    hits: [
      'AKIAIOSFODNN7EXAMPLE',
      'aws_access_key_id=ASIAIOSFODNN7EXAMPLE',
      { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' },
      { credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } },
    ],
    misses: ['AKIAIOSFODNN7EXAMPL', 'AKIAIOSFODNN7EXAMPLEX', 'AROAIOSFODNN7EXAMPLE', 'akiaiosfodnn7example'],
  },
});
