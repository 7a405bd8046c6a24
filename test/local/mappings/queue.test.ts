import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type FakeQueues, fakeQueues } from './fake-queues.ts';
import { type Behaviour, QUEUE_ARN, startBench } from './fixture.ts';

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

function start(behaviour: (event: QueueEvent, invocation: number) => unknown, told = true) {
  let queues: FakeQueues | undefined;
  const bench = startBench(behaviour as unknown as Behaviour, {
    queues: (clock) => {
      queues = fakeQueues(clock, told);
      return queues;
    },
  });
  const send = (...bodies: string[]) => Promise.all(bodies.map((body) => queues?.send(QUEUE_ARN, body)));
  const bodies = () => (bench.events as unknown as QueueEvent[]).map(({ Records }) => Records.map(({ body }) => body));
  const map = (properties: Record<string, unknown> = {}) => bench.map({ EventSourceArn: QUEUE_ARN, ...properties });
  return { ...bench, queues: queues as unknown as FakeQueues, send, bodies, map };
}

const REPORT = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

describe('a queue mapping', () => {
  test('hands messages over in AWS’s shape, and removes them', async () => {
    const bench = start(() => undefined);
    await bench.queues.send(QUEUE_ARN, 'hello', { Kind: { DataType: 'String', StringValue: 'greeting' } });
    bench.map();
    await bench.drain();
    expect(JSON.parse(bench.texts[0] ?? '')).toEqual({
      Records: [
        {
          messageId: 'message-1',
          receiptHandle: 'handle-1',
          body: 'hello',
          attributes: { SentTimestamp: expect.any(String), ApproximateReceiveCount: '1' },
          messageAttributes: {
            Kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' },
          },
          md5OfBody: createHash('md5').update('hello').digest('hex'),
          eventSource: 'aws:sqs',
          eventSourceARN: QUEUE_ARN,
          awsRegion: 'us-east-1',
        },
      ],
    });
    expect(bench.queues.removed).toEqual(['hello']);
    expect(bench.mappings.idle()).toBe(true);
  });

  test('takes ten at a time unless told', async () => {
    const bench = start(() => undefined);
    await bench.send(...Array.from({ length: 25 }, (_, index) => String(index)));
    bench.map();
    await bench.drain();
    expect(
      bench
        .bodies()
        .map((batch) => batch.length)
        .toSorted(),
    ).toEqual([10, 10, 5]);
  });

  test('gathers more than ten within a batching window', async () => {
    const bench = start(() => undefined);
    await bench.send(...Array.from({ length: 15 }, (_, index) => String(index)));
    bench.map({ BatchSize: 100, MaximumBatchingWindowInSeconds: 2, ScalingConfig: { MaximumConcurrency: 2 } });
    await bench.settle();
    await bench.send('late');
    await bench.drain(500);
    expect(bench.bodies().flat().length).toBe(16);
    expect(bench.bodies().length).toBeLessThanOrEqual(2);
  });

  test('leaves the messages of a failed invocation to their visibility timeout', async () => {
    const bench = start((_event, invocation) => {
      if (invocation === 1) throw new Error('no');
    });
    await bench.send('a', 'b');
    bench.map();
    await bench.settle();
    await bench.clock.advance(20_000);
    await bench.settle();
    expect(bench.bodies()).toEqual([['a', 'b']]);
    expect(bench.mappings.idle()).toBe(false);
    await bench.drain(1000);
    expect(bench.bodies()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(bench.queues.removed).toEqual(['a', 'b']);
  });

  test('removes what was not reported as failed', async () => {
    const bench = start(({ Records }, invocation) => {
      const bad = Records.find(({ body }) => body === 'b');
      return invocation === 1 && bad !== undefined ? { batchItemFailures: [{ itemIdentifier: bad.messageId }] } : {};
    });
    await bench.send('a', 'b', 'c');
    bench.map(REPORT);
    await bench.drain(1000);
    expect(bench.bodies()).toEqual([['a', 'b', 'c'], ['b']]);
    expect(bench.queues.removed).toEqual(['a', 'c', 'b']);
  });

  test.each([
    [{ batchItemFailures: [{ itemIdentifier: '' }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ id: 'message-1' }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'nobody' }] }],
  ])('removes nothing for an answer that makes no sense: %j', async (answer) => {
    const bench = start((_event, invocation) => (invocation === 1 ? answer : {}));
    await bench.send('a');
    bench.map(REPORT);
    await bench.drain(1000);
    expect(bench.bodies()).toEqual([['a'], ['a']]);
  });

  test('splits what one event can’t hold', async () => {
    const bench = start(() => undefined);
    await bench.send(...Array.from({ length: 10 }, () => 'x'.repeat(1_000_000)));
    bench.map();
    await bench.drain();
    expect(bench.bodies().map((batch) => batch.length)).toEqual([6, 4]);
  });

  test('finds messages by polling where nothing tells it of them', async () => {
    const bench = start(() => undefined, false);
    bench.map();
    await bench.settle();
    await bench.send('a');
    await bench.settle();
    expect(bench.bodies()).toEqual([]);
    await bench.clock.advance(1000);
    await bench.settle();
    expect(bench.bodies()).toEqual([['a']]);
  });

  test('drops what its filter keeps from the function', async () => {
    const bench = start(() => undefined);
    await bench.send('{"n":1}', '{"n":2}', 'text');
    bench.map({ FilterCriteria: { Filters: [{ Pattern: '{"body":{"n":[2]}}' }] } });
    await bench.drain();
    expect(bench.bodies()).toEqual([['{"n":2}']]);
    expect(bench.queues.removed.length).toBe(3);
  });

  test('rests while it is disabled', async () => {
    const bench = start(() => undefined);
    await bench.send('a');
    bench.map({ Enabled: 'false' });
    await bench.settle();
    expect(bench.events).toEqual([]);
    expect(bench.mappings.idle()).toBe(true);
  });

  test('refuses a batch above ten without a window', () => {
    const bench = start(() => undefined);
    expect(() => bench.map({ BatchSize: 11 })).toThrow(/BatchSize above 10 needs/);
  });
});
