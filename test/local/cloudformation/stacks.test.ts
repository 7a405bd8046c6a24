import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  UpdateStackCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { DescribeStreamSummaryCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../../local/account/start-local.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let account: LocalAccount;
let client: CloudFormationClient;
let StackName = '';
let count = 0;

beforeAll(async () => {
  account = await startLocal({ empty: true });
  client = new CloudFormationClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
});
afterAll(() => account.stop());
beforeEach(() => {
  count += 1;
  StackName = `stack-${count}`;
});

const queue = (name: string, seconds = 30) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: `${StackName}-${name}`, VisibilityTimeout: seconds },
});
const body = (Resources: object, more: object = {}) => JSON.stringify({ Resources, ...more });

async function settled(): Promise<string> {
  for (;;) {
    const stack = account.cloudFormation.stacks().find(({ name }) => name === StackName);
    if (stack !== undefined && !stack.status.endsWith('_IN_PROGRESS')) return stack.status;
    await sleep(5);
  }
}

async function create(Resources: object, more: object = {}): Promise<string> {
  await client.send(new CreateStackCommand({ StackName, TemplateBody: body(Resources, more) }));
  return settled();
}

async function update(Resources: object): Promise<string> {
  await client.send(new UpdateStackCommand({ StackName, TemplateBody: body(Resources) }));
  return settled();
}

/** Why a resource could not be changed, the last time. */
async function reasonOf(logicalId: string): Promise<string | undefined> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.find((event) => event.LogicalResourceId === logicalId && event.ResourceStatus?.endsWith('_FAILED'))
    ?.ResourceStatusReason;
}

async function summaryOf() {
  const kinesis = new KinesisClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
  const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: `${StackName}-s` }));
  return answer.StreamDescriptionSummary;
}

/** A role that Firehose may assume, and that may do everything. */
function role(): object {
  const trust = { Effect: 'Allow', Principal: { Service: 'firehose.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const PolicyDocument = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: `${StackName}-role`,
      AssumeRolePolicyDocument: { Statement: trust },
      Policies: [{ PolicyName: 'all', PolicyDocument }],
    },
  };
}

