import { describe, expect, test } from 'vitest';
import { MAPPING_ID, type Sent, SHARD, STREAM_ARN, type StreamEvent, startBench, textOf } from './fixture.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:letters';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';
const BUCKET = 'arn:aws:s3:::errors';
const REPORT = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const onFailure = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });

function fill(bench: ReturnType<typeof startBench>, count: number): string[] {
  return Array.from({ length: count }, (_, index) => bench.streams.add(SHARD, String(index + 1)));
}

const sequenceOf = (event: StreamEvent, text: string) =>
  event.Records.find((record) => textOf(record) === text)?.kinesis.sequenceNumber;

/** Reports these records, whenever they are there. */
const reports =
  (...texts: string[]) =>
  (event: StreamEvent) => ({
    batchItemFailures: texts
      .map((text) => sequenceOf(event, text))
      .filter((found) => found !== undefined)
      .map((itemIdentifier) => ({ itemIdentifier })),
  });

const throwsOn =
  (...texts: string[]) =>
  (event: StreamEvent) => {
    if (event.Records.some((record) => texts.includes(textOf(record)))) throw new Error('poison');
  };

describe('a function error', () => {
  test('repeats the whole batch, waiting longer each time, for ever unless told', async () => {
    const at: number[] = [];
    const bench = startBench((_event, invocation) => {
      at.push(bench.clock.now());
      if (invocation <= 8) throw new Error('no');
    });
    fill(bench, 3);
    bench.map();
    await bench.drain();
    expect(bench.seen()).toEqual(Array.from({ length: 9 }, () => ['1', '2', '3']));
    const waits = at.slice(1).map((time, index) => time - (at[index] as number));
    waits.slice(1).forEach((wait, index) => {
      expect(wait).toBeGreaterThan(waits[index] as number);
    });
  });

  test('ends after MaximumRetryAttempts, and the shard goes on', async () => {
    const bench = startBench(throwsOn('2'));
    fill(bench, 4);
    bench.map({ MaximumRetryAttempts: 2, BatchSize: 2 });
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2'],
      ['1', '2'],
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(bench.mappings.figures()).toMatchObject([
      { read: 4, invocations: 4, failures: 3, discarded: { RetryAttemptsExhausted: 2 }, iteratorAgeMs: 0 },
    ]);
  });

  test('with MaximumRetryAttempts 0 is not repeated', async () => {
    const bench = startBench(throwsOn('1'));
    fill(bench, 1);
    bench.map({ MaximumRetryAttempts: 0 });
    await bench.drain();
    expect(bench.events.length).toBe(1);
  });

  test('blocks the records behind it meanwhile, and shows as iterator age', async () => {
    const bench = startBench(throwsOn('1'));
    fill(bench, 2);
    bench.map({ BatchSize: 1 });
    await bench.settle();
    await bench.clock.advance(30_000);
    await bench.settle();
    expect(new Set(bench.seen().flat())).toEqual(new Set(['1']));
    expect(bench.mappings.figures()[0]?.iteratorAgeMs).toBeGreaterThanOrEqual(30_000);
    expect(bench.mappings.idle()).toBe(false);
  });
});

