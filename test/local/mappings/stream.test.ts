import { describe, expect, test } from 'vitest';
import { processorMsOf } from '../../factories/processor-time.ts';
import { Refusal, SHARD, STREAM_ARN, startBench } from './fixture.ts';

const ok = () => undefined;

/** Adds records named by their order. */
function fill(bench: ReturnType<typeof startBench>, count: number, shard = SHARD): string[] {
  return Array.from({ length: count }, (_, index) => bench.streams.add(shard, String(index + 1)));
}

describe('the event of a stream mapping', () => {
  test('has AWS’s shape, member for member', async () => {
    const bench = startBench(ok);
    const sequenceNumber = bench.streams.add(SHARD, 'hé', 'key "1"');
    bench.map();
    await bench.drain();
    expect(JSON.parse(bench.texts[0] ?? '')).toEqual({
      Records: [
        {
          kinesis: {
            kinesisSchemaVersion: '1.0',
            partitionKey: 'key "1"',
            sequenceNumber,
            data: Buffer.from('hé').toString('base64'),
            approximateArrivalTimestamp: 1789809023.187,
          },
          eventSource: 'aws:kinesis',
          eventVersion: '1.0',
          eventID: `${SHARD}:${sequenceNumber}`,
          eventName: 'aws:kinesis:record',
          invokeIdentityArn: 'arn:aws:iam::123456789012:role/f-role',
          awsRegion: 'us-east-1',
          eventSourceARN: STREAM_ARN,
        },
      ],
    });
    expect(bench.texts[0]).toContain('"approximateArrivalTimestamp":1789809023.187}');
  });

  test('holds at most BatchSize records, in order', async () => {
    const bench = startBench(ok);
    fill(bench, 25);
    bench.map({ BatchSize: 10 });
    await bench.drain();
    expect(bench.seen().map((batch) => batch.length)).toEqual([10, 10, 5]);
    expect(bench.seen().flat()).toEqual(Array.from({ length: 25 }, (_, index) => String(index + 1)));
  });

  test('holds 100 records where BatchSize is not set', async () => {
    const bench = startBench(ok);
    fill(bench, 150);
    bench.map();
    await bench.drain();
    expect(bench.seen().map((batch) => batch.length)).toEqual([100, 50]);
  });

  test('is cut below 6 MB', async () => {
    const bench = startBench(ok);
    for (let index = 0; index < 10; index++) bench.streams.add(SHARD, Buffer.alloc(1_000_000, index));
    bench.map({ BatchSize: 10_000 });
    await bench.drain();
    expect(bench.seen().map((batch) => batch.length)).toEqual([4, 4, 2]);
    for (const text of bench.texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6_291_456);
  });
});

