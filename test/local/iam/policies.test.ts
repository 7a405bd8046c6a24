import { describe, expect, it } from 'vitest';
import { createAccess } from '../../../local/iam/access.ts';
import { conditionsHold } from '../../../local/iam/condition.ts';
import { createPolicies } from '../../../local/iam/policies.ts';
import { PolicyError, readPolicy } from '../../../local/iam/statement.ts';
import { wildcard } from '../../../local/iam/wildcard.ts';
import { processorMs } from '../../factories/processor-time.ts';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
const TRUST = {
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'firehose.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': ACCOUNT } },
  },
};

function account(statements: readonly object[]) {
  const policies = createPolicies({
    accountId: ACCOUNT,
    region: 'us-east-1',
    functionArn: (name) => (name.startsWith('arn:') ? name : `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`),
  });
  const add = (type: string, logicalId: string, properties: object, ref = logicalId) =>
    policies.add({ type, logicalId, properties: properties as Record<string, unknown> }, ref);
  const Policies = [{ PolicyName: 'inline', PolicyDocument: { Statement: statements } }];
  add(
    'AWS::IAM::Role',
    'Reader',
    { AssumeRolePolicyDocument: TRUST, ...(statements.length > 0 && { Policies }) },
    'reader',
  );
  const access = createAccess(policies, ACCOUNT);
  const decide = (action: string, resource: string, context = {}) => access.decide(ROLE, { action, resource, context });
  return { access, add, policies, decide };
}

const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}) => ({ Effect: 'Deny', Action, Resource, ...more });

