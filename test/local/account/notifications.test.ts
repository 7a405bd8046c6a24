import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../../local/account/start-local.ts';
import type { BusEvent } from '../../../local/notifications/rule.ts';

/** A bucket that tells a queue of new objects, and a rule that sends an event of the bus to the same queue. */
const TEMPLATE = {
  Resources: {
    Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    InboxPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Inbox' }],
        PolicyDocument: {
          Statement: {
            Effect: 'Allow',
            Principal: { Service: ['s3.amazonaws.com', 'events.amazonaws.com'] },
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        },
      },
    },
    Uploads: {
      DependsOn: 'InboxPolicy',
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'uploads',
        NotificationConfiguration: {
          QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: { 'Fn::GetAtt': ['Inbox', 'Arn'] } }],
        },
      },
    },
    Orders: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['shop'] },
        Targets: [{ Id: 'inbox', Arn: { 'Fn::GetAtt': ['Inbox', 'Arn'] } }],
      },
    },
  },
};

let folder: string;
let account: LocalAccount;

function start(Resources: object): Promise<LocalAccount> {
  const template = join(folder, 'template.json');
  writeFileSync(template, JSON.stringify({ Resources }));
  return startLocal({ template, bundles: folder });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  account = await start(TEMPLATE.Resources);
});

afterAll(async () => {
  await account?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function received(): Promise<object> {
  await account.drain();
  const [message] = await account.queues.receive('inbox', 1);
  await account.queues.remove('inbox', [message!.receiptHandle]);
  return JSON.parse(message!.body);
}

it('a bucket of the template tells where it is told to of new objects', async () => {
  await account.objects.put('uploads', 'a b.json', Buffer.from('{}'));
  expect(await received()).toMatchObject({ Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'a+b.json' } } }] });
});

const ORDER: BusEvent = {
  version: '0',
  id: '1',
  'detail-type': 'order',
  source: 'shop',
  account: '000000000000',
  time: '2026-09-19T09:11:52Z',
  region: 'us-east-1',
  resources: [],
  detail: { id: 7 },
};

it('a rule of the template takes the events of the bus that match', async () => {
  account.notifications.publish(ORDER);
  expect(await received()).toMatchObject({ source: 'shop', detail: { id: 7 } });
});

it('a bucket that may not send where it is told to stops the account', async () => {
  const { InboxPolicy: _without, Uploads, ...Resources } = TEMPLATE.Resources;
  await expect(start({ ...Resources, Uploads: { ...Uploads, DependsOn: 'Inbox' } })).rejects.toThrow(
    /Uploads.*Unable to validate.*s3\.amazonaws\.com is not authorized to perform: sqs:SendMessage/,
  );
});

it('a rule that may not send to its target sends nothing, and is noted', async () => {
  const { InboxPolicy: _without, Uploads: _bucket, ...Resources } = TEMPLATE.Resources;
  const other = await start(Resources);
  try {
    other.notifications.publish(ORDER);
    await other.drain();
    expect(other.notifications.figures()).toMatchObject({ sent: 0, lost: 1 });
    expect(other.iam.access.denials()).toMatchObject([{ roleArn: 'events.amazonaws.com', action: 'sqs:SendMessage' }]);
  } finally {
    await other.stop();
  }
});
