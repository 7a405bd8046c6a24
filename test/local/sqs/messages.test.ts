import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodies, useSqs } from './sqs-world.ts';

const world = useSqs();
const seconds = (count: number): Promise<void> => world.local.clock.advance(count * 1000);

describe('a message', () => {
  test('is sent, received once while it is hidden, and deleted', async () => {
    const url = world.make();
    const { MessageId } = await world.send(url, 'hello <&> 🎉');
    const [message] = await world.receive(url);
    expect(message).toMatchObject({ MessageId, Body: 'hello <&> 🎉', Attributes: { ApproximateReceiveCount: '1' } });
    expect(await world.receive(url)).toEqual([]);
    expect(await world.counts(url)).toEqual([0, 1, 0]);
    await world.remove(url, message);
    await seconds(31);
    expect(await world.receive(url)).toEqual([]);
    expect(await world.counts(url)).toEqual([0, 0, 0]);
  });

  test('comes again when its visibility timeout has passed, with a new receipt', async () => {
    const url = world.make({ visibilitySeconds: 60 });
    await world.send(url, 'x');
    const [first] = await world.receive(url);
    await seconds(59);
    expect(await world.receive(url)).toEqual([]);
    await seconds(2);
    const [second] = await world.receive(url);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    await world.remove(url, first);
    expect(await world.counts(url)).toEqual([0, 1, 0]);
    await world.remove(url, second);
    expect(await world.counts(url)).toEqual([0, 0, 0]);
  });

  test('can be deleted by its latest receipt after it became visible', async () => {
    const url = world.make({ visibilitySeconds: 1 });
    await world.send(url, 'slow');
    const [message] = await world.receive(url);
    await seconds(5);
    await world.remove(url, message);
    expect(await world.counts(url)).toEqual([0, 0, 0]);
  });

  test('has its visibility changed, to now too', async () => {
    const url = world.make();
    await world.send(url, 'x');
    const [message] = await world.receive(url);
    const change = (VisibilityTimeout: number) =>
      world.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout }),
      );
    await change(100);
    await seconds(90);
    expect(await world.receive(url)).toEqual([]);
    await change(0);
    expect(await world.receive(url)).toHaveLength(1);
    await expect(change(5)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await expect(change(43_201)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('is delayed by its own word or its queue’s', async () => {
    const url = world.make({ delaySeconds: 20 });
    await world.send(url, 'queue');
    await world.send(url, 'own', { DelaySeconds: 5 });
    await world.send(url, 'none', { DelaySeconds: 0 });
    expect(await world.counts(url)).toEqual([1, 0, 2]);
    expect(bodies(await world.receive(url))).toEqual(['none']);
    await seconds(6);
    expect(bodies(await world.receive(url))).toEqual(['own']);
    await seconds(15);
    expect(bodies(await world.receive(url))).toEqual(['queue']);
  });

  test('is gone when its retention ends', async () => {
    const url = world.make({ retentionSeconds: 60 });
    await world.send(url, 'old');
    await seconds(50);
    await world.send(url, 'young');
    await seconds(11);
    expect(bodies(await world.receive(url))).toEqual(['young']);
  });

  test('bears attributes, whose digest the client checks', async () => {
    const url = world.make();
    const MessageAttributes = {
      text: { DataType: 'String.x', StringValue: 'ä' },
      number: { DataType: 'Number', StringValue: '1.50' },
      bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 1, 255]) },
    };
    const sent = await world.send(url, 'x', { MessageAttributes });
    expect(sent.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
    const [message] = await world.receive(url, { MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
    expect(message?.MessageAttributes?.text).toEqual({ DataType: 'String.x', StringValue: 'ä' });
    expect(Buffer.from(message?.MessageAttributes?.bytes?.BinaryValue as Uint8Array)).toEqual(Buffer.from([0, 1, 255]));
    const [some] = await world.receive(url, { MessageAttributeNames: ['te.*', 'number'] });
    expect(Object.keys(some?.MessageAttributes ?? {})).toEqual(['number']);
  });

  test.each([
    ['', 'MissingParameter'],
    ['\u0000', 'InvalidMessageContents'],
    ['\ufffe', 'InvalidMessageContents'],
    ['x'.repeat(1_048_577), 'InvalidParameterValue'],
  ])('%j is refused', async (body, name) => {
    await expect(world.send(world.make(), body)).rejects.toMatchObject({ name });
  });

  test.each([
    [{ '': { DataType: 'String', StringValue: 'x' } }],
    [{ 'AWS.x': { DataType: 'String', StringValue: 'x' } }],
    [{ a: { DataType: 'Stringy', StringValue: 'x' } }],
    [{ a: { DataType: 'String', StringValue: '' } }],
    [{ a: { DataType: 'Number', StringValue: 'one' } }],
    [
      Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
      ),
    ],
  ])('attributes %j are refused', async (MessageAttributes) => {
    await expect(world.send(world.make(), 'x', { MessageAttributes })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  test('1 MiB fits, attributes counted', async () => {
    const url = world.make();
    await world.send(url, 'x'.repeat(1_048_576));
    const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } };
    await expect(world.send(url, 'x'.repeat(1_048_575), { MessageAttributes })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  test('a made-up receipt is invalid', async () => {
    const url = world.make();
    await expect(world.remove(url, { ReceiptHandle: 'nonsense' })).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    });
  });
});

describe('a batch', () => {
  const batch = (QueueUrl: string, Entries: SendMessageBatchRequestEntry[]) =>
    world.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const entry = (Id: string, MessageBody = Id): SendMessageBatchRequestEntry => ({ Id, MessageBody });

  test('tells what went well beside what failed', async () => {
    const url = world.make();
    const { Successful, Failed } = await batch(url, [
      entry('a'),
      entry('b', '\u0001'),
      { ...entry('c'), DelaySeconds: 901 },
    ]);
    expect(Successful?.map((each) => each.Id)).toEqual(['a']);
    expect(Failed?.map((each) => [each.Id, each.SenderFault])).toEqual([
      ['b', true],
      ['c', true],
    ]);
    expect(bodies(await world.receive(url))).toEqual(['a']);
  });

  test.each([
    [[], 'EmptyBatchRequest'],
    [Array.from({ length: 11 }, (_, index) => entry(`${index}`)), 'TooManyEntriesInBatchRequest'],
    [[entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
    [[entry('a b')], 'InvalidBatchEntryId'],
    [[entry('a', 'x'.repeat(600_000)), entry('b', 'x'.repeat(600_000))], 'BatchRequestTooLong'],
  ])('that is not one is refused whole', async (entries, name) => {
    const url = world.make();
    const asked = batch(url, entries);
    await expect(asked).rejects.toMatchObject({ name });
    expect(await world.counts(url)).toEqual([0, 0, 0]);
  });

  test('of deletes and of visibilities', async () => {
    const url = world.make();
    await batch(
      url,
      ['a', 'b', 'c'].map((id) => entry(id)),
    );
    const received = await world.receive(url);
    const receipt = (index: number) => ({ Id: `${index}`, ReceiptHandle: received[index]?.ReceiptHandle });
    const hide = { QueueUrl: url, Entries: [{ ...receipt(0), VisibilityTimeout: 0 }] };
    await world.client.send(new ChangeMessageVisibilityBatchCommand(hide));
    const { Failed } = await world.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: [receipt(1), receipt(2), { Id: 'x', ReceiptHandle: 'bad' }],
      }),
    );
    expect(Failed?.map((each) => each.Id)).toEqual(['x']);
    expect(await world.counts(url)).toEqual([1, 0, 0]);
  });
});

describe('a long poll', () => {
  test('answers as soon as something is sent', async () => {
    const url = world.make();
    const waiting = world.receive(url, { WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await world.send(url, 'x');
    expect(bodies(await waiting)).toEqual(['x']);
  });

  test('answers when a hidden message becomes visible, and empty when time is up', async () => {
    const url = world.make({ receiveWaitSeconds: 20 });
    await world.send(url, 'x', { DelaySeconds: 10 });
    const waiting = world.receive(url);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await seconds(11);
    expect(bodies(await waiting)).toEqual(['x']);
    const empty = world.receive(url);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await seconds(20);
    expect(await empty).toEqual([]);
  });

  test('that is hung up on takes nothing', async () => {
    const url = world.make();
    const hangUp = new AbortController();
    const response = fetch(url, {
      method: 'POST',
      signal: hangUp.signal,
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260131/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ReceiveMessage',
      },
      body: JSON.stringify({ QueueUrl: url, WaitTimeSeconds: 20 }),
    });
    response.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    hangUp.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await world.send(url, 'x');
    expect(bodies(await world.receive(url))).toEqual(['x']);
  });
});

test('any order of sends, receives, deletes and waits loses and doubles nothing', async () => {
  const url = world.make({ visibilitySeconds: 30 });
  const step = fc.oneof(
    fc.record({ send: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 10 }), keep: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ wait: fc.integer({ min: 1, max: 60 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const open = new Set<string>();
      let sent = 0;
      const receive = async (most: number, keep: number): Promise<void> => {
        const messages = await world.queues.receive(url, most);
        for (const [index, message] of messages.entries()) {
          expect(open.has(message.body)).toBe(true);
          if (index < keep) continue;
          await world.queues.remove(url, [message.receiptHandle]);
          open.delete(message.body);
        }
      };
      for (const each of steps) {
        if ('send' in each) {
          for (let count = 0; count < each.send; count += 1) {
            sent += 1;
            const body = `${sent}`;
            open.add(body);
            await world.queues.send(url, body);
          }
        } else if ('take' in each) await receive(each.take, each.keep);
        else await seconds(each.wait);
        expect(await world.queues.depth(url)).toBe(open.size);
      }
      await seconds(31);
      while (open.size > 0) await receive(10, 0);
      expect(await world.counts(url)).toEqual([0, 0, 0]);
    }),
    { numRuns: 20 },
  );
});
