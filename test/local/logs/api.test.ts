import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandOutput,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, test } from 'vitest';
import { startLogs } from './fixture.ts';

const group = { logGroupName: '/app' };

async function start(options: Parameters<typeof startLogs>[0] = {}) {
  const bench = await startLogs(options);
  await bench.client.send(new CreateLogGroupCommand({ ...group, tags: { team: 'a' } }));
  for (const logStreamName of ['one', 'two']) {
    await bench.client.send(new CreateLogStreamCommand({ ...group, logStreamName }));
  }
  const now = bench.clock.now();
  const put = (logStreamName: string, ...events: (readonly [number, string])[]) => {
    const logEvents = events.map(([offset, message]) => ({ timestamp: now + offset, message }));
    return bench.client.send(new PutLogEventsCommand({ ...group, logStreamName, logEvents }));
  };
  return { ...bench, put, now };
}

describe('log groups and streams', () => {
  test('are made once, described and deleted', async () => {
    const { client } = await start();
    await expect(client.send(new CreateLogGroupCommand(group))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await expect(client.send(new CreateLogStreamCommand({ ...group, logStreamName: 'one' }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a' }));
    expect(logGroups).toMatchObject([
      { logGroupName: '/app', arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/app:*', storedBytes: 0 },
    ]);
    expect((await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'z' }))).logGroups).toEqual([]);
    await client.send(new DeleteLogStreamCommand({ ...group, logStreamName: 'one' }));
    const { logStreams } = await client.send(new DescribeLogStreamsCommand(group));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['two']);
    await client.send(new DeleteLogGroupCommand(group));
    await expect(client.send(new DescribeLogStreamsCommand(group))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('come in pages', async () => {
    const { client } = await start();
    const first = await client.send(new DescribeLogStreamsCommand({ ...group, limit: 1 }));
    expect(first.logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['one']);
    const second = await client.send(new DescribeLogStreamsCommand({ ...group, limit: 1, nextToken: first.nextToken }));
    expect(second.logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['two']);
    expect(second.nextToken).toBeUndefined();
  });

  test('are ordered by their last event', async () => {
    const { client, put } = await start();
    await put('one', [10, 'later']);
    await put('two', [0, 'earlier']);
    const input = { ...group, orderBy: 'LastEventTime', descending: true } as const;
    const { logStreams } = await client.send(new DescribeLogStreamsCommand(input));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['one', 'two']);
    expect(logStreams?.[0]?.lastEventTimestamp).toBeGreaterThan(logStreams?.[1]?.lastEventTimestamp ?? 0);
  });

  test('have a retention and tags', async () => {
    const { client } = await start();
    const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:/app';
    await client.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 14 }));
    await client.send(new TagResourceCommand({ resourceArn, tags: { cost: '1' } }));
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    expect((await client.send(new DescribeLogGroupsCommand({}))).logGroups?.[0]?.retentionInDays).toBe(14);
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ cost: '1' });
    await expect(client.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 13 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('PutLogEvents', () => {
  test.each([
    [
      'out of order',
      [
        [5, 'a'],
        [0, 'b'],
      ],
    ],
    [
      'longer than a day',
      [
        [-90_000_000, 'a'],
        [0, 'b'],
      ],
    ],
    ['larger than 1 MB', [[0, 'x'.repeat(1_048_551)]]],
    ['empty', []],
    ['an empty message', [[0, '']]],
  ] as [string, [number, string][]][])('refuses a batch that is %s', async (_kind, events) => {
    const { put } = await start();
    await expect(put('one', ...events)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('takes a batch of exactly 1 MB', async () => {
    const { put, client } = await start();
    await put('one', [0, 'x'.repeat(1_048_550)]);
    const { events } = await client.send(new GetLogEventsCommand({ ...group, logStreamName: 'one' }));
    expect(events?.[0]?.message?.length).toBe(1_048_550);
  });

  test('leaves out what is too old or too new, and says so', async () => {
    const { put, client } = await start();
    const day = 86_400_000;
    const old = await put('one', [-14.5 * day, 'ancient'], [-14 * day - 1000, 'old'], [-14 * day + 60_000, 'kept']);
    expect(old.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 2 });
    const late = await put('one', [0, 'now'], [3 * 3_600_000, 'future']);
    expect(late.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    const { events } = await client.send(
      new GetLogEventsCommand({ ...group, logStreamName: 'one', startFromHead: true }),
    );
    expect(events?.map(({ message }) => message)).toEqual(['kept', 'now']);
    await client.send(new PutRetentionPolicyCommand({ ...group, retentionInDays: 1 }));
    const expired = await put('one', [-1.5 * day, 'gone'], [-0.6 * day, 'here']);
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  });

  test('needs its group and stream', async () => {
    const { put, client } = await start();
    await expect(put('three', [0, 'x'])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const input = { logGroupName: '/none', logStreamName: 'x', logEvents: [{ timestamp: 1, message: 'x' }] };
    await expect(client.send(new PutLogEventsCommand(input))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('reading', () => {
  test('GetLogEvents pages forward and back', async () => {
    const { put, client } = await start();
    await put('one', ...Array.from({ length: 5 }, (_, index) => [index, `m${index}`] as const));
    const get = (input: object) =>
      client.send(new GetLogEventsCommand({ ...group, logStreamName: 'one', limit: 2, ...input }));
    const texts = (page: GetLogEventsCommandOutput) => page.events?.map(({ message }) => message);
    const first = await get({ startFromHead: true });
    expect(texts(first)).toEqual(['m0', 'm1']);
    const second = await get({ nextToken: first.nextForwardToken });
    expect(texts(second)).toEqual(['m2', 'm3']);
    expect(texts(await get({ nextToken: second.nextBackwardToken }))).toEqual(['m0', 'm1']);
    const last = await get({});
    expect(texts(last)).toEqual(['m3', 'm4']);
    const end = await get({ nextToken: last.nextForwardToken });
    expect(texts(end)).toEqual([]);
    expect(end.nextForwardToken).toBe(last.nextForwardToken);
    await expect(get({ nextToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('FilterLogEvents searches all streams by time and pattern, in pages', async () => {
    const { put, client, now } = await start();
    await put('one', [0, 'ERROR a'], [20, 'INFO b'], [40, 'ERROR c']);
    await put('two', [10, 'ERROR d'], [30, 'ERROR e']);
    const find = (input: object) => client.send(new FilterLogEventsCommand({ ...group, ...input }));
    const all = await find({ filterPattern: 'ERROR' });
    expect(all.events?.map(({ message }) => message)).toEqual(['ERROR a', 'ERROR d', 'ERROR e', 'ERROR c']);
    expect(all.events?.[1]).toMatchObject({ logStreamName: 'two', timestamp: now + 10 });
    const within = await find({ startTime: now + 10, endTime: now + 40, logStreamNames: ['one'] });
    expect(within.events?.map(({ message }) => message)).toEqual(['INFO b']);
    const first = await find({ limit: 2 });
    const second = await find({ limit: 2, nextToken: first.nextToken });
    const third = await find({ limit: 2, nextToken: second.nextToken });
    expect([first, second, third].flatMap(({ events }) => events?.map(({ message }) => message?.at(-1)))).toEqual([
      'a',
      'd',
      'b',
      'e',
      'c',
    ]);
    expect(third.nextToken).toBeUndefined();
  });
});

test('the oldest events give way when memory is full', async () => {
  const { logs, put, client } = await start({ memoryBytes: 100_000 });
  for (let index = 0; index < 50; index++)
    await put('one', [index, `${String(index).padStart(2, '0')}${'x'.repeat(9_998)}`]);
  const { events } = await client.send(new FilterLogEventsCommand(group));
  expect(events?.length).toBe(9);
  expect(events?.at(-1)?.message?.slice(0, 2)).toBe('49');
  expect(logs.dropped()).toBe(41);
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
  expect(logGroups?.[0]?.storedBytes).toBeLessThanOrEqual(100_000);
});

test('the account writes its own messages', async () => {
  const { logs } = await start();
  logs.append('/aws/lambda/f', '2026/01/01/[$LATEST]a', 'START');
  expect(logs.read('/aws/lambda/f')).toMatchObject([{ logStream: '2026/01/01/[$LATEST]a', message: 'START' }]);
});
