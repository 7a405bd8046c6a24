import { describe, expect, test } from 'vitest';
import { SHARD, STREAM_ARN, type StreamEvent, startBench, textOf } from './fixture.ts';

/** aws-kinesis-agg, with the types that its own declarations borrow from the old SDK. */
const { RecordAggregator } = (await import('aws-kinesis-agg' as string)) as {
  RecordAggregator: new () => {
    addUserRecord(record: { partitionKey: string; data: Buffer }): void;
    build(): { data: Buffer };
  };
};

const CONSUMER_ARN = `${STREAM_ARN}/consumer/lambda:1700000000`;

function aggregate(...texts: string[]): Buffer {
  const aggregator = new RecordAggregator();
  for (const text of texts) aggregator.addUserRecord({ partitionKey: `key-${text}`, data: Buffer.from(text) });
  return aggregator.build().data;
}

describe('a mapping with enhanced fan-out', () => {
  test('splits aggregates; the children share number and id, and bear the consumer’s ARN', async () => {
    const bench = startBench(() => undefined);
    bench.streams.add(SHARD, 'single');
    const sequenceNumber = bench.streams.add(SHARD, aggregate('a', 'b', 'c'));
    bench.map({ EventSourceArn: CONSUMER_ARN });
    await bench.drain();
    const records = bench.events[0]?.Records ?? [];
    expect(records.map(textOf)).toEqual(['single', 'a', 'b', 'c']);
    expect(records.map(({ eventSourceARN }) => eventSourceARN)).toEqual(Array.from({ length: 4 }, () => CONSUMER_ARN));
    for (const child of records.slice(1)) {
      expect(child.kinesis.sequenceNumber).toBe(sequenceNumber);
      expect(child.eventID).toBe(`${SHARD}:${sequenceNumber}`);
    }
    expect(records.slice(1).map(({ kinesis }) => kinesis.partitionKey)).toEqual(['key-a', 'key-b', 'key-c']);
  });

  test('leaves an aggregate whose checksum is wrong as it is', async () => {
    const bench = startBench(() => undefined);
    const broken = aggregate('a', 'b');
    broken.writeUInt8(broken.readUInt8(broken.length - 1) ^ 1, broken.length - 1);
    bench.streams.add(SHARD, broken);
    bench.map({ EventSourceArn: CONSUMER_ARN });
    await bench.drain();
    expect(bench.events[0]?.Records.map(({ kinesis }) => kinesis.data)).toEqual([broken.toString('base64')]);
  });

  test('repeats a whole aggregate of which one child failed', async () => {
    let failed = false;
    const bench = startBench((event: StreamEvent) => {
      const bad = event.Records.find((record) => textOf(record) === 'b');
      if (failed || bad === undefined) return undefined;
      failed = true;
      return { batchItemFailures: [{ itemIdentifier: bad.kinesis.sequenceNumber }] };
    });
    bench.streams.add(SHARD, 'before');
    bench.streams.add(SHARD, aggregate('a', 'b'));
    bench.map({ EventSourceArn: CONSUMER_ARN, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['before', 'a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('tells the stream’s ARN to the on-failure destination', async () => {
    const bench = startBench(() => {
      throw new Error('no');
    });
    bench.streams.add(SHARD, 'x');
    const Destination = 'arn:aws:sqs:us-east-1:123456789012:letters';
    const DestinationConfig = { OnFailure: { Destination } };
    bench.map({ EventSourceArn: CONSUMER_ARN, MaximumRetryAttempts: 0, DestinationConfig });
    await bench.drain();
    expect(JSON.parse(bench.sent[0]?.message ?? '').KinesisBatchInfo.streamArn).toBe(STREAM_ARN);
  });
});

test('a standard iterator hands an aggregate over as one record', async () => {
  const bench = startBench(() => undefined);
  const data = aggregate('a', 'b');
  bench.streams.add(SHARD, data);
  bench.map();
  await bench.drain();
  expect(bench.events[0]?.Records.map(({ kinesis }) => kinesis.data)).toEqual([data.toString('base64')]);
});
