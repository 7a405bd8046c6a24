import {
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamConsumerCommand,
  ListStreamConsumersCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
  type StartingPosition,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
} from '@aws-sdk/client-kinesis';
import { beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, FIRST, HALF, useKinesis } from './kinesis-world.ts';

const world = useKinesis();
let streamArn: string;
let consumerArn: string;

beforeEach(() => {
  streamArn = world.kinesis.create({ name: 's', shardCount: 1 });
  consumerArn = world.kinesis.addConsumer('s', 'fan');
});

type Events = AsyncIterator<SubscribeToShardEvent | undefined>;

async function subscribe(position: StartingPosition, consumer = consumerArn): Promise<Events> {
  const wanted = { ConsumerARN: consumer, ShardId: FIRST, StartingPosition: position };
  const { EventStream } = await world.client.send(new SubscribeToShardCommand(wanted));
  async function* only(): AsyncGenerator<SubscribeToShardEvent | undefined> {
    for await (const event of EventStream ?? []) yield event.SubscribeToShardEvent;
  }
  return only();
}

/** The next event that bears records. */
async function nextRecords(events: Events): Promise<{ texts: string[]; event: SubscribeToShardEvent }> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the subscription ended');
    if (value?.Records?.length) {
      return { texts: value.Records.map((each) => Buffer.from(each.Data as Uint8Array).toString()), event: value };
    }
  }
}

describe('consumers', () => {
  test('are registered, described, listed and deregistered', async () => {
    const register = new RegisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: 'other' });
    const { Consumer } = await world.client.send(register);
    expect(Consumer?.ConsumerARN).toMatch(
      new RegExp(`^arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s/consumer/other:\\d{10}$`),
    );
    expect(Consumer?.ConsumerStatus).toBe('CREATING');
    await expect(world.client.send(register)).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const described = await world.client.send(
      new DescribeStreamConsumerCommand({ ConsumerARN: Consumer?.ConsumerARN }),
    );
    expect(described.ConsumerDescription).toMatchObject({ ConsumerStatus: 'ACTIVE', StreamARN: streamArn });
    const page = await world.client.send(new ListStreamConsumersCommand({ StreamARN: streamArn, MaxResults: 1 }));
    const rest = await world.client.send(
      new ListStreamConsumersCommand({ StreamARN: streamArn, NextToken: page.NextToken }),
    );
    expect([...(page.Consumers ?? []), ...(rest.Consumers ?? [])].map((each) => each.ConsumerName)).toEqual([
      'fan',
      'other',
    ]);
    await world.client.send(new DeregisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: 'other' }));
    const again = world.client.send(new DescribeStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: 'other' }));
    await expect(again).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('keep their stream from being deleted unless enforced', async () => {
    await expect(world.client.send(new DeleteStreamCommand({ StreamName: 's' }))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
    await world.client.send(new DeleteStreamCommand({ StreamName: 's', EnforceConsumerDeletion: true }));
  });

  test('a stream has at most twenty', async () => {
    for (let index = 1; index < 20; index += 1) world.kinesis.addConsumer('s', `c${index}`);
    const register = new RegisterStreamConsumerCommand({ StreamARN: streamArn, ConsumerName: 'one-more' });
    await expect(world.client.send(register)).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});

describe('SubscribeToShard', () => {
  test('pushes what is there and what comes', async () => {
    await world.put('before');
    const events = await subscribe({ Type: 'TRIM_HORIZON' });
    expect((await nextRecords(events)).texts).toEqual(['before']);
    const put = await world.put('after');
    const { texts, event } = await nextRecords(events);
    expect(texts).toEqual(['after']);
    expect(event.ContinuationSequenceNumber).toBe(put.SequenceNumber);
    expect(event.MillisBehindLatest).toBe(0);
  });

  test('goes on from a continuation number', async () => {
    const first = await world.put('a');
    await world.put('b');
    const events = await subscribe({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: first.SequenceNumber });
    expect((await nextRecords(events)).texts).toEqual(['b']);
  });

  test('beats at the tip, with the number to go on from', async () => {
    const put = await world.put('a');
    const events = await subscribe({ Type: 'LATEST' });
    const { value } = await events.next();
    expect(value).toMatchObject({ Records: [], MillisBehindLatest: 0, ContinuationSequenceNumber: put.SequenceNumber });
    await world.local.clock.advance(5000);
    expect((await events.next()).value).toMatchObject({ Records: [] });
  });

  test('ends after five minutes', async () => {
    const events = await subscribe({ Type: 'LATEST' });
    await events.next();
    await world.local.clock.advance(300_000);
    let ended = false;
    for (let index = 0; index < 100 && !ended; index += 1) ended = (await events.next()).done === true;
    expect(ended).toBe(true);
    await subscribe({ Type: 'LATEST' });
  });

  test('ends a closed shard by naming its children', async () => {
    await world.put('last');
    await world.client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: HALF }));
    const events = await subscribe({ Type: 'TRIM_HORIZON' });
    const { event } = await nextRecords(events);
    expect(event.ChildShards?.map((child) => child.ShardId)).toEqual(['shardId-000000000001', 'shardId-000000000002']);
    expect(event.ContinuationSequenceNumber).toBeUndefined();
    expect((await events.next()).done).toBe(true);
  });

  test('is one for a consumer and shard; another takes over after five seconds', async () => {
    const first = await subscribe({ Type: 'LATEST' });
    await first.next();
    await expect(subscribe({ Type: 'LATEST' })).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const other = world.kinesis.addConsumer('s', 'other');
    await (await subscribe({ Type: 'LATEST' }, other)).next();
    await world.local.clock.advance(5000);
    const second = await subscribe({ Type: 'LATEST' });
    let ended = false;
    for (let index = 0; index < 10 && !ended; index += 1) ended = (await first.next()).done === true;
    expect(ended).toBe(true);
    await world.put('x');
    expect((await nextRecords(second)).texts).toEqual(['x']);
  });

  test('pushes no more than 2 MiB a second', async () => {
    const entries = Array.from({ length: 6 }, () => ({ partitionKey: 'k', data: Buffer.alloc(1_000_000) }));
    world.kinesis.put('s', entries);
    const events = await subscribe({ Type: 'TRIM_HORIZON' });
    const begun = world.local.clock.now();
    let got = 0;
    while (got < 6) got += (await nextRecords(events)).texts.length;
    expect(world.local.clock.now() - begun).toBeGreaterThanOrEqual(2000);
  });

  test('a deleted stream is told inside the subscription', async () => {
    const events = await subscribe({ Type: 'LATEST' });
    await events.next();
    await world.client.send(new DeleteStreamCommand({ StreamName: 's', EnforceConsumerDeletion: true }));
    await expect(events.next()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('an unknown consumer is not found', async () => {
    const unknown = consumerArn.replace('fan', 'nobody');
    await expect(subscribe({ Type: 'LATEST' }, unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
