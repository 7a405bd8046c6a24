import { describe, expect, test } from 'vitest';
import { SHARD, STREAM_ARN, type StreamEvent, startBench, textOf } from './fixture.ts';

const WINDOW = { TumblingWindowInSeconds: 60 };

/** Adds up the numbers of its records. */
function sum(event: StreamEvent) {
  const before = event.state?.sum ?? 0;
  return { state: { sum: event.Records.reduce((total, record) => total + Number(textOf(record)), before) } };
}

/** The clock at the start of a window of a minute. */
async function atWindowStart(bench: ReturnType<typeof startBench>): Promise<number> {
  const now = bench.clock.now();
  const start = Math.ceil(now / 60_000) * 60_000;
  await bench.clock.advance(start - now + 5);
  return start;
}

const instant = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

describe('a tumbling window', () => {
  test('carries its state from batch to batch, and ends with an invocation that has no records', async () => {
    const bench = startBench(sum);
    const start = await atWindowStart(bench);
    bench.map({ ...WINDOW, BatchSize: 2 });
    for (const value of ['1', '2', '3']) bench.streams.add(SHARD, value);
    await bench.settle();
    expect(bench.events.map(({ state }) => state)).toEqual([{}, { sum: 3 }]);
    expect(bench.mappings.idle()).toBe(false);
    await bench.clock.advance(60_100);
    await bench.settle();
    expect(JSON.parse(bench.texts[2] ?? '')).toEqual({
      Records: [],
      window: { start: instant(start), end: instant(start + 60_000) },
      state: { sum: 6 },
      shardId: SHARD,
      eventSourceARN: STREAM_ARN,
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    });
    expect(bench.events[0]).toMatchObject({ isFinalInvokeForWindow: false, isWindowTerminatedEarly: false });
    expect(bench.mappings.idle()).toBe(true);
  });

  test('holds the records that arrived in it, and the next begins without state', async () => {
    const bench = startBench(sum);
    await atWindowStart(bench);
    bench.map({ ...WINDOW, Enabled: false });
    bench.streams.add(SHARD, '1');
    await bench.clock.advance(60_000);
    bench.streams.add(SHARD, '10');
    bench.streams.add(SHARD, '20');
    await bench.clock.advance(180_000);
    bench.streams.add(SHARD, '100');
    bench.map(WINDOW);
    await bench.drain(1000);
    expect(bench.seen()).toEqual([['1'], [], ['10', '20'], [], ['100'], []]);
    expect(bench.events.map(({ state }) => state)).toEqual([{}, { sum: 1 }, {}, { sum: 30 }, {}, { sum: 100 }]);
  });

  test('fails the batch whose answer holds no state', async () => {
    const answers = [{}, { state: null }, { state: 'text' }, undefined];
    const bench = startBench((event, invocation) => (invocation <= 4 ? answers[invocation - 1] : sum(event)));
    await atWindowStart(bench);
    bench.streams.add(SHARD, '5');
    bench.map(WINDOW);
    await bench.drain(1000);
    expect(bench.seen()).toEqual([['5'], ['5'], ['5'], ['5'], ['5'], []]);
    expect(bench.events.at(-1)).toMatchObject({ isFinalInvokeForWindow: true, state: { sum: 5 } });
  });

  test('keeps the state before a batch that is given up on', async () => {
    const bench = startBench((event) => {
      if (event.Records.some((record) => textOf(record) === '1000')) throw new Error('poison');
      return sum(event);
    });
    await atWindowStart(bench);
    for (const value of ['1', '1000', '2']) bench.streams.add(SHARD, value);
    bench.map({ ...WINDOW, BatchSize: 1, MaximumRetryAttempts: 1 });
    await bench.drain(1000);
    expect(bench.events.at(-1)).toMatchObject({ isFinalInvokeForWindow: true, state: { sum: 3 } });
  });

  test('takes the state of the records before a reported failure', async () => {
    let failed = false;
    const bench = startBench((event) => {
      const bad = event.Records.findIndex((record) => textOf(record) === '3');
      if (failed || bad === -1) return sum(event);
      failed = true;
      const itemIdentifier = event.Records[bad]?.kinesis.sequenceNumber;
      return { ...sum({ ...event, Records: event.Records.slice(0, bad) }), batchItemFailures: [{ itemIdentifier }] };
    });
    await atWindowStart(bench);
    for (const value of ['1', '2', '3', '4']) bench.streams.add(SHARD, value);
    bench.map({ ...WINDOW, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await bench.drain(1000);
    expect(bench.seen()).toEqual([['1', '2', '3', '4'], ['3', '4'], []]);
    expect(bench.events.at(-1)?.state).toEqual({ sum: 10 });
  });

  test('ends before its time when the account is flushed, and the next record opens it again', async () => {
    const bench = startBench(sum);
    await atWindowStart(bench);
    bench.map(WINDOW);
    bench.streams.add(SHARD, '1');
    await bench.settle();
    expect(bench.mappings.idle()).toBe(false);
    bench.mappings.flush();
    await bench.settle();
    expect(bench.mappings.idle()).toBe(true);
    bench.streams.add(SHARD, '2');
    await bench.settle();
    expect(bench.mappings.idle()).toBe(false);
    expect(bench.events.map(({ isFinalInvokeForWindow, state }) => [isFinalInvokeForWindow, state])).toEqual([
      [false, {}],
      [true, { sum: 1 }],
      [false, {}],
    ]);
  });

  test('ends early when its state is over 1 MB', async () => {
    const bench = startBench((event) => {
      if (event.isFinalInvokeForWindow) return { state: {} };
      return { state: { text: 'x'.repeat(event.Records.some((record) => textOf(record) === 'big') ? 1_100_000 : 10) } };
    });
    const start = await atWindowStart(bench);
    for (const value of ['a', 'big', 'b']) bench.streams.add(SHARD, value);
    bench.map({ ...WINDOW, BatchSize: 1 });
    await bench.drain(1000);
    expect(bench.seen()).toEqual([['a'], ['big'], [], ['b'], []]);
    expect(bench.events.map(({ isWindowTerminatedEarly }) => isWindowTerminatedEarly)).toEqual([
      false,
      false,
      true,
      false,
      false,
    ]);
    expect(bench.events[3]).toMatchObject({ state: {}, window: { start: instant(start) } });
  });

  test('ends with its shard, and the children begin without state', async () => {
    const bench = startBench(sum);
    await atWindowStart(bench);
    bench.map(WINDOW);
    bench.streams.add(SHARD, '1');
    await bench.settle();
    bench.streams.close(SHARD);
    bench.streams.addShard('shardId-000000000001', SHARD);
    bench.streams.add('shardId-000000000001', '2');
    await bench.settle();
    await bench.settle();
    expect(bench.events.map(({ shardId, isFinalInvokeForWindow }) => [shardId, isFinalInvokeForWindow])).toEqual([
      [SHARD, false],
      [SHARD, true],
      ['shardId-000000000001', false],
    ]);
    expect(bench.events[2]?.state).toEqual({});
  });

  test('repeats its final invocation, and tells the destination where its records lie when that fails for good', async () => {
    const bench = startBench((event) => {
      if (event.isFinalInvokeForWindow) throw new Error('no');
      return sum(event);
    });
    await atWindowStart(bench);
    const first = bench.streams.add(SHARD, '1');
    bench.streams.add(SHARD, '2');
    const last = bench.streams.add(SHARD, '3');
    const Destination = 'arn:aws:sqs:us-east-1:123456789012:letters';
    bench.map({ ...WINDOW, BatchSize: 2, MaximumRetryAttempts: 2, DestinationConfig: { OnFailure: { Destination } } });
    await bench.drain(1000);
    expect(bench.events.filter(({ isFinalInvokeForWindow }) => isFinalInvokeForWindow).length).toBe(3);
    expect(JSON.parse(bench.sent[0]?.message ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      KinesisBatchInfo: { startSequenceNumber: first, endSequenceNumber: last, batchSize: 3 },
    });
  });
});

test.each([
  [{ ...WINDOW, ParallelizationFactor: 2 }, /ParallelizationFactor/],
  [{ ...WINDOW, FilterCriteria: { Filters: [{ Pattern: '{"data":["x"]}' }] } }, /FilterCriteria/],
  [{ TumblingWindowInSeconds: 901 }, /TumblingWindowInSeconds must be a whole number between 0 and 900/],
])('windows that Lambda would refuse are refused: %j', (properties, message) => {
  const bench = startBench(() => undefined);
  expect(() => bench.map(properties)).toThrow(message);
});
