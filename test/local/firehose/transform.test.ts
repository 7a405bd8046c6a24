import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import { late } from '../../../local/firehose/patience.ts';
import {
  base64,
  documents,
  type FakeAccount,
  FUNCTION_ARN,
  fakeAccount,
  figuresOf,
  type Handler,
  lambda,
  NOW,
  parameterList,
  passThrough,
  REGION,
  resource,
  text,
} from './account.ts';

function start(parameters: Record<string, string> = {}, destination: Record<string, unknown> = {}): FakeAccount {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  const prefixes = { Prefix: 'data/', ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/' };
  account.firehose.create(resource({ ...lambda(parameters), ...prefixes, ...destination }));
  return account;
}

const put = (account: FakeAccount, ...records: string[]) =>
  account.firehose.put(
    'delivery',
    records.map((record) => Buffer.from(record)),
  );

/** Puts records `a`, `b`, `c` through a transform that answers so; gives the error documents by their data. */
async function answered(handler: Handler, retries = '0') {
  const account = start({ NumberOfRetries: retries });
  account.setHandler(handler);
  await put(account, 'a', 'b', 'c');
  await account.firehose.flush();
  const failed = new Map<string, Record<string, unknown>>();
  for (const document of account.under('errors/processing-failed/').flatMap(documents)) {
    failed.set(text(document.rawData as string), document);
  }
  const delivered = Buffer.concat(account.under('data/').map((object) => object.body)).toString();
  return { account, failed, delivered, codes: [...failed].map(([data, { errorCode }]) => [data, errorCode]) };
}

describe('the event of a transform', () => {
  it('has exactly the members of a direct put', async () => {
    const account = start();
    await put(account, 'hello', '');
    await account.firehose.flush();
    const [event] = account.events;
    expect(Object.keys(event!)).toEqual(['invocationId', 'deliveryStreamArn', 'region', 'records']);
    expect(event).toMatchObject({
      invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/delivery',
      region: REGION,
    });
    expect(event!.records).toEqual([
      { recordId: expect.stringMatching(/^\d{62}$/), approximateArrivalTimestamp: NOW, data: base64('hello') },
      { recordId: expect.stringMatching(/^\d{62}$/), approximateArrivalTimestamp: NOW, data: '' },
    ]);
  });

  it('has Kinesis metadata where a stream is the source', async () => {
    const account = fakeAccount();
    onTestFinished(() => account.stop());
    account.kinesis.add('shardId-000000000000');
    const source = { KinesisStreamARN: account.kinesis.arn, RoleARN: 'arn:aws:iam::1:role/r' };
    const rest = { DeliveryStreamType: 'KinesisStreamAsSource', KinesisStreamSourceConfiguration: source };
    account.firehose.create(resource(lambda(), rest));
    const sequenceNumber = account.kinesis.put('shardId-000000000000', 'hello', 'k"1');
    await account.firehose.flush();
    const [event] = account.events;
    expect(Object.keys(event!)).toEqual([
      'invocationId',
      'deliveryStreamArn',
      'sourceKinesisStreamArn',
      'region',
      'records',
    ]);
    expect(event!.sourceKinesisStreamArn).toBe(account.kinesis.arn);
    expect(event!.records[0]).toEqual({
      recordId: `${sequenceNumber}000000`,
      approximateArrivalTimestamp: NOW,
      data: base64('hello'),
      kinesisRecordMetadata: {
        shardId: 'shardId-000000000000',
        partitionKey: 'k"1',
        sequenceNumber,
        subsequenceNumber: 0,
        approximateArrivalTimestamp: NOW,
      },
    });
  });
});

describe("the transform's buffer", () => {
  it('hands on what waited for the interval', async () => {
    const account = start({ BufferIntervalInSeconds: '30' });
    await put(account, 'a');
    await account.clock.advance(20_000);
    await put(account, 'b');
    await account.clock.advance(9_999);
    expect(account.events).toHaveLength(0);
    await account.clock.advance(1);
    expect(account.events.map((event) => event.records.length)).toEqual([2]);
  });

  it('hands on at once at an interval of 0', async () => {
    const account = start({ BufferIntervalInSeconds: '0' });
    await put(account, 'a', 'b');
    await account.clock.advance(0);
    expect(account.events.map((event) => event.records.length)).toEqual([2]);
  });

  it('hands on by size, never more than the size but for one larger record', async () => {
    const account = start({ BufferSizeInMBs: '0.2' });
    const size = Math.floor(0.2 * 1024 * 1024);
    await put(account, 'x'.repeat(size - 10), 'y'.repeat(11), 'z'.repeat(size + 1), 'w');
    while (account.events.length < 3) await turn();
    expect(account.events.map((event) => event.records.map((record) => text(record.data).length))).toEqual([
      [size - 10],
      [11],
      [size + 1],
    ]);
    await account.firehose.flush();
    expect(account.events).toHaveLength(4);
  });

  it('keeps a request under 6 MB, however small its records', async () => {
    const account = start({ BufferSizeInMBs: '3' });
    const records = new Array<string>(40_000).fill('x'.repeat(40));
    await put(account, ...records);
    await account.firehose.flush();
    expect(account.events.length).toBeGreaterThan(1);
    for (const event of account.events) expect(JSON.stringify(event).length).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(account.events.flatMap((event) => event.records)).toHaveLength(records.length);
    const ids = account.events.flatMap((event) => event.records.map((record) => record.recordId));
    expect(new Set(ids).size).toBe(records.length);
  });
});

describe('a failing function', () => {
  const failed = { failed: {} };

  it('is tried again with the same records under new invocation ids, then its records are kept', async () => {
    const { account, codes, failed: documentsByData } = await answered(() => failed, '3');
    expect(account.events).toHaveLength(4);
    expect(new Set(account.events.map((event) => event.invocationId)).size).toBe(4);
    expect(new Set(account.events.map((event) => JSON.stringify(event.records))).size).toBe(1);
    expect(codes).toEqual(['a', 'b', 'c'].map((data) => [data, 'Lambda.FunctionError']));
    expect(documentsByData.get('a')).toEqual({
      rawData: base64('a'),
      errorCode: 'Lambda.FunctionError',
      errorMessage: 'The Lambda function was successfully invoked but it returned an error result.',
      attemptsMade: 4,
      arrivalTimestamp: NOW,
      attemptEndingTimestamp: NOW,
      lambdaARN: FUNCTION_ARN,
    });
    expect(figuresOf(account)).toMatchObject({ invocations: 4, invocationErrors: 4, delivered: 0, held: 0 });
  });

  it('loses nothing when it recovers', async () => {
    let calls = 0;
    const { account, codes, delivered } = await answered((event) => {
      if (++calls < 3) return failed;
      return { records: event.records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })) };
    }, '3');
    expect([codes, delivered]).toEqual([[], 'abc']);
    expect(account.events).toHaveLength(3);
  });

  it.each([
    ['a timeout', { cause: 'timeout' }],
    ['a crash', { cause: 'crash' }],
    ['too large an answer', { cause: 'response-too-large' }],
  ] as const)('fails the batch after %s', async (_name, result) => {
    const { codes } = await answered(() => ({ failed: result }), '1');
    expect(codes.map(([, code]) => code)).toEqual(new Array(3).fill('Lambda.FunctionError'));
  });

  it('is not late because a test pushes the clock', async () => {
    const account = start({ NumberOfRetries: '0', BufferIntervalInSeconds: '0' });
    let answer = (): void => {};
    account.setHandler(async (event) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return passThrough(event);
    });
    await put(account, 'a');
    await account.clock.advance(0);
    await account.clock.advance(3_600_000);
    expect(account.firehose.idle()).toBe(false);
    answer();
    await account.firehose.flush();
    expect(figuresOf(account)).toMatchObject({ delivered: 1, failed: {} });
  });

  it('is late after five minutes', async () => {
    const clock = createClock(() => NOW);
    let isLate = false;
    const waited = late(clock, new AbortController().signal, 5).then(() => {
      isLate = true;
    });
    await clock.advance(299_999);
    expect(isLate).toBe(false);
    await clock.advance(1);
    await waited;
    expect(isLate).toBe(true);
  });

  it.each([
    ['TooManyRequestsException', 'Lambda.InvokeLimitExceeded'],
    ['ResourceNotFoundException', 'Lambda.ResourceNotFound'],
  ])('that could not be started (%s) is told apart', async (errorType, code) => {
    const payload = JSON.stringify({ errorType, errorMessage: 'x' });
    const { codes } = await answered(() => ({ failed: { cause: 'rejected', payload } }));
    expect(codes[0]).toEqual(['a', code]);
  });
});

