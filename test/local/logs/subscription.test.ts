import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteSubscriptionFilterCommand,
  DescribeSubscriptionFiltersCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { DELIVERY_ARN, FUNCTION_ARN, STREAM_ARN, startLogs } from './fixture.ts';

const group = { logGroupName: '/app' };
const stream = { ...group, logStreamName: 'one' };

async function start(options: Parameters<typeof startLogs>[0] = {}) {
  const bench = await startLogs(options);
  await bench.client.send(new CreateLogGroupCommand(group));
  await bench.client.send(new CreateLogStreamCommand(stream));
  const put = async (...messages: string[]) => {
    const logEvents = messages.map((message) => ({ timestamp: bench.clock.now(), message }));
    await bench.client.send(new PutLogEventsCommand({ ...stream, logEvents }));
  };
  const subscribe = (destinationArn: string, filterPattern = '', filterName = 'all') =>
    bench.client.send(new PutSubscriptionFilterCommand({ ...group, filterName, filterPattern, destinationArn }));
  return { ...bench, put, subscribe };
}

describe('a subscription', () => {
  test.each([FUNCTION_ARN, STREAM_ARN, DELIVERY_ARN])('delivers gzip of what AWS sends to %s', async (arn) => {
    const bench = await start();
    await bench.subscribe(arn);
    await bench.put('first', 'second');
    await bench.settle();
    expect(bench.received.map(({ arn: to }) => to)).toEqual([arn, arn]);
    const [control, data] = bench.received.map(({ message }) => message);
    expect(control).toEqual({
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [{ id: '', timestamp: expect.any(Number), message: expect.stringMatching(/^CWL CONTROL MESSAGE/) }],
    });
    expect(data).toEqual({
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: '/app',
      logStream: 'one',
      subscriptionFilters: ['all'],
      logEvents: [
        { id: expect.stringMatching(/^\d{56}$/), timestamp: expect.any(Number), message: 'first' },
        { id: expect.stringMatching(/^\d{56}$/), timestamp: expect.any(Number), message: 'second' },
      ],
    });
    if (arn === STREAM_ARN) expect(bench.received[1]?.partitionKey).toBe('one');
  });

  test('takes what its pattern matches', async () => {
    const bench = await start();
    await bench.subscribe(FUNCTION_ARN, '{ $.level = "ERROR" }');
    await bench.put('{"level":"ERROR","n":1}', '{"level":"INFO"}', 'ERROR');
    await bench.settle();
    expect(bench.texts()).toEqual(['{"level":"ERROR","n":1}']);
    expect(bench.logs.figures()).toMatchObject([{ name: 'all', matched: 1, delivered: 1, lost: 0 }]);
  });

  test('adds the fields that a pattern in brackets extracts', async () => {
    const bench = await start();
    await bench.subscribe(FUNCTION_ARN, '[ip, method, status = 5*]');
    await bench.put('10.0.0.1 GET 200', '10.0.0.2 PUT 503');
    await bench.settle();
    expect(bench.received.at(-1)?.message.logEvents).toMatchObject([
      { message: '10.0.0.2 PUT 503', extractedFields: { ip: '10.0.0.2', method: 'PUT', status: '503' } },
    ]);
  });

  test('tries again while its destination is down, and keeps the order', async () => {
    let down = false;
    const bench = await start({ down: () => down });
    await bench.subscribe(STREAM_ARN);
    await bench.settle();
    down = true;
    await bench.put('a');
    await bench.put('b');
    for (let step = 0; step < 20; step++) {
      await bench.clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(bench.texts()).toEqual([]);
    expect(bench.logs.idle()).toBe(false);
    down = false;
    await bench.clock.advance(60_000);
    await bench.settle();
    expect(bench.texts()).toEqual(['a', 'b']);
  });

  test('gives up after 24 hours, and counts what is lost', async () => {
    let down = false;
    const bench = await start({ down: () => down });
    await bench.subscribe(STREAM_ARN);
    await bench.settle();
    down = true;
    await bench.put('a', 'b');
    for (let step = 0; !bench.logs.idle() && step < 3000; step++) {
      await bench.clock.advance(60_000);
      if (step % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(bench.logs.figures()).toMatchObject([{ matched: 2, delivered: 0, lost: 2 }]);
  });

  test('splits what its destination can’t take at once', async () => {
    const bench = await start();
    await bench.subscribe(FUNCTION_ARN);
    await bench.settle();
    const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString('base64');
    for (let call = 0; call < 3; call++) await bench.put(...Array.from({ length: 12 }, random));
    await bench.settle();
    expect(bench.texts().length).toBe(36);
    for (const { bytes } of bench.received) expect(bytes).toBeLessThanOrEqual(780_000);
  });

  test('is one of two at most; another of its name takes its place', async () => {
    const bench = await start();
    await bench.subscribe(FUNCTION_ARN, '', 'one');
    await bench.subscribe(FUNCTION_ARN, '', 'two');
    await expect(bench.subscribe(FUNCTION_ARN, '', 'three')).rejects.toMatchObject({ name: 'LimitExceededException' });
    await bench.subscribe(STREAM_ARN, 'x', 'two');
    const described = await bench.client.send(new DescribeSubscriptionFiltersCommand(group));
    expect(described.subscriptionFilters).toMatchObject([
      { filterName: 'one', destinationArn: FUNCTION_ARN, filterPattern: '', logGroupName: '/app' },
      { filterName: 'two', destinationArn: STREAM_ARN, filterPattern: 'x' },
    ]);
    await bench.client.send(new DeleteSubscriptionFilterCommand({ ...group, filterName: 'one' }));
    await bench.put('xyz');
    await bench.settle();
    expect(
      bench.received.filter(({ message }) => message.messageType === 'DATA_MESSAGE').map(({ arn }) => arn),
    ).toEqual([STREAM_ARN]);
    await expect(
      bench.client.send(new DeleteSubscriptionFilterCommand({ ...group, filterName: 'one' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test.each([
    ['{ $.a = }', FUNCTION_ARN],
    ['[a, b', FUNCTION_ARN],
    ['', 'arn:aws:sqs:us-east-1:123456789012:q'],
  ])('is refused as AWS does: %s to %s', async (pattern, arn) => {
    const bench = await start();
    await expect(bench.subscribe(arn, pattern)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('comes from the template, for one log group or for all but some', async () => {
    const bench = await start();
    const make = (type: string, properties: Record<string, unknown>) =>
      bench.logs.create({ logicalId: 'L', type, properties }, 'template-filter');
    make('AWS::Logs::SubscriptionFilter', { LogGroupName: '/app', FilterPattern: '', DestinationArn: FUNCTION_ARN });
    make('AWS::Logs::AccountPolicy', {
      PolicyName: 'everything',
      PolicyType: 'SUBSCRIPTION_FILTER_POLICY',
      PolicyDocument: JSON.stringify({ DestinationArn: STREAM_ARN, FilterPattern: '' }),
      SelectionCriteria: 'LogGroupName NOT IN ["/aws/lambda/decoder"]',
    });
    await bench.put('app');
    bench.logs.append('/aws/lambda/decoder', 's', 'own');
    bench.logs.append('/aws/lambda/other', 's', 'other');
    await bench.settle();
    const data = bench.received.filter(({ message }) => message.messageType === 'DATA_MESSAGE');
    expect(data.filter(({ arn }) => arn === FUNCTION_ARN).map(({ message }) => message)).toMatchObject([
      { logGroup: '/app', subscriptionFilters: ['template-filter'] },
    ]);
    expect(data.filter(({ arn }) => arn === STREAM_ARN).map(({ message }) => message)).toMatchObject([
      { logGroup: '/app', subscriptionFilters: ['everything'], policyLevel: 'ACCOUNT_LEVEL_POLICY' },
      { logGroup: '/aws/lambda/other', policyLevel: 'ACCOUNT_LEVEL_POLICY' },
    ]);
  });
});

test('a hundred thousand log events are delivered, and none is lost', async () => {
  const bench = await start();
  await bench.subscribe(FUNCTION_ARN);
  for (let call = 0; call < 20; call++)
    await bench.put(...Array.from({ length: 5000 }, (_, n) => `line ${call}/${n} of the log`));
  await bench.settle();
  expect(bench.texts().length).toBe(100_000);
  expect(new Set(bench.texts()).size).toBe(100_000);
});