describe('a role', () => {
  it('may do what a statement allows, on the resources it names, and nothing else', () => {
    const { decide } = account([allow(['s3:Get*', 's3:PutObject'], 'arn:aws:s3:::lake/in/*')]);
    expect(decide('s3:GetObject', 'arn:aws:s3:::lake/in/a/b.json')).toBe('allowed');
    expect(decide('s3:putobject', 'arn:aws:s3:::lake/in/a')).toBe('allowed');
    expect(decide('s3:GetObject', 'arn:aws:s3:::lake/out/a')).toBe('implicit-deny');
    expect(decide('s3:GetObject', 'arn:aws:s3:::LAKE/in/a')).toBe('implicit-deny');
    expect(decide('s3:DeleteObject', 'arn:aws:s3:::lake/in/a')).toBe('implicit-deny');
  });

  it('may not do what is denied, whatever allows it', () => {
    const { decide, add } = account([allow('*', '*'), deny('sqs:*', '*')]);
    expect(decide('sqs:SendMessage', 'arn:aws:sqs:us-east-1:0:q')).toBe('explicit-deny');
    add('AWS::S3::BucketPolicy', 'Policy', {
      PolicyDocument: { Statement: { ...deny('s3:*', 'arn:aws:s3:::lake/*'), Principal: '*' } },
    });
    expect(decide('s3:GetObject', 'arn:aws:s3:::lake/a')).toBe('explicit-deny');
    expect(decide('s3:GetObject', 'arn:aws:s3:::other/a')).toBe('allowed');
  });

  it('passes a policy that wants TLS', () => {
    const { decide, add } = account([allow('s3:*', '*')]);
    const statement = {
      ...deny('s3:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      Principal: '*',
    };
    add('AWS::S3::BucketPolicy', 'Policy', { PolicyDocument: { Statement: statement } });
    expect(decide('s3:GetObject', 'arn:aws:s3:::lake/a')).toBe('allowed');
  });

  it('gets what policies of their own attach to it, and loses it with them', () => {
    const { decide, add, policies } = account([]);
    expect(decide('sqs:SendMessage', 'q')).toBe('implicit-deny');
    add('AWS::IAM::Policy', 'Extra', {
      Roles: ['reader'],
      PolicyDocument: { Statement: allow('sqs:SendMessage', 'q') },
    });
    expect(decide('sqs:SendMessage', 'q')).toBe('allowed');
    policies.remove('Extra');
    expect(decide('sqs:SendMessage', 'q')).toBe('implicit-deny');
  });

  it('is allowed by a resource’s policy that names it, or its account', () => {
    const { decide, add } = account([]);
    const Statement = { ...allow('sqs:SendMessage', 'q'), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
    add('AWS::SQS::QueuePolicy', 'Policy', { PolicyDocument: { Statement } });
    expect(decide('sqs:SendMessage', 'q')).toBe('allowed');
  });

  it('of another account has no policies here', () => {
    const { access } = account([]);
    expect(access.decide('arn:aws:iam::111111111111:role/other', { action: 's3:GetObject', resource: '*' })).toBe(
      'allowed',
    );
  });

  it('tells apart, by a condition, requests that are otherwise alike', () => {
    const condition = { Condition: { StringLike: { 's3:prefix': ['errors/*', 'errors'] } } };
    const { decide } = account([allow('s3:ListBucket', 'arn:aws:s3:::lake', condition)]);
    expect(decide('s3:ListBucket', 'arn:aws:s3:::lake', { 's3:prefix': 'errors/2026' })).toBe('allowed');
    expect(decide('s3:ListBucket', 'arn:aws:s3:::lake', { 's3:prefix': '' })).toBe('implicit-deny');
    expect(decide('s3:ListBucket', 'arn:aws:s3:::lake')).toBe('implicit-deny');
  });

  it('may do no more than its boundary allows, and nothing that it denies', () => {
    const { add, access } = account([]);
    const bound = [allow(['s3:*', 'sqs:*'], '*'), deny('sqs:DeleteMessage', '*')];
    add('AWS::IAM::ManagedPolicy', 'Bound', { PolicyDocument: { Statement: bound } }, 'arn:bound');
    const Policies = [{ PolicyDocument: { Statement: allow(['s3:GetObject', 'sqs:*', 'kinesis:*'], '*') } }];
    const properties = { AssumeRolePolicyDocument: TRUST, Policies, PermissionsBoundary: 'arn:bound' };
    add('AWS::IAM::Role', 'Bounded', properties, 'bounded');
    const may = (action: string) =>
      access.decide(`arn:aws:iam::${ACCOUNT}:role/bounded`, { action, resource: 'arn:aws:s3:::lake/a' });
    expect(may('s3:GetObject')).toBe('allowed');
    expect(may('s3:PutObject')).toBe('implicit-deny');
    expect(may('kinesis:GetRecords')).toBe('implicit-deny');
    expect(may('sqs:DeleteMessage')).toBe('explicit-deny');
    expect(() => add('AWS::IAM::Role', 'Lost', { ...properties, PermissionsBoundary: 'arn:other' })).toThrow(
      'Lost: the account has no policy arn:other to bound it by',
    );
  });

  it('notes what was denied, and how often', () => {
    const { access } = account([]);
    for (let time = 0; time < 3; time++) access.may(ROLE, { action: 's3:GetObject', resource: 'arn:aws:s3:::lake/a' });
    expect(access.denials()).toEqual([
      { roleArn: ROLE, action: 's3:GetObject', resource: 'arn:aws:s3:::lake/a', times: 3 },
    ]);
  });
});

describe('services', () => {
  it('assume a role that trusts them, under its conditions', () => {
    const { access } = account([]);
    expect(access.trusts(ROLE, 'firehose.amazonaws.com', { 'sts:ExternalId': ACCOUNT })).toBe(true);
    expect(access.trusts(ROLE, 'firehose.amazonaws.com')).toBe(false);
    expect(access.trusts(ROLE, 'lambda.amazonaws.com', { 'sts:ExternalId': ACCOUNT })).toBe(false);
  });

  it('invoke a function that permits it, from where it says', () => {
    const { access, add } = account([]);
    const group = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group`;
    add('AWS::Lambda::Permission', 'Permission', {
      FunctionName: 'decoder',
      Action: 'lambda:InvokeFunction',
      Principal: 'logs.amazonaws.com',
      SourceArn: `${group}:/app/*:*`,
    });
    const may = (service: string, source: string, name = 'decoder') =>
      access.serviceMay(service, {
        action: 'lambda:InvokeFunction',
        resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
        context: { 'aws:SourceArn': source },
      });
    expect(may('logs.amazonaws.com', `${group}:/app/web:*`)).toBe(true);
    expect(may('logs.amazonaws.com', `${group}:/other:*`)).toBe(false);
    expect(may('events.amazonaws.com', `${group}:/app/web:*`)).toBe(false);
    expect(may('logs.amazonaws.com', `${group}:/app/web:*`, 'another')).toBe(false);
  });
});

describe('conditions', () => {
  const cases: readonly [string, object, Record<string, string | string[]>, boolean][] = [
    ['equal', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['not equal to any', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['negated, of an absent key', { StringNotEquals: { k: 'a' } }, {}, true],
    ['of an absent key', { StringEquals: { k: 'a' } }, {}, false],
    ['of an absent key, if it exists', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['ARNs alike', { ArnLike: { k: 'arn:aws:s3:::lake*' } }, { k: 'arn:aws:s3:::lake-1' }, true],
    ['truth', { Bool: { k: true } }, { k: 'true' }, true],
    ['absence', { Null: { k: 'true' } }, {}, true],
    ['presence', { Null: { k: 'false' } }, { k: 'x' }, true],
    ['numbers', { NumericLessThan: { k: 10 } }, { k: '9' }, true],
    ['any of several', { 'ForAnyValue:StringEquals': { k: 'a' } }, { k: ['b', 'a'] }, true],
    ['all of several', { 'ForAllValues:StringEquals': { k: 'a' } }, { k: ['b', 'a'] }, false],
    ['two keys, both', { StringEquals: { k: 'a', j: 'b' } }, { k: 'a', j: 'c' }, false],
  ];
  it.each(cases)('%s', (_name, conditions, context, expected) => {
    expect(conditionsHold(conditions as never, context)).toBe(expected);
  });

  it('take keys in any case', () => {
    expect(conditionsHold({ StringEquals: { 'AWS:sourceaccount': '1' } }, { 'aws:SourceAccount': '1' })).toBe(true);
  });
});

describe('a policy that can’t be enforced', () => {
  it.each([
    [
      'an operator that is not known',
      { ...allow('*', '*'), Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
    ],
    ['NotPrincipal', { ...deny('*', '*'), NotPrincipal: '*' }],
    ['no effect', { Action: '*', Resource: '*' }],
  ])('is refused: %s', (_name, statement) => {
    expect(() => readPolicy({ Statement: statement }, 'Role')).toThrow(PolicyError);
  });
});

describe('wildcards', () => {
  it('match any run and any one character, and nothing else specially', () => {
    expect(wildcard('a*c?')('abbbcd')).toBe(true);
    expect(wildcard('a.c')('abc')).toBe(false);
    expect(wildcard('a*')('a\nb')).toBe(true);
    expect(wildcard('s3:get*', { ignoreCase: true })('S3:GetObject')).toBe(true);
  });

  it('take no longer for many stars', () => {
    const spent = processorMs(() => expect(wildcard(`${'*'.repeat(200)}x`)('a'.repeat(20_000))).toBe(false));
    expect(spent).toBeLessThan(1000);
  });
});
