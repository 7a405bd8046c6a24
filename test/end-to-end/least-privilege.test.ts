import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../local/account/start-local.ts';
import { readArguments } from '../../local/command-line/arguments.ts';
import { accessKeyOf } from '../../local/lambda/environment.ts';
import type { RunReport } from '../../local/report/run-report.ts';
import { runJob } from '../../local/run/run.ts';
import { compileStack } from '../../local/stack/compile.ts';

interface Statement {
  Sid?: string;
  Action: string[];
}
interface Compiled {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

const folder = mkdtempSync(join(tmpdir(), 'privilege-'));
const template = await compileStack({ pipeline: 'clickstream', stage: 'local' });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every statement of every role, by the names of both. */
function statementsOf({ Resources }: Compiled): { role: string; statements: Statement[] }[] {
  return Object.entries(Resources).flatMap(([role, { Type, Properties }]) => {
    const inline = ((Properties.Policies ?? []) as { PolicyDocument?: { Statement: Statement[] } }[]).flatMap((each) =>
      each.PolicyDocument === undefined ? [] : { PolicyDocument: each.PolicyDocument },
    );
    const own = Type === 'AWS::IAM::Policy' ? [Properties as { PolicyDocument: { Statement: Statement[] } }] : [];
    return [...inline, ...own].map(({ PolicyDocument }) => ({ role, statements: PolicyDocument.Statement }));
  });
}

/** The compiled template without one statement, by its Sid. */
function without(role: string, sid: string): string {
  const compiled = JSON.parse(readFileSync(template.template, 'utf8')) as Compiled;
  const found = statementsOf(compiled).find((each) => each.role === role);
  const at = found?.statements.findIndex(({ Sid }) => Sid === sid) ?? -1;
  if (found === undefined || at < 0) throw new Error(`${role} has no statement ${sid}`);
  found.statements.splice(at, 1);
  return save(compiled, `${role}-${sid}`);
}

function save(compiled: Compiled, name: string): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(compiled));
  return file;
}

const start = (file: string) => startLocal({ template: file, bundles: template.bundles, limits: false });

describe('the stack’s roles', () => {
  let account: LocalAccount;
  let report: RunReport;

  beforeAll(async () => {
    const options = readArguments(['--events', '300', '--logs', '30', '--data', join(folder, 'data')], ['clickstream']);
    const signal = new AbortController().signal;
    ({ account, report } = await runJob(
      { ...options, signal, terminal: { isTTY: false, write: () => true } },
      undefined,
    ));
  });
  afterAll(() => account?.stop());

  it('allow everything that a run needs: poison, replay and quarantine too', () => {
    expect(account.iam.access.denials()).toEqual([]);
    expect(report).toMatchObject({ in: 330, lost: 0, remarks: [] });
  });

  it('allow a function nothing that is not its own', async () => {
    const asked = asFunction(account, 'firehoseTransform');
    const wants = [
      () => asked(SQSClient).send(new SendMessageCommand({ QueueUrl: queueUrl(account), MessageBody: '{}' })),
      () =>
        asked(S3Client, { forcePathStyle: true }).send(
          new GetObjectCommand({ Bucket: 'sluice-local-lake-000000000000', Key: 'a' }),
        ),
      () => asked(DynamoDBClient).send(new ScanCommand({ TableName: 'sluice-local-ledger' })),
      () => asked(LambdaClient).send(new InvokeCommand({ FunctionName: 'sluice-local-logsDecoder' })),
      () =>
        asked(FirehoseClient).send(
          new PutRecordCommand({ DeliveryStreamName: 'sluice-local-logs', Record: { Data: Buffer.from('x') } }),
        ),
    ];
    for (const want of wants) {
      const error = await want().then(
        () => undefined,
        (cause: Error) => cause,
      );
      expect(error?.name).toMatch(/^AccessDenied/);
      expect(error?.message).toContain('assumed-role/');
      expect(error?.message).toContain('because no identity-based policy allows the');
    }
  });
});

function queueUrl(account: LocalAccount): string {
  return `${account.endpoint}/000000000000/sluice-local-dead-letters`;
}

/** Clients that sign as a function's process does. */
function asFunction(account: LocalAccount, name: string) {
  const credentials = { accessKeyId: accessKeyOf(`sluice-local-${name}`), secretAccessKey: 'local' };
  return <T>(Client: new (options: object) => T, more: object = {}): T =>
    new Client({ endpoint: account.endpoint, region: 'us-east-1', credentials, ...more });
}

describe('a permission that is missing', () => {
  it.each([
    ['StreamConsumerRole', 'ReadStream', /Cannot access stream .*GetRecords/],
    ['StreamConsumerRole', 'SendDeadLetters', /does not have permissions to call SendMessage on SQS/],
    ['DeadLetterReplayerRole', 'ReadQueue', /does not have permissions to call ReceiveMessage on SQS/],
    ['DeliveryPolicy', 'ReadSchema', /Access was denied when calling Glue/],
  ])('stops the account where AWS stops the deployment: %s without %s', async (role, sid, message) => {
    await expect(start(without(role, sid))).rejects.toThrow(message);
  });

  it('stops it when CloudWatch Logs may not invoke the decoder', async () => {
    const compiled = JSON.parse(readFileSync(template.template, 'utf8')) as Compiled;
    const permission = compiled.Resources.LogsMayInvokeDecoder;
    Object.assign(permission?.Properties ?? {}, {
      SourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/other:*',
    });
    await expect(start(save(compiled, 'permission'))).rejects.toThrow(/Could not execute the lambda function/);
  });

  it('fails the call it is missing for: without Deliver, the consumer delivers nothing and loses nothing', async () => {
    const account = await start(without('StreamConsumerRole', 'Deliver'));
    try {
      const data = Buffer.from('{"eventId":"1","eventType":"page_view","timestamp":"2026-11-20T09:00:00Z"}');
      account.streams.put('sluice-local-events', [{ partitionKey: 'k', data }]);
      await account.drain();
      expect(account.firehose.figures().map(({ recordsIn }) => recordsIn)).toEqual([0, 0]);
      expect(account.iam.access.denials()).toMatchObject([{ action: 'firehose:PutRecordBatch' }]);
      const [letter] = await account.queues.receive('sluice-local-dead-letters', 1);
      expect(letter?.body).toContain('"shardId"');
    } finally {
      await account.stop();
    }
  });

  it('fails the call it is missing for: without Transform, nothing of a delivery stream is transformed', async () => {
    const account = await start(without('DeliveryPolicy', 'Transform'));
    try {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new FirehoseClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
      const Record = { Data: Buffer.from('{"eventId":"1"}\n') };
      await client.send(new PutRecordCommand({ DeliveryStreamName: 'sluice-local-events', Record }));
      await account.drain();
      const failed = account.firehose.figures().find(({ name }) => name === 'sluice-local-events')?.failed;
      expect(failed).toMatchObject({ 'processing-failed': { 'Lambda.InvokeAccessDenied': 1 } });
      expect(account.iam.access.denials()).toMatchObject([{ action: 'lambda:InvokeFunction' }]);
    } finally {
      await account.stop();
    }
  });
});
