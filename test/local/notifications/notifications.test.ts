import { describe, expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Objects } from '../../../local/account/contracts.ts';
import type { Caller } from '../../../local/account/targets.ts';
import { AwsError } from '../../../local/gateway/aws-error.ts';
import { createNotifications } from '../../../local/notifications/notifications.ts';
import { busEvent } from '../../../local/notifications/rule.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:replayer';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:letters';

function start(down: () => boolean = () => false, refusal?: () => string | undefined) {
  const clock = createClock();
  const sent: { arn: string; message: string }[] = [];
  const callers: Caller[] = [];
  let created: (bucket: string, key: string, size: number) => void = () => {};
  const notifications = createNotifications({
    clock,
    region: 'us-east-1',
    accountId: '123456789012',
    objects: {
      onCreated(listener: typeof created) {
        created = listener;
        return () => {};
      },
    } as unknown as Objects,
    targets: (caller) => ({
      async send(arn, message) {
        callers.push(caller);
        if (refusal?.() !== undefined) throw new AwsError('AccessDenied', 'not authorized');
        if (down()) throw new Error('down');
        sent.push({ arn, message });
      },
    }),
    ...(refusal !== undefined && { refusal }),
  });
  onTestFinished(() => notifications.stop());
  const create = (type: string, properties: Record<string, unknown>, name = 'Name') =>
    notifications.create({ logicalId: 'Logical', type, properties }, name);
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    notifications,
    sent,
    callers,
    create,
    settle,
    object: (...of: [string, string, number]) => created(...of),
  };
}

describe('a bucket', () => {
  const rules = (prefix: string, suffix: string) => ({
    S3Key: {
      Rules: [
        { Name: 'prefix', Value: prefix },
        { Name: 'suffix', Value: suffix },
      ],
    },
  });

  test('tells of an object in AWS’s words', async () => {
    const { create, object, sent, settle } = start();
    const configuration = { Event: 's3:ObjectCreated:*', Function: FUNCTION_ARN };
    create('AWS::S3::Bucket', { NotificationConfiguration: { LambdaConfigurations: [configuration] } }, 'errors');
    object('errors', 'processing-failed/a b+c/ü.json', 42);
    await settle();
    expect(sent.map(({ arn }) => arn)).toEqual([FUNCTION_ARN]);
    expect(JSON.parse(sent[0]?.message ?? '')).toMatchObject({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'us-east-1',
          eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          eventName: 'ObjectCreated:Put',
          s3: {
            s3SchemaVersion: '1.0',
            bucket: { name: 'errors', arn: 'arn:aws:s3:::errors' },
            object: { key: 'processing-failed/a+b%2Bc/%C3%BC.json', size: 42, sequencer: expect.any(String) },
          },
        },
      ],
    });
  });

  test('tells each whose filter the key passes, and nobody of other buckets', async () => {
    const { create, object, sent, settle } = start();
    create(
      'AWS::S3::Bucket',
      {
        NotificationConfiguration: {
          LambdaConfigurations: [
            { Event: 's3:ObjectCreated:*', Function: FUNCTION_ARN, Filter: rules('processing-failed/', '.gz') },
          ],
          QueueConfigurations: [
            { Event: 's3:ObjectCreated:Put', Queue: QUEUE_ARN, Filter: rules('', '') },
            { Event: 's3:ObjectRemoved:*', Queue: `${QUEUE_ARN}-removed` },
          ],
        },
      },
      'errors',
    );
    object('errors', 'processing-failed/1.gz', 1);
    object('errors', 'processing-failed/1.json', 1);
    object('lake', 'processing-failed/1.gz', 1);
    await settle();
    expect(sent.map(({ arn }) => arn)).toEqual([FUNCTION_ARN, QUEUE_ARN, QUEUE_ARN]);
  });

  test('tells EventBridge, whose rules take what matches', async () => {
    const { create, object, sent, settle } = start();
    create('AWS::S3::Bucket', { NotificationConfiguration: { EventBridgeConfiguration: {} } }, 'errors');
    create('AWS::Events::Rule', {
      EventPattern: { source: ['aws.s3'], detail: { object: { key: [{ prefix: 'a/' }] } } },
      Targets: [
        {
          Id: 't',
          Arn: QUEUE_ARN,
          InputTransformer: {
            InputPathsMap: { key: '$.detail.object.key', size: '$.detail.object.size' },
            InputTemplate: '{"source":"s3://errors/<key>","key":<key>,"size":<size>}',
          },
        },
      ],
    });
    object('errors', 'a/1', 7);
    object('errors', 'b/1', 7);
    await settle();
    expect(sent).toEqual([{ arn: QUEUE_ARN, message: expect.any(String) }]);
    expect(JSON.parse(sent[0]?.message ?? '')).toEqual({ source: 's3://errors/a/1', key: 'a/1', size: 7 });
  });

  test('that is told wrongly is refused', () => {
    const { create } = start();
    const NotificationConfiguration = { LambdaConfigurations: [{ Event: 's3:ObjectCreated:*' }] };
    expect(() => create('AWS::S3::Bucket', { NotificationConfiguration })).toThrow(
      /Logical\.LambdaConfigurations\[0\]/,
    );
  });
});

