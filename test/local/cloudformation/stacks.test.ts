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
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../../local/account/start-local.ts';

let account: LocalAccount;
let client: CloudFormationClient;
let StackName = '';
let count = 0;

beforeAll(async () => {
  account = await startLocal({ empty: true });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
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
    await client.send(
      new UpdateStackCommand({ StackName, TemplateBody: body({ Queue: queue('q', 60), Stream: Stream(1) }) }),
    );
    expect(await settled()).toBe('UPDATE_COMPLETE');
    await client.send(
      new UpdateStackCommand({
        StackName,
        TemplateBody: body({ Queue: queue('q', 90), Stream: Stream(2), Other: queue('other') }),
      }),
    );
    expect(await settled()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(() => account.queues.urlOf(`${StackName}-other`)).toThrow();
    const same = client.send(
      new UpdateStackCommand({ StackName, TemplateBody: body({ Queue: queue('q', 60), Stream: Stream(1) }) }),
    );
    await expect(same).rejects.toThrow('No updates are to be performed.');
  });

  it('is removed, but for what it is to retain, and what is not empty', async () => {
    const bucket = (name: string, more: object = {}) => ({
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: `${StackName}-${name}` },
      ...more,
    });
    await create({ Queue: queue('q'), Kept: bucket('kept', { DeletionPolicy: 'Retain' }), Full: bucket('full') });
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
