import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { startLocal } from '../../../local/account/start-local.ts';

async function start() {
  const account = await startLocal({ empty: true });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { endpoint: account.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
  const [logs, kinesis] = [new CloudWatchLogsClient(settings), new KinesisClient(settings)];
  onTestFinished(async () => {
    logs.destroy();
    kinesis.destroy();
    await account.stop();
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'web' }));
  const subscribe = (destinationArn: string) =>
    logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName: 'web',
        filterName: 'all',
        filterPattern: '',
        destinationArn,
        roleArn: 'arn:aws:iam::000000000000:role/anyone',
      }),
    );
  return { kinesis, subscribe };
}

test.each([
  ['kinesis:us-east-1:000000000000:stream/none', /^Could not deliver test message to specified Kinesis stream/],
  ['firehose:us-east-1:000000000000:deliverystream/none', /^Could not deliver test message to specified Firehose/],
  ['lambda:us-east-1:000000000000:function:none', /^Could not execute the lambda function/],
])('no subscription is made to what is not there: %s', async (arn, message) => {
  const { subscribe } = await start();
  await expect(subscribe(`arn:aws:${arn}`)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(message),
  });
});

test('one is made to a stream that is there', async () => {
  const { kinesis, subscribe } = await start();
  await kinesis.send(new CreateStreamCommand({ StreamName: 'logs', ShardCount: 1 }));
  await expect(subscribe('arn:aws:kinesis:us-east-1:000000000000:stream/logs')).resolves.toBeDefined();
});