describe('a stack', () => {
  it('is made: its resources are there, its outputs told, its events kept newest first', async () => {
    const Outputs = { Url: { Value: { Ref: 'Queue' }, Description: 'Where', Export: { Name: `${StackName}-url` } } };
    expect(await create({ Queue: queue('q') }, { Outputs })).toBe('CREATE_COMPLETE');
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const url = account.queues.urlOf(`${StackName}-q`);
    expect(stack?.Outputs).toEqual([
      { OutputKey: 'Url', OutputValue: url, Description: 'Where', ExportName: `${StackName}-url` },
    ]);
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents.map(({ LogicalResourceId: id, ResourceStatus: status }) => `${id} ${status}`)).toEqual([
      `${StackName} CREATE_COMPLETE`,
      'Queue CREATE_COMPLETE',
      'Queue CREATE_IN_PROGRESS',
      `${StackName} CREATE_IN_PROGRESS`,
    ]);
    const detail = await client.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Queue' }));
    expect(detail.StackResourceDetail).toMatchObject({ PhysicalResourceId: url, ResourceStatus: 'CREATE_COMPLETE' });
    const { StackResourceSummaries } = await client.send(new ListStackResourcesCommand({ StackName }));
    expect(StackResourceSummaries).toHaveLength(1);
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }));
    expect(JSON.parse(TemplateBody ?? '')).toHaveProperty('Resources.Queue');
  });

  it('takes back what it made when something can’t be made', async () => {
    const Broken = {
      Type: 'AWS::Lambda::Function',
      Properties: { Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'arn:aws:iam::000000000000:role/x' },
    };
    expect(await create({ Queue: queue('q'), Broken })).toBe('ROLLBACK_COMPLETE');
    expect(() => account.queues.urlOf(`${StackName}-q`)).toThrow();
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const failed = StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
    expect(failed).toMatchObject({
      LogicalResourceId: 'Broken',
      ResourceStatusReason: expect.stringContaining('Code must name'),
    });
  });

  it('changes in place what can be, and goes back when a change fails', async () => {
    const Stream = (ShardCount: number) => ({
      Type: 'AWS::Kinesis::Stream',
      Properties: { Name: `${StackName}-s`, ShardCount },
    });
    await create({ Queue: queue('q', 30), Stream: Stream(1) });
    expect(await update({ Queue: queue('q', 60), Stream: Stream(1) })).toBe('UPDATE_COMPLETE');
    // Ten times as many shards at once are refused.
    const asked = { Queue: queue('q', 90), Stream: Stream(10), Other: queue('other') };
    expect(await update(asked)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(() => account.queues.urlOf(`${StackName}-other`)).toThrow();
    expect(account.streams.shards(`${StackName}-s`)).toHaveLength(1);
    await expect(update({ Queue: queue('q', 60), Stream: Stream(1) })).rejects.toThrow(
      'No updates are to be performed.',
    );
  });

  it('changes a stream’s shards, retention, mode and key, and back', async () => {
    const Stream = (more: object) => ({
      Type: 'AWS::Kinesis::Stream',
      Properties: { Name: `${StackName}-s`, ...more },
    });
    const first = { ShardCount: 1, RetentionPeriodHours: 24 };
    await create({ Stream: Stream(first) });
    const KeyId = 'alias/aws/kinesis';
    const second = { ShardCount: 2, RetentionPeriodHours: 48, StreamEncryption: { EncryptionType: 'KMS', KeyId } };
    expect(await update({ Stream: Stream(second) })).toBe('UPDATE_COMPLETE');
    expect(await summaryOf()).toMatchObject({ OpenShardCount: 2, RetentionPeriodHours: 48, KeyId });
    const onDemand = { RetentionPeriodHours: 24, StreamModeDetails: { StreamMode: 'ON_DEMAND' } };
    expect(await update({ Stream: Stream(onDemand) })).toBe('UPDATE_COMPLETE');
    expect(await summaryOf()).toMatchObject({
      RetentionPeriodHours: 24,
      EncryptionType: 'NONE',
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    });
  });

  it('changes where a delivery stream delivers to, and its key; but never what it reads', async () => {
    const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: `${StackName}-lake` } };
    const Role = role();
    const Delivery = (Prefix: string, more: object = {}) => ({
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        DeliveryStreamName: `${StackName}-d`,
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::GetAtt': ['Bucket', 'Arn'] },
          RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Prefix,
        },
        ...more,
      },
    });
    expect(await create({ Bucket, Role, Delivery: Delivery('one/') })).toBe('CREATE_COMPLETE');
    const DeliveryStreamEncryptionConfigurationInput = { KeyType: 'AWS_OWNED_CMK' };
    const changed = { Bucket, Role, Delivery: Delivery('two/', { DeliveryStreamEncryptionConfigurationInput }) };
    expect(await update(changed)).toBe('UPDATE_COMPLETE');
    const firehose = new FirehoseClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
    const described = await firehose.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName: `${StackName}-d` }));
    expect(described.DeliveryStreamDescription).toMatchObject({
      VersionId: '2',
      DeliveryStreamEncryptionConfiguration: { Status: 'ENABLED', KeyType: 'AWS_OWNED_CMK' },
      Destinations: [{ ExtendedS3DestinationDescription: { Prefix: 'two/' } }],
    });
    const source = { DeliveryStreamType: 'KinesisStreamAsSource' };
    expect(await update({ Bucket, Role, Delivery: Delivery('two/', source) })).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await reasonOf('Delivery')).toMatch(/custom-named resource requires replacing/);
  });

  it('changes a table’s expiry, a secret, a queue’s key and an alias', async () => {
    const Table = (Enabled: boolean) => ({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: `${StackName}-t`,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        ...(Enabled && { TimeToLiveSpecification: { AttributeName: 'expires', Enabled } }),
      },
    });
    const Secret = (SecretString: string) => ({
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: `${StackName}-secret`, SecretString },
    });
    const Key = () => ({
      Type: 'AWS::KMS::Key',
      Properties: { KeyPolicy: { Statement: { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' } } },
    });
    const Alias = (key: string) => ({
      Type: 'AWS::KMS::Alias',
      Properties: { AliasName: `alias/${StackName}`, TargetKeyId: { Ref: key } },
    });
    const Queue = (more: object) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName: `${StackName}-q`, ...more } });
    const asked = (second: boolean) => ({
      Key: Key(),
      Other: Key(),
      Alias: Alias(second ? 'Other' : 'Key'),
      Table: Table(second),
      Secret: Secret(second ? 'new' : 'old'),
      Queue: Queue(second ? {} : { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } }),
    });
    expect(await create(asked(false))).toBe('CREATE_COMPLETE');
    const kms = new KMSClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
    const keyOf = async () =>
      (await kms.send(new DescribeKeyCommand({ KeyId: `alias/${StackName}` }))).KeyMetadata?.KeyId;
    const before = await keyOf();
    expect(await update(asked(true))).toBe('UPDATE_COMPLETE');
    expect(await keyOf()).not.toBe(before);
    const secrets = new SecretsManagerClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
    const secret = await secrets.send(new GetSecretValueCommand({ SecretId: `${StackName}-secret` }));
    expect(secret.SecretString).toBe('new');
    const tables = new DynamoDBClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
    const live = await tables.send(new DescribeTimeToLiveCommand({ TableName: `${StackName}-t` }));
    expect(live.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    expect(await update(asked(false))).toBe('UPDATE_COMPLETE');
    expect(await keyOf()).toBe(before);
  });

  it('keeps what it made and was to retain when it can’t be made whole, but for RetainExceptOnCreate', async () => {
    const bucket = (name: string, DeletionPolicy: string) => ({
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: `${StackName}-${name}` },
      DeletionPolicy,
    });
    const Broken = { Type: 'AWS::Lambda::Function', DependsOn: ['Kept', 'Gone'], Properties: { Role: 'arn:role' } };
    const asked = { Kept: bucket('kept', 'Retain'), Gone: bucket('gone', 'RetainExceptOnCreate'), Broken };
    expect(await create(asked)).toBe('ROLLBACK_COMPLETE');
    expect(account.objects.folderOf(`${StackName}-kept`)).toContain('kept');
    expect(() => account.objects.folderOf(`${StackName}-gone`)).toThrow();
  });

  it('is removed, but for what it is to retain, and what is not empty', async () => {
    const bucket = (name: string, more: object = {}) => ({
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: `${StackName}-${name}` },
      ...more,
    });
    const Kept = bucket('kept', { DeletionPolicy: 'Retain' });
    await create({ Queue: queue('q'), Gone: queue('gone'), Lost: bucket('lost'), Kept, Full: bucket('full') });
    // Removed by hand, before the stack is.
    await account.queues.deleteQueue(account.queues.urlOf(`${StackName}-gone`));
    await new S3Client({ endpoint: account.endpoint, region: 'us-east-1', credentials, forcePathStyle: true }).send(
      new DeleteBucketCommand({ Bucket: `${StackName}-lost` }),
    );
    await account.objects.put(`${StackName}-full`, 'a', Buffer.from('x'));
    await client.send(new DeleteStackCommand({ StackName }));
    expect(await settled()).toBe('DELETE_FAILED');
    await account.objects.remove(`${StackName}-full`, 'a');
    await client.send(new DeleteStackCommand({ StackName }));
    expect(await settled()).toBe('DELETE_COMPLETE');
    expect(() => account.queues.urlOf(`${StackName}-q`)).toThrow();
    expect(account.objects.folderOf(`${StackName}-kept`)).toContain('kept');
    await expect(client.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow(
      `Stack with id ${StackName} does not exist`,
    );
  });

  it('holds its roles to their policies, and lets them go with them', async () => {
    const Role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: `${StackName}-role`,
        AssumeRolePolicyDocument: {
          Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        },
      },
    };
    await create({ Role });
    const may = () =>
      account.iam.access.decide(`arn:aws:iam::000000000000:role/${StackName}-role`, {
        action: 's3:GetObject',
        resource: '*',
      });
    expect(may()).toBe('implicit-deny');
    await client.send(new DeleteStackCommand({ StackName }));
    await settled();
    expect(may()).toBe('allowed');
  });
});

