import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalAccount, type LocalOptions, startLocal } from '../../../local/account/start-local.ts';
import { temporaryFolder } from '../../factories/temporary-folder.ts';

const CONSUMER = `
exports.handler = async (event) => {
  if (process.env.TARGET !== 'test-out') throw new Error('TARGET is ' + process.env.TARGET);
  for (const { kinesis } of event.Records) console.log('got ' + Buffer.from(kinesis.data, 'base64'));
  return { batchItemFailures: [] };
};`;

const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: ['lambda.amazonaws.com', 'firehose.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    },
    Policies: [
      {
        PolicyName: 'all',
        PolicyDocument: { Statement: { Effect: 'Allow', Action: ['kinesis:*', 's3:*', 'logs:*'], Resource: '*' } },
      },
    ],
  },
};

function template(changes: Record<string, unknown> = {}) {
  return {
    Resources: {
      Role: ROLE,
      Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'test-events', ShardCount: 2 } },
      Lake: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'test-lake' } },
      MyConsumerLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'test-consumer',
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Environment: { Variables: { TARGET: { Ref: 'Out' } } },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Events', 'Arn'] },
          FunctionName: { 'Fn::GetAtt': ['MyConsumerLambdaFunction', 'Arn'] },
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      Out: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        Properties: {
          DeliveryStreamName: 'test-out',
          DeliveryStreamType: 'DirectPut',
          ExtendedS3DestinationConfiguration: {
            RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
            BucketARN: { 'Fn::GetAtt': ['Lake', 'Arn'] },
            Prefix: 'out/',
          },
        },
      },
      ...changes,
    },
  };
}

const accounts: LocalAccount[] = [];
afterEach(async () => {
  for (const account of accounts.splice(0)) await account.stop();
});

function writeSources(content: object): { template: string; bundles: string } {
  const folder = temporaryFolder('account');
  mkdirSync(join(folder, 'my-consumer'));
  writeFileSync(join(folder, 'my-consumer', 'index.cjs'), CONSUMER);
  writeFileSync(join(folder, 'template.json'), JSON.stringify(content));
  return { template: join(folder, 'template.json'), bundles: folder };
}

async function start(content: object, options: LocalOptions = {}): Promise<LocalAccount> {
  const account = await startLocal({ ...writeSources(content), ...options });
  accounts.push(account);
  return account;
}

describe('the local account', () => {
  it('is what the template says, wired as it says, behind one endpoint', async () => {
    const account = await start(template());
    const lines: string[] = [];
    account.functions.onLog((_name, line) => void lines.push(line));
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new KinesisClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
    const Records = ['a', 'b', 'c'].map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
    await client.send(new PutRecordsCommand({ StreamName: 'test-events', Records }));
    client.destroy();
    await account.firehose.put('test-out', [Buffer.from('x\n')]);
    await account.drain({ timeoutMs: 10_000 });
    expect(
      lines
        .filter((line) => line.includes('got'))
        .map((line) => line.slice(-1))
        .sort(),
    ).toEqual(['a', 'b', 'c']);
    const [object] = await account.objects.list('test-lake', 'out/');
    expect((await account.objects.get('test-lake', object?.key ?? '')).toString()).toBe('x\n');
  });

  it('can be drained while its time is pushed ahead', async () => {
    const account = await start(template());
    await account.firehose.put('test-out', [Buffer.from('later\n')]);
    await account.clock.advance(301_000);
    await account.drain({ timeoutMs: 10_000 });
    expect(await account.objects.list('test-lake', 'out/')).toHaveLength(1);
  });

  it('names the resource that cannot be made', async () => {
    const wrong = { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'arn:aws:kinesis:x' } };
    await expect(start(template({ Mapping: wrong }))).rejects.toThrow(/Mapping/);
    const unwired = { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Lakes' } } };
    await expect(start(template({ Policy: unwired }))).rejects.toThrow(/Policy: refers to Lakes/);
  });

  it('says which port is taken', async () => {
    const account = await start(template());
    const port = Number(new URL(account.endpoint).port);
    await expect(start(template(), { port })).rejects.toThrow(new RegExp(`Port ${port}.*already in use`));
  });

  it('leaves nothing behind', async () => {
    // A temporary folder of its own: other tests make and leave theirs meanwhile.
    const folder = temporaryFolder('start-local');
    const sources = writeSources(template());
    vi.stubEnv('TMPDIR', folder);
    const account = await startLocal(sources);
    expect(readdirSync(folder)).not.toEqual([]);
    await account.stop();
    expect(readdirSync(folder)).toEqual([]);
    vi.unstubAllEnvs();
  });
});