describe('batching', () => {
  test('waits for the batching window', async () => {
    const bench = startBench(ok);
    bench.map({ MaximumBatchingWindowInSeconds: 5 });
    await bench.settle();
    bench.streams.add(SHARD, 'a');
    await bench.settle();
    await bench.clock.advance(3000);
    bench.streams.add(SHARD, 'b');
    await bench.settle();
    expect(bench.events).toEqual([]);
    expect(bench.mappings.idle()).toBe(false);
    await bench.clock.advance(2100);
    await bench.settle();
    expect(bench.seen()).toEqual([['a', 'b']]);
    expect(bench.mappings.idle()).toBe(true);
  });

  test('does not wait when the account is flushed', async () => {
    const bench = startBench(ok);
    bench.map({ MaximumBatchingWindowInSeconds: 300 });
    fill(bench, 2);
    await bench.settle();
    bench.mappings.flush();
    await bench.settle();
    expect(bench.seen()).toEqual([['1', '2']]);
    expect(bench.mappings.idle()).toBe(true);
  });

  test('does not wait once the batch is full', async () => {
    const bench = startBench(ok);
    bench.map({ MaximumBatchingWindowInSeconds: 300, BatchSize: 2 });
    fill(bench, 5);
    await bench.settle();
    expect(bench.seen()).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    await bench.clock.advance(300_000);
    await bench.settle();
    expect(bench.seen()).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  test('does not wait once 6 MB are there', async () => {
    const bench = startBench(ok);
    bench.map({ MaximumBatchingWindowInSeconds: 300, BatchSize: 10_000 });
    for (let index = 0; index < 5; index++) bench.streams.add(SHARD, Buffer.alloc(1_000_000));
    await bench.settle();
    expect(bench.seen().map((batch) => batch.length)).toEqual([4]);
  });
});

describe('the starting position', () => {
  test('TRIM_HORIZON reads what was there', async () => {
    const bench = startBench(ok);
    fill(bench, 2);
    bench.map({ StartingPosition: 'TRIM_HORIZON' });
    await bench.drain();
    bench.streams.add(SHARD, 'new');
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['1', '2', 'new']);
  });

  test('LATEST reads what comes after, also in the same millisecond', async () => {
    const bench = startBench(ok);
    fill(bench, 2);
    bench.map({ StartingPosition: 'LATEST' });
    bench.streams.add(SHARD, 'new');
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['new']);
  });

  test('AT_TIMESTAMP reads from there', async () => {
    const bench = startBench(ok);
    fill(bench, 2);
    await bench.clock.advance(60_000);
    const from = Math.ceil(bench.clock.now() / 1000) + 1;
    await bench.clock.advance(3000);
    bench.streams.add(SHARD, 'later');
    bench.map({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: from });
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['later']);
  });
});

describe('shards', () => {
  test('run side by side, each in order', async () => {
    const other = 'shardId-000000000001';
    let under = 0;
    let most = 0;
    const bench = startBench(
      async () => {
        most = Math.max(most, ++under);
        await new Promise((resolve) => setTimeout(resolve, 2));
        under -= 1;
      },
      { shards: [SHARD, other] },
    );
    fill(bench, 20);
    fill(bench, 20, other);
    bench.map({ BatchSize: 5 });
    while (!bench.mappings.idle()) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(most).toBe(2);
    for (const shard of [SHARD, other]) {
      const own = bench.events.flatMap(({ Records }) => Records).filter(({ eventID }) => eventID.startsWith(shard));
      expect(own.length).toBe(20);
      expect(own.map(({ kinesis }) => Number(kinesis.sequenceNumber))).toEqual(
        own.map(({ kinesis }) => Number(kinesis.sequenceNumber)).sort((left, right) => left - right),
      );
    }
  });

  test('that were made by a split wait until their parent is read and done', async () => {
    let broken = true;
    const bench = startBench(() => {
      if (broken) throw new Error('not yet');
    });
    bench.map();
    bench.streams.add(SHARD, 'parent');
    await bench.settle();
    bench.streams.close(SHARD);
    bench.streams.addShard('shardId-000000000001', SHARD);
    bench.streams.addShard('shardId-000000000002', SHARD);
    bench.streams.add('shardId-000000000001', 'left');
    bench.streams.add('shardId-000000000002', 'right');
    for (let step = 0; step < 5; step++) {
      await bench.clock.advance(1000);
      await bench.settle();
    }
    expect(new Set(bench.seen().flat())).toEqual(new Set(['parent']));
    expect(bench.mappings.idle()).toBe(false);
    broken = false;
    await bench.drain(1000);
    expect(bench.seen().slice(-2).flat().sort()).toEqual(['left', 'right']);
  });

  test('that come later are read from their start, with LATEST too', async () => {
    const bench = startBench(ok);
    bench.streams.add(SHARD, 'old');
    bench.map({ StartingPosition: 'LATEST' });
    bench.streams.close(SHARD);
    bench.streams.addShard('shardId-000000000001', SHARD);
    bench.streams.add('shardId-000000000001', 'child');
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['child']);
  });

  test('that were closed before a mapping with LATEST hold nothing back', async () => {
    const bench = startBench(ok);
    bench.streams.add(SHARD, 'old');
    bench.streams.close(SHARD);
    bench.streams.addShard('shardId-000000000001', SHARD);
    bench.map({ StartingPosition: 'LATEST' });
    bench.streams.add('shardId-000000000001', 'new');
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['new']);
  });
});