describe('a change set', () => {
  const set = (type: 'CREATE' | 'UPDATE', TemplateBody: string) =>
    client.send(new CreateChangeSetCommand({ StackName, ChangeSetName: 'change', ChangeSetType: type, TemplateBody }));
  const described = () => client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: 'change' }));

  it('tells what would change, and does it when it is executed', async () => {
    await set('CREATE', body({ Queue: queue('q') }));
    expect(await described()).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Changes: [{ ResourceChange: { Action: 'Add', LogicalResourceId: 'Queue' } }],
    });
    expect(() => account.queues.urlOf(`${StackName}-q`)).toThrow();
    await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: 'change' }));
    expect(await settled()).toBe('CREATE_COMPLETE');
    await set('UPDATE', body({ Other: queue('other') }));
    const { Changes = [] } = await described();
    expect(Changes.map(({ ResourceChange }) => ResourceChange?.Action)).toEqual(['Add', 'Remove']);
    await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName: 'change' }));
    expect(await settled()).toBe('UPDATE_COMPLETE');
    expect(() => account.queues.urlOf(`${StackName}-q`)).toThrow();
  });

  it('fails when there is nothing to change, and when the template can’t be resolved', async () => {
    await create({ Queue: queue('q') });
    await set('UPDATE', body({ Queue: queue('q') }));
    expect(await described()).toMatchObject({
      Status: 'FAILED',
      StatusReason: expect.stringContaining("didn't contain changes"),
    });
    const broken = new CreateChangeSetCommand({
      StackName,
      ChangeSetName: 'broken',
      TemplateBody: body({ Queue: { ...queue('q'), DependsOn: [], Properties: { QueueName: { Ref: 'Gone' } } } }),
    });
    await client.send(broken);
    const answer = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName: 'broken' }));
    expect(answer).toMatchObject({ Status: 'FAILED', StatusReason: expect.stringContaining('Gone') });
  });
});

describe('what can’t be a template is refused', () => {
  it.each([
    ['no JSON', 'Resources:\n  A: 1', /JSON not well-formed/],
    ['no resources', '{"Resources":{}}', /At least one Resources member/],
  ])('%s', async (_name, TemplateBody, message) => {
    await expect(client.send(new ValidateTemplateCommand({ TemplateBody }))).rejects.toThrow(message);
    await expect(client.send(new CreateStackCommand({ StackName, TemplateBody }))).rejects.toThrow(message);
  });

  it('a parameter without a value, or that there is none of', async () => {
    const TemplateBody = body({ Queue: queue('q') }, { Parameters: { Size: { Type: 'String' } } });
    await expect(client.send(new CreateStackCommand({ StackName, TemplateBody }))).rejects.toThrow(
      /\[Size\] must have values/,
    );
    const Parameters = [{ ParameterKey: 'Colour', ParameterValue: 'red' }];
    await expect(client.send(new CreateStackCommand({ StackName, TemplateBody, Parameters }))).rejects.toThrow(
      /\[Colour\] do not exist/,
    );
  });
});