describe('an answer', () => {
  const map = (
    change: (record: { recordId: string; result: string; data: string }, index: number) => unknown,
  ): Handler => {
    return (event) => ({
      records: event.records.flatMap(({ recordId, data }, index) =>
        change({ recordId, result: 'Ok', data: base64(`${text(data)}!`) }, index),
      ),
    });
  };

  it('delivers what is Ok, leaves out what is Dropped, keeps what is ProcessingFailed', async () => {
    const results = ['Ok', 'Dropped', 'ProcessingFailed'];
    const { account, codes, delivered, failed } = await answered(
      map((record, index) => ({ ...record, result: results[index] })),
    );
    expect(delivered).toBe('a!');
    expect(codes).toEqual([['c', 'Lambda.ProcessingFailedStatus']]);
    expect(failed.get('c')).toMatchObject({ attemptsMade: 1, errorMessage: 'ProcessingFailed status set for record' });
    expect(figuresOf(account)).toMatchObject({ recordsIn: 3, delivered: 1, dropped: 1, documents: 1 });
  });

  it.each([
    ['null', null],
    ['no', undefined],
  ])('may have %s data where nothing is delivered', async (_name, data) => {
    const results = ['Ok', 'Dropped', 'ProcessingFailed'];
    const { codes, delivered } = await answered(
      map((record, index) => ({ ...record, result: results[index], data: index === 0 ? record.data : data })),
    );
    expect([delivered, codes]).toEqual(['a!', [['c', 'Lambda.ProcessingFailedStatus']]]);
  });

  it('fails a record whose id is missing', async () => {
    const { codes, delivered } = await answered(map((record, index) => (index === 1 ? [] : record)));
    expect([delivered, codes]).toEqual(['a!c!', [['b', 'Lambda.MissingRecordId']]]);
  });

  it('fails a record whose id comes twice', async () => {
    const { codes, delivered } = await answered(map((record, index) => (index === 1 ? [record, record] : record)));
    expect([delivered, codes]).toEqual(['a!c!', [['b', 'Lambda.DuplicatedRecordId']]]);
  });

  it('is not disturbed by an unknown id', async () => {
    const { codes, delivered } = await answered(
      map((record, index) => (index === 1 ? [record, { ...record, recordId: 'nobody' }] : record)),
    );
    expect([delivered, codes]).toEqual(['a!b!c!', []]);
  });

  it.each([
    ['null', null],
    ['absent', undefined],
  ])('fails a record that is Ok with %s data', async (_name, data) => {
    const { codes, delivered } = await answered(map((record, index) => (index === 1 ? { ...record, data } : record)));
    expect([delivered, codes]).toEqual(['a!c!', [['b', 'Lambda.InvalidReturnFormat']]]);
  });

  it.each([
    ['an unknown result', { result: 'ok' }],
    ['bad base64', { data: 'not base64!' }],
    ['base64 of the URL alphabet', { data: '_-_-' }],
    ['base64 without its padding', { data: 'YQ' }],
    ['data that is no text', { data: 5 }],
    ['an id that is no text', { recordId: 7 }],
  ])('fails the whole batch for %s in one record', async (_name, change) => {
    const { account, codes, delivered } = await answered(
      map((record, index) => (index === 1 ? { ...record, ...change } : record)),
      '3',
    );
    expect(delivered).toBe('');
    expect(codes).toEqual(['a', 'b', 'c'].map((data) => [data, 'Lambda.FunctionError']));
    expect(account.events).toHaveLength(1);
  });

  it.each([
    ['no JSON', 'oops', 'Lambda.JsonProcessingException'],
    ['null', 'null', 'Lambda.FunctionError'],
    ['no records', '{}', 'Lambda.FunctionError'],
    ['records that are no list', '{"records":{}}', 'Lambda.FunctionError'],
    ['a record that is null', '{"records":[null]}', 'Lambda.FunctionError'],
  ])('of %s fails the whole batch, and is final', async (_name, payload, code) => {
    const { account, codes } = await answered(() => payload, '3');
    expect(codes).toEqual(['a', 'b', 'c'].map((data) => [data, code]));
    expect(account.events).toHaveLength(1);
  });

  it('of more than 6 MB fails the whole batch', async () => {
    const { codes } = await answered(map((record) => ({ ...record, data: base64('x'.repeat(3_000_000)) })));
    expect(codes.map(([, code]) => code)).toEqual(new Array(3).fill('Lambda.FunctionError'));
  });
});