describe('parallelization', () => {
  test('runs several batches of a shard at once, in order for each partition key', async () => {
    let under = 0;
    let most = 0;
    const bench = startBench(async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 1));
      under -= 1;
    });
    for (let index = 0; index < 200; index++) bench.streams.add(SHARD, String(index), `key-${index % 20}`);
    bench.map({ ParallelizationFactor: 4, BatchSize: 5 });
    while (!bench.mappings.idle()) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(most).toBe(4);
    const records = bench.events.flatMap(({ Records }) => Records);
    expect(records.length).toBe(200);
    for (let key = 0; key < 20; key++) {
      const own = records.filter(({ kinesis }) => kinesis.partitionKey === `key-${key}`);
      const sequence = own.map(({ kinesis }) => Number(kinesis.sequenceNumber));
      expect(sequence).toEqual(sequence.toSorted((left, right) => left - right));
    }
  });

  test('lets the other lanes go on while one is blocked', async () => {
    const bench = startBench(({ Records }) => {
      if (Records.some(({ kinesis }) => kinesis.partitionKey === 'bad')) throw new Error('bad');
    });
    bench.streams.add(SHARD, 'poison', 'bad');
    for (let index = 0; index < 50; index++) bench.streams.add(SHARD, String(index), `key-${index}`);
    bench.map({ ParallelizationFactor: 10, BatchSize: 10, MaximumRetryAttempts: -1 });
    await bench.settle();
    await bench.clock.advance(1000);
    await bench.settle();
    const done = bench.events.filter(({ Records }) => !Records.some(({ kinesis }) => kinesis.partitionKey === 'bad'));
    expect(done.flatMap(({ Records }) => Records).length).toBeGreaterThan(30);
  });
});

describe('enabling', () => {
  test('a mapping that is disabled reads nothing until it is enabled, from where it was', async () => {
    const bench = startBench(ok);
    bench.map({ Enabled: false });
    fill(bench, 3);
    await bench.settle();
    expect(bench.events).toEqual([]);
    expect(bench.mappings.idle()).toBe(true);
  });

  test('stop ends everything, also in the middle of a retry', async () => {
    const bench = startBench(() => {
      throw new Error('no');
    });
    fill(bench, 3);
    bench.map();
    await bench.settle();
    await bench.mappings.stop();
    const count = bench.events.length;
    await bench.clock.advance(600_000);
    await bench.settle();
    expect(bench.events.length).toBe(count);
  });
});

describe('a refused invocation', () => {
  test('is tried again without using up the retries', async () => {
    const bench = startBench((_event, invocation) => {
      if (invocation < 20) throw new Refusal('TooManyRequestsException');
    });
    fill(bench, 2);
    bench.map({ MaximumRetryAttempts: 0 });
    await bench.drain(10_000);
    expect(bench.seen().at(-1)).toEqual(['1', '2']);
    expect(bench.events.length).toBe(20);
    expect(bench.sent).toEqual([]);
    expect(bench.mappings.figures()).toMatchObject([{ read: 2, discarded: {} }]);
  });
});

test('twenty thousand records pass in a second of processor time through a fast function', async () => {
  const bench = startBench(ok);
  const data = Buffer.alloc(300, 'x');
  for (let index = 0; index < 40_000; index++) bench.streams.add(SHARD, data, `key-${index % 100}`);
  const spent = await processorMsOf(async () => {
    bench.map({ BatchSize: 500 });
    while (!bench.mappings.idle()) await new Promise((resolve) => setImmediate(resolve));
  });
  expect(bench.mappings.figures()[0]?.read).toBe(40_000);
  expect(40_000 / (spent / 1000)).toBeGreaterThan(20_000);
});