describe('reported item failures', () => {
  test('repeat from the lowest number on', async () => {
    let failing = ['4', '2', '3'];
    const bench = startBench((event) => {
      const answer = reports(...failing)(event);
      failing = [];
      return answer;
    });
    fill(bench, 5);
    bench.map(REPORT);
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2', '3', '4', '5'],
      ['2', '3', '4', '5'],
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['other members', { message: 'fine' }],
  ])('that are none (%s) mean success', async (_kind, answer) => {
    const bench = startBench(() => answer);
    fill(bench, 3);
    bench.map(REPORT);
    await bench.drain();
    expect(bench.events.length).toBe(1);
  });

  test.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a number', { batchItemFailures: [{ itemIdentifier: 102 }] }],
    ['a wrong key name', { batchItemFailures: [{ sequenceNumber: '101' }] }],
    ['an unknown number', { batchItemFailures: [{ itemIdentifier: '999999' }] }],
    ['an unknown number among known ones', { batchItemFailures: [{ itemIdentifier: '102' }, { itemIdentifier: 'x' }] }],
    ['a text in the list', { batchItemFailures: ['102'] }],
    ['no list', { batchItemFailures: { itemIdentifier: '102' } }],
    ['no object', 'done'],
  ])('that make no sense (%s) fail the whole batch', async (_kind, answer) => {
    const bench = startBench((_event, invocation) => (invocation === 1 ? answer : undefined));
    fill(bench, 3);
    bench.map(REPORT);
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2', '3'],
      ['1', '2', '3'],
    ]);
  });

  test('are ignored where the mapping does not ask for them', async () => {
    const bench = startBench(reports('2'));
    fill(bench, 3);
    bench.map();
    await bench.drain();
    expect(bench.events.length).toBe(1);
  });

  test('use up the retries, and what remains is given up on', async () => {
    const bench = startBench(reports('2'));
    const [, second, third] = fill(bench, 3);
    bench.map({ ...REPORT, MaximumRetryAttempts: 2, ...onFailure(QUEUE) });
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2', '3'],
      ['2', '3'],
      ['2', '3'],
    ]);
    const document = JSON.parse(bench.sent[0]?.message ?? '');
    expect(document.requestContext).toMatchObject({ condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 });
    expect(document.responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST', functionError: null });
    expect(document.KinesisBatchInfo).toMatchObject({
      startSequenceNumber: second,
      endSequenceNumber: third,
      batchSize: 2,
    });
  });
});

describe('bisecting', () => {
  test('finds the one record that fails, and uses up no retries for it', async () => {
    const bench = startBench(throwsOn('6'));
    fill(bench, 8);
    bench.map({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1, ...onFailure(QUEUE) });
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2', '3', '4', '5', '6', '7', '8'],
      ['1', '2', '3', '4'],
      ['5', '6', '7', '8'],
      ['5', '6'],
      ['5'],
      ['6'],
      ['6'],
      ['7', '8'],
    ]);
    expect(bench.sent.length).toBe(1);
    expect(JSON.parse(bench.sent[0]?.message ?? '').KinesisBatchInfo.batchSize).toBe(1);
    expect(bench.mappings.figures()).toMatchObject([{ discarded: { RetryAttemptsExhausted: 1 } }]);
  });

  test('splits at the number that is reported', async () => {
    const bench = startBench(reports('6'));
    fill(bench, 8);
    bench.map({ ...REPORT, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1, ...onFailure(QUEUE) });
    await bench.drain();
    expect(bench.seen()).toEqual([
      ['1', '2', '3', '4', '5', '6', '7', '8'],
      ['6', '7', '8'],
      ['6', '7', '8'],
    ]);
    expect(JSON.parse(bench.sent[0]?.message ?? '').KinesisBatchInfo.batchSize).toBe(3);
  });

  test('keeps order while it retries for ever', async () => {
    let broken = 6;
    const bench = startBench((event) => {
      if (broken > 0 && event.Records.some((record) => textOf(record) === '2')) {
        broken -= 1;
        throw new Error('no');
      }
    });
    fill(bench, 4);
    bench.map({ BisectBatchOnFunctionError: true });
    await bench.drain();
    expect(bench.seen().slice(-2)).toEqual([['2'], ['3', '4']]);
  });
});

describe('the age of records', () => {
  test('ends the retries at MaximumRecordAgeInSeconds', async () => {
    const bench = startBench(throwsOn('1'));
    fill(bench, 2);
    bench.map({ MaximumRecordAgeInSeconds: 60, ...onFailure(QUEUE) });
    await bench.drain(1000);
    const document = JSON.parse(bench.sent[0]?.message ?? '');
    expect(document.requestContext.condition).toBe('RecordAgeExceeded');
    expect(document.responseContext.functionError).toBe('Unhandled');
    expect(document.requestContext.approximateInvokeCount).toBe(bench.events.length);
    expect(bench.mappings.figures()).toMatchObject([{ discarded: { RecordAgeExceeded: 2 } }]);
  });

  test('keeps old records from the function', async () => {
    const bench = startBench(() => undefined);
    const [first] = fill(bench, 1);
    await bench.clock.advance(120_000);
    bench.streams.add(SHARD, 'fresh');
    bench.map({ MaximumRecordAgeInSeconds: 60, ...onFailure(QUEUE) });
    await bench.drain();
    expect(bench.seen()).toEqual([['fresh']]);
    const document = JSON.parse(bench.sent[0]?.message ?? '');
    expect(document.responseContext).toBeUndefined();
    expect(document.requestContext).toMatchObject({ condition: 'RecordAgeExceeded', approximateInvokeCount: 0 });
    expect(document.KinesisBatchInfo).toMatchObject({ startSequenceNumber: first, endSequenceNumber: first });
  });

  test('is the stream’s retention where none is set', async () => {
    const bench = startBench(throwsOn('1'), { retentionMs: 3_600_000 });
    fill(bench, 1);
    bench.map();
    await bench.drain(60_000);
    expect(bench.mappings.figures()).toMatchObject([{ discarded: { RecordAgeExceeded: 1 } }]);
  });
});