describe('a schedule', () => {
  test('rule fires at its rate, by the clock', async () => {
    const { clock, create, sent, settle, notifications } = start();
    create('AWS::Events::Rule', {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [{ Id: 't', Arn: FUNCTION_ARN }],
    });
    await clock.advance(299_000);
    expect(sent).toEqual([]);
    expect(notifications.idle()).toBe(true);
    await clock.advance(602_000);
    await settle();
    expect(sent.length).toBe(3);
    expect(JSON.parse(sent[0]?.message ?? '')).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: '123456789012',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/Name'],
      detail: {},
    });
  });

  test('rule gives its target the input that is set', async () => {
    const { clock, create, sent, settle } = start();
    const Targets = [{ Id: 't', Arn: FUNCTION_ARN, Input: '{"source":"s3://errors/"}' }];
    create('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)', Targets });
    await clock.advance(3_600_000);
    await settle();
    expect(sent).toEqual([{ arn: FUNCTION_ARN, message: '{"source":"s3://errors/"}' }]);
  });

  test('of the scheduler keeps to its start, its end and its zone', async () => {
    const { clock, create, sent, settle } = start();
    const now = clock.now();
    const iso = (ms: number) => new Date(now + ms).toISOString();
    create('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minutes)',
      StartDate: iso(600_000),
      EndDate: iso(780_500),
      Target: { Arn: FUNCTION_ARN, Input: '{"at":"<aws.scheduler.scheduled-time>"}' },
    });
    await clock.advance(599_000);
    await settle();
    expect(sent).toEqual([]);
    await clock.advance(3_600_000);
    await settle();
    expect(sent.length).toBe(4);
    expect(JSON.parse(sent[0]?.message ?? '').at).toBe(`${iso(600_000).slice(0, 19)}Z`);
  });

  test('that is disabled never fires', async () => {
    const { clock, create, sent, settle } = start();
    const Targets = [{ Id: 't', Arn: FUNCTION_ARN }];
    create('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets });
    create('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'DISABLED',
      Target: { Arn: FUNCTION_ARN },
    });
    await clock.advance(600_000);
    await settle();
    expect(sent).toEqual([]);
  });
});

describe('a target that is down', () => {
  test('gets its message later', async () => {
    let down = true;
    const bench = start(() => down);
    bench.create('AWS::Events::Rule', { EventPattern: '{"source":["app"]}', Targets: [{ Id: 't', Arn: QUEUE_ARN }] });
    const about = { source: 'app', 'detail-type': 'x', resources: [], detail: { n: 1 } };
    bench.notifications.publish(busEvent(about, { accountId: '1', region: 'r', now: bench.clock.now() }));
    await bench.clock.advance(10_000);
    await bench.settle();
    expect(bench.notifications.idle()).toBe(false);
    down = false;
    await bench.clock.advance(60_000);
    await bench.settle();
    expect(bench.sent.length).toBe(1);
    expect(bench.notifications.idle()).toBe(true);
  });

  test('for a day loses it, which is counted', async () => {
    const bench = start(() => true);
    bench.create('AWS::Events::Rule', { EventPattern: { source: ['app'] }, Targets: [{ Id: 't', Arn: QUEUE_ARN }] });
    const about = { source: 'app', 'detail-type': 'x', resources: [], detail: {} };
    bench.notifications.publish(busEvent(about, { accountId: '1', region: 'r', now: bench.clock.now() }));
    for (let step = 0; step < 1500 && !bench.notifications.idle(); step++) await bench.clock.advance(60_000);
    expect(bench.notifications.figures()).toEqual({ sent: 0, lost: 1 });
  });
});

describe('a permission', () => {
  const rule = { EventPattern: { source: ['a'] }, Targets: [{ Arn: FUNCTION_ARN, RoleArn: 'arn:role' }] };
  const event = () =>
    busEvent(
      { source: 'a', 'detail-type': 'b', resources: [], detail: {} },
      { accountId: '123456789012', region: 'us-east-1', now: 0 },
    );

  test('is asked for in the name of the rule, and with its role', async () => {
    const { create, notifications, callers, settle } = start();
    create('AWS::Events::Rule', rule, 'hourly');
    notifications.publish(event());
    await settle();
    const sourceArn = 'arn:aws:events:us-east-1:123456789012:rule/hourly';
    expect(callers).toEqual([{ service: 'events.amazonaws.com', sourceArn, roleArn: 'arn:role' }]);
  });

  test('that is missing is not asked for again: the event is lost', async () => {
    const { create, notifications, callers, settle } = start(undefined, () => 'not authorized');
    create('AWS::Events::Rule', rule);
    notifications.publish(event());
    await settle();
    expect(callers).toHaveLength(1);
    expect(notifications.idle()).toBe(true);
    expect(notifications.figures()).toMatchObject({ sent: 0, lost: 1 });
  });

  test('that is missing stops a bucket from being told to notify', () => {
    const { create } = start(undefined, () => 'not authorized');
    const LambdaConfigurations = [{ Event: 's3:ObjectCreated:*', Function: FUNCTION_ARN }];
    expect(() => create('AWS::S3::Bucket', { NotificationConfiguration: { LambdaConfigurations } })).toThrow(
      `Unable to validate the following destination configurations: ${FUNCTION_ARN} (not authorized)`,
    );
  });
});
