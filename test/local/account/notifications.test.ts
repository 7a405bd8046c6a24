import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../../local/account/start-local.ts';

/** A bucket that tells a queue of new objects, and a rule that sends an event of the bus to the same queue. */
const TEMPLATE = {
  Resources: {
    Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
    Uploads: {
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

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  const template = join(folder, 'template.json');
  writeFileSync(template, JSON.stringify(TEMPLATE));
  account = await startLocal({ template, bundles: folder });
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

it('a rule of the template takes the events of the bus that match', async () => {
  account.notifications.publish({
    version: '0',
    id: '1',
    'detail-type': 'order',
    source: 'shop',
    account: '000000000000',
    time: '2026-09-19T09:11:52Z',
    region: 'us-east-1',
    resources: [],
    detail: { id: 7 },
  });
  expect(await received()).toMatchObject({ source: 'shop', detail: { id: 7 } });
});
