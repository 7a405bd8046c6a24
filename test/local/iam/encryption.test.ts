import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../local/iam/access.ts';
import { createEncryption } from '../../../local/iam/encryption.ts';
import { createPolicies } from '../../../local/iam/policies.ts';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/k-1`;
const EVERYTHING_BUT_KEYS = { Effect: 'Allow', NotAction: 'kms:*', Resource: '*' };
const DELEGATES = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

/** A role, resources that are encrypted, and the policy of their key. */
function account(statements: readonly object[] = [], keyStatements: readonly object[] = [DELEGATES]) {
  const place = { accountId: ACCOUNT, region: 'us-east-1' };
  const policies = createPolicies({ ...place, functionArn: (name) => name });
  const encryption = createEncryption({ ...place, keyArn: (name) => (name === 'alias/own' ? KEY : undefined) });
  const add = (type: string, properties: object, ref: string) => {
    const resource = { type, logicalId: ref, properties: properties as Record<string, unknown> };
    encryption.add(resource, ref);
    policies.add(resource, ref);
  };
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const PolicyDocument = { Statement: [EVERYTHING_BUT_KEYS, ...statements] };
  const AssumeRolePolicyDocument = { Statement: trust };
  add('AWS::IAM::Role', { AssumeRolePolicyDocument, Policies: [{ PolicyDocument }] }, 'worker');
  add('AWS::KMS::Key', { KeyPolicy: { Statement: keyStatements } }, 'k-1');
  const byKey = (KMSMasterKeyID?: string) => ({
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } }],
  });
  add('AWS::S3::Bucket', { BucketEncryption: byKey(KEY) }, 'lake');
  add('AWS::S3::Bucket', { BucketEncryption: byKey() }, 'plain');
  add('AWS::Kinesis::Stream', { StreamEncryption: { EncryptionType: 'KMS', KeyId: 'k-1' } }, 'events');
  add('AWS::Kinesis::Stream', { StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' } }, 'managed');
  add('AWS::SQS::Queue', { KmsMasterKeyId: 'alias/own' }, `http://localhost/${ACCOUNT}/letters`);
  add('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: KEY } }, 'ledger');
  add('AWS::SecretsManager::Secret', { KmsKeyId: KEY }, `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:key`);
  const access = createAccess(policies, ACCOUNT, encryption.needsOf);
  return {
    access,
    encryption,
    refused: (action: string, resource: string) => access.refusal(ROLE, { action, resource })?.need.action,
  };
}

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;
const USES: readonly (readonly [string, string, string])[] = [
  ['s3:PutObject', 'arn:aws:s3:::lake/a', 'kms:GenerateDataKey'],
  ['s3:GetObject', 'arn:aws:s3:::lake/a', 'kms:Decrypt'],
  ['kinesis:PutRecords', arn('kinesis', 'stream/events'), 'kms:GenerateDataKey'],
  ['kinesis:GetRecords', arn('kinesis', 'stream/events'), 'kms:Decrypt'],
  ['kinesis:SubscribeToShard', arn('kinesis', 'stream/events/consumer/one:1'), 'kms:Decrypt'],
  ['sqs:SendMessage', arn('sqs', 'letters'), 'kms:GenerateDataKey'],
  ['sqs:ReceiveMessage', arn('sqs', 'letters'), 'kms:Decrypt'],
  ['dynamodb:UpdateItem', arn('dynamodb', 'table/ledger'), 'kms:Decrypt'],
  ['dynamodb:Query', arn('dynamodb', 'table/ledger/index/by-time'), 'kms:Decrypt'],
  ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:key-AbCdEf'), 'kms:Decrypt'],
];

describe('a resource that is encrypted with a key of the account’s own', () => {
  it.each(USES)('%s on %s takes %s', (action, resource, keyAction) => {
    expect(account().refused(action, resource)).toBe(keyAction);
    const allowed = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: KEY };
    expect(account([allowed]).refused(action, resource)).toBeUndefined();
  });

  it('takes nothing where no data passes, nor with keys that AWS manages', () => {
    const { refused, access } = account();
    expect(refused('s3:ListBucket', 'arn:aws:s3:::lake')).toBeUndefined();
    expect(refused('sqs:DeleteMessage', arn('sqs', 'letters'))).toBeUndefined();
    expect(refused('s3:PutObject', 'arn:aws:s3:::plain/a')).toBeUndefined();
    expect(refused('s3:PutObject', 'arn:aws:s3:::lakeside/a')).toBeUndefined();
    expect(refused('kinesis:PutRecords', arn('kinesis', 'stream/managed'))).toBeUndefined();
    expect(access.denials()).toEqual([]);
  });

  it('lets a statement name the service, and the resource, that the key is used for', () => {
    const through = (service: string, more: object = {}) => ({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KEY,
      Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com`, ...more } },
    });
    const { refused } = account([through('s3')]);
    expect(refused('s3:GetObject', 'arn:aws:s3:::lake/a')).toBeUndefined();
    expect(refused('kinesis:GetRecords', arn('kinesis', 'stream/events'))).toBe('kms:Decrypt');
    const other = account([through('s3', { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::other' })]);
    expect(other.refused('s3:GetObject', 'arn:aws:s3:::lake/a')).toBe('kms:Decrypt');
  });

  it('leaves the last word to the key’s own policy', () => {
    const allowed = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
    const named = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'kms:Decrypt', Resource: '*' };
    const read = (statements: readonly object[], key: readonly object[]) =>
      account(statements, key).refused('s3:GetObject', 'arn:aws:s3:::lake/a');
    const somebody = { ...named, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` } };
    expect(read([allowed], [somebody])).toBe('kms:Decrypt');
    expect(read([], [named])).toBeUndefined();
    expect(read([], [DELEGATES])).toBe('kms:Decrypt');
    expect(read([allowed], [DELEGATES])).toBeUndefined();
    expect(read([allowed], [DELEGATES, { ...named, Effect: 'Deny' }])).toBe('kms:Decrypt');
  });

  it('is forgotten with it', () => {
    const { encryption } = account();
    const need = { action: 's3:GetObject', resource: 'arn:aws:s3:::lake/a' };
    expect(encryption.needsOf(need)).toHaveLength(1);
    encryption.remove('lake');
    expect(encryption.needsOf(need)).toEqual([]);
  });
});