describe('a transform that does not keep up', () => {
  it('holds back those who put, and tells clients to slow down in the end', async () => {
    const account = start();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    account.setHandler(async (event) => {
      await released;
      return passThrough(event);
    });
    const megabyte = 'x'.repeat(1_000_000);
    const putting = put(account, ...new Array<string>(24).fill(megabyte));
    let done = false;
    void putting.then(() => {
      done = true;
    });
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(done).toBe(false);
    const body = Buffer.from(JSON.stringify({ DeliveryStreamName: 'delivery', Record: { Data: 'YQ==' } }));
    const request = {
      service: 'firehose',
      operation: 'PutRecord',
      method: 'POST',
      url: '/',
      headers: {},
      accessKeyId: 'x',
    };
    const refused = account.firehose.handle({ ...request, body }).catch((error: unknown) => error);
    await account.clock.advance(20_000);
    expect(await refused).toMatchObject({ code: 'ServiceUnavailableException', message: 'Slow down.', status: 503 });
    release();
    await putting;
    await account.firehose.flush();
    expect(figuresOf(account)).toMatchObject({ recordsIn: 24, delivered: 24, held: 0 });
  });
});

describe('the processors around a transform', () => {
  it('put a newline after each record', async () => {
    const processors = [
      { Type: 'Lambda', Parameters: parameterList({ LambdaArn: FUNCTION_ARN }) },
      { Type: 'AppendDelimiterToRecord', Parameters: [] },
    ];
    const account = start({}, { ProcessingConfiguration: { Enabled: true, Processors: processors } });
    await put(account, 'a', 'b');
    await account.firehose.flush();
    expect(account.under('data/')[0]!.body.toString()).toBe('a\nb\n');
  });
});