describe('the on-failure destination', () => {
  test.each([QUEUE, TOPIC])('%s gets a document without the records', async (arn) => {
    const bench = startBench(throwsOn('1', '2'));
    await bench.clock.advance(1000);
    const arrival = bench.clock.now();
    const [first, last] = fill(bench, 2);
    bench.map({ MaximumRetryAttempts: 1, ...onFailure(arn) });
    await bench.drain();
    expect(bench.sent.length).toBe(1);
    expect(bench.sent[0]?.arn).toBe(arn);
    const document = JSON.parse(bench.sent[0]?.message ?? '');
    expect(document).toEqual({
      requestContext: {
        requestId: 'request-2',
        functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      KinesisBatchInfo: {
        shardId: SHARD,
        startSequenceNumber: first,
        endSequenceNumber: last,
        approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
        approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
        batchSize: 2,
        streamArn: STREAM_ARN,
      },
    });
    expect(Math.abs(Date.parse(document.KinesisBatchInfo.approximateArrivalOfFirstRecord) - arrival)).toBeLessThan(50);
  });

  test('in S3 gets the event as well, under a key that tells mapping, shard and time', async () => {
    const bench = startBench(throwsOn('1'));
    fill(bench, 1);
    bench.map({ MaximumRetryAttempts: 0, ...onFailure(BUCKET) });
    await bench.drain();
    const { key, message } = bench.sent[0] as Sent;
    const pattern = `^aws/lambda/${MAPPING_ID}/${SHARD}/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-[0-9a-f-]{36}$`;
    expect(key).toMatch(new RegExp(pattern));
    const document = JSON.parse(message);
    expect(document.payload).toBe(bench.texts[0]);
    expect(JSON.parse(document.payload).Records[0].kinesis.data).toBe(Buffer.from('1').toString('base64'));
  });

  test('that is down for a while gets its document later; one that stays down is counted', async () => {
    let down = 2;
    const bench = startBench(throwsOn('1', '2'), { destination: () => (down-- > 0 ? 'down' : undefined) });
    fill(bench, 2);
    bench.map({ MaximumRetryAttempts: 0, BatchSize: 1, ...onFailure(QUEUE) });
    await bench.drain();
    expect(bench.sent.length).toBe(2);
    down = Number.POSITIVE_INFINITY;
    bench.streams.add(SHARD, '1');
    await bench.drain();
    expect(bench.mappings.figures()).toMatchObject([{ documents: 2, undelivered: 1 }]);
  });

  test('gets the record that no event can hold, without an invocation', async () => {
    const bench = startBench(() => undefined);
    const large = bench.streams.add(SHARD, Buffer.alloc(5_000_000));
    bench.streams.add(SHARD, 'small');
    bench.map({ ...onFailure(BUCKET) });
    const functions = bench.functions as { invoke: (name: string, payload: string) => Promise<unknown> };
    const invoke = functions.invoke.bind(functions);
    functions.invoke = async (name, payload) =>
      Buffer.byteLength(payload) > 6_291_456
        ? {
            requestId: 'r',
            payload: '{"errorType":"RequestEntityTooLargeException"}',
            cause: 'rejected',
            durationMs: 0,
            executedVersion: '$LATEST',
          }
        : invoke(name, payload);
    await bench.drain();
    expect(bench.seen()).toEqual([['small']]);
    const document = JSON.parse(bench.sent[0]?.message ?? '');
    expect(document.responseContext).toBeUndefined();
    expect(document.KinesisBatchInfo).toMatchObject({ startSequenceNumber: large, batchSize: 1 });
    expect(JSON.parse(document.payload).Records.length).toBe(1);
  });
});
