import {
  CancelMessageMoveTaskCommand,
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, bodies, useSqs } from './sqs-world.ts';

const world = useSqs();
const seconds = (count: number): Promise<void> => world.local.clock.advance(count * 1000);

describe('a queue', () => {
  test('is created, found, listed, described and deleted', async () => {
    const { QueueUrl } = await world.client.send(
      new CreateQueueCommand({ QueueName: 'orders', Attributes: { VisibilityTimeout: '45' }, tags: { a: '1' } }),
    );
    expect(QueueUrl).toBe(`${world.local.gateway.endpoint}/${ACCOUNT}/orders`);
    expect((await world.client.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).QueueUrl).toBe(QueueUrl);
    world.make({ name: 'other' });
    expect((await world.client.send(new ListQueuesCommand({ QueueNamePrefix: 'ord' }))).QueueUrls).toEqual([QueueUrl]);
    const { Attributes } = await world.client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'VisibilityTimeout', 'RedrivePolicy'] }),
    );
    expect(Attributes).toEqual({ QueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`, VisibilityTimeout: '45' });
    await world.client.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(world.client.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue' },
    });
  });

  test('is the same when created again alike, and in the way when not', async () => {
    const create = (value: string) =>
      world.client.send(new CreateQueueCommand({ QueueName: 'q', Attributes: { DelaySeconds: value } }));
    expect((await create('5')).QueueUrl).toBe((await create('5')).QueueUrl);
    await expect(create('6')).rejects.toMatchObject({ name: 'QueueNameExists' });
  });

  test.each([
    ['bad name', {}, 'InvalidParameterValue'],
    ['x'.repeat(81), {}, 'InvalidParameterValue'],
    ['q.fifo', {}, 'InvalidParameterValue'],
    ['q', { FifoQueue: 'true' }, 'InvalidParameterValue'],
    ['q', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['q', { Nonsense: '1' }, 'InvalidAttributeName'],
    ['q', { ContentBasedDeduplication: 'true' }, 'InvalidAttributeName'],
    ['q', { RedrivePolicy: '{' }, 'InvalidParameterValue'],
    ['q', { RedrivePolicy: '{"maxReceiveCount":3}' }, 'InvalidParameterValue'],
  ])('%j with %j is refused', async (QueueName, Attributes, name) => {
    await expect(
      world.client.send(new CreateQueueCommand({ QueueName, Attributes: Attributes as Record<string, string> })),
    ).rejects.toMatchObject({ name });
  });

  test('is purged once a minute', async () => {
    const url = world.make();
    await world.send(url, 'x');
    await world.receive(url);
    await world.send(url, 'y');
    await world.client.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await world.counts(url)).toEqual([0, 0, 0]);
    await expect(world.client.send(new PurgeQueueCommand({ QueueUrl: url }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    });
    await seconds(61);
    await world.client.send(new PurgeQueueCommand({ QueueUrl: url }));
  });

  test('has tags and settings that change', async () => {
    const QueueUrl = world.make();
    await world.client.send(new TagQueueCommand({ QueueUrl, Tags: { a: '1', b: '2' } }));
    await world.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
    expect((await world.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: '2' });
    await world.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '0' } }));
    await world.send(QueueUrl, 'x');
    await world.receive(QueueUrl);
    expect(await world.receive(QueueUrl)).toHaveLength(1);
  });

  test('is named by name, URL and ARN inside the account', async () => {
    const url = world.make();
    for (const name of ['q', url, world.queues.arnOf('q')]) await world.queues.send(name, name);
    expect(await world.queues.depth('q')).toBe(3);
    await expect(world.queues.send('gone', 'x')).rejects.toMatchObject({ code: 'QueueDoesNotExist' });
  });

  test('tells who listens that something was sent', async () => {
    const url = world.make();
    const told: string[] = [];
    const leave = world.queues.onSent((arn) => told.push(arn));
    await world.send(url, 'x');
    expect(told).toEqual([world.queues.arnOf('q')]);
    leave();
  });

  test('meets the faults of its operations', async () => {
    const url = world.make();
    world.local.faults.operation = (service, operation) =>
      service === 'sqs' && operation === 'SendMessage' ? 'ServiceUnavailable' : undefined;
    await expect(world.send(url, 'x')).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      $metadata: { httpStatusCode: 503 },
    });
    await expect(world.queues.send(url, 'x')).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });
});

describe('dead letters', () => {
  const pair = (): { source: string; dead: string; deadArn: string } => {
    const deadArn = world.queues.createQueue({ name: 'dead' }).arn;
    const source = world.make({ redrive: { deadLetterTargetArn: deadArn, maxReceiveCount: 2 }, visibilitySeconds: 0 });
    return { source, dead: world.queues.urlOf('dead'), deadArn };
  };

  test('move when they were received too often, and say where from', async () => {
    const { source, dead } = pair();
    const { MessageId } = await world.send(source, 'poison');
    for (const _ of [1, 2]) expect(bodies(await world.receive(source))).toEqual(['poison']);
    expect(await world.receive(source)).toEqual([]);
    const [letter] = await world.receive(dead);
    expect(letter).toMatchObject({
      MessageId,
      Body: 'poison',
      Attributes: { DeadLetterQueueSourceArn: world.queues.arnOf('q') },
    });
    const sources = await world.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
    expect(sources.queueUrls).toEqual([source]);
  });

  const kill = async (source: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await world.send(source, `m${index}`);
    for (let turn = 0; turn < 3; turn += 1) for (let index = 0; index < count; index += 10) await world.receive(source);
    while ((await world.receive(source)).length > 0);
  };

  test('are moved back by a move task, as new messages', async () => {
    const { source, dead, deadArn } = pair();
    await kill(source, 12);
    expect(await world.counts(dead)).toEqual([12, 0, 0]);
    await world.client.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn }));
    expect(await world.counts(dead)).toEqual([0, 0, 0]);
    expect(await world.counts(source)).toEqual([12, 0, 0]);
    const { Results } = await world.client.send(new ListMessageMoveTasksCommand({ SourceArn: deadArn }));
    expect(Results?.[0]).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 12 });
    expect((await world.receive(source))[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
  });

  test('at the rate asked for, until cancelled', async () => {
    const { source, dead, deadArn } = pair();
    await kill(source, 10);
    const { TaskHandle } = await world.client.send(
      new StartMessageMoveTaskCommand({ SourceArn: deadArn, MaxNumberOfMessagesPerSecond: 3 }),
    );
    expect(await world.counts(dead)).toEqual([7, 0, 0]);
    await expect(world.client.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
    await seconds(1);
    expect(await world.counts(dead)).toEqual([4, 0, 0]);
    const cancelled = await world.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(6);
    await seconds(5);
    expect(await world.counts(dead)).toEqual([4, 0, 0]);
  });

  test('only a dead-letter queue can be moved from', async () => {
    world.make();
    await expect(
      world.client.send(new StartMessageMoveTaskCommand({ SourceArn: world.queues.arnOf('q') })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});

describe('a FIFO queue', () => {
  const fifo = (): string =>
    world.make({ name: 'q.fifo', fifo: true, contentBasedDeduplication: true, visibilitySeconds: 30 });

  test('keeps each group in order, and gives none of a group of which one is out', async () => {
    const url = fifo();
    for (const [group, body] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['a', 'a3'],
    ] as const)
      await world.send(url, body, { MessageGroupId: group });
    const first = await world.receive(url, { MaxNumberOfMessages: 1 });
    expect(bodies(first)).toEqual(['a1']);
    expect(bodies(await world.receive(url))).toEqual(['b1']);
    await world.remove(url, first[0]);
    expect(bodies(await world.receive(url))).toEqual(['a2', 'a3']);
    await seconds(31);
    expect(bodies(await world.receive(url, { MaxNumberOfMessages: 2 }))).toEqual(['a2', 'a3']);
  });

  test('takes a message once in five minutes', async () => {
    const url = fifo();
    const first = await world.send(url, 'x', { MessageGroupId: 'g' });
    const again = await world.send(url, 'x', { MessageGroupId: 'g' });
    expect(again).toMatchObject({ MessageId: first.MessageId, SequenceNumber: first.SequenceNumber });
    expect(await world.counts(url)).toEqual([1, 0, 0]);
    await seconds(301);
    const later = await world.send(url, 'x', { MessageGroupId: 'g' });
    expect(BigInt(later.SequenceNumber as string)).toBeGreaterThan(BigInt(first.SequenceNumber as string));
    expect(await world.counts(url)).toEqual([2, 0, 0]);
  });

  test('needs a group and a way to tell repetitions, and takes no delay of a message', async () => {
    const url = world.make({ name: 'strict.fifo', fifo: true });
    await expect(world.send(url, 'x')).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(world.send(url, 'x', { MessageGroupId: 'g' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(
      world.send(url, 'x', { MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 3 }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await world.send(url, 'x', { MessageGroupId: 'g', MessageDeduplicationId: 'd' });
  });

  test('an expired receipt deletes nothing', async () => {
    const url = fifo();
    await world.send(url, 'x', { MessageGroupId: 'g' });
    const [message] = await world.receive(url);
    await seconds(31);
    await expect(world.remove(url, message)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });
});
