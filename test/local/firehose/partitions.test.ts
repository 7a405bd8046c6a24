import { describe, expect, it, onTestFinished } from 'vitest';
import {
  base64,
  documents,
  type FakeAccount,
  FUNCTION_ARN,
  fakeAccount,
  figuresOf,
  NOW,
  parameterList,
  partitioned,
  resource,
  text,
} from './account.ts';

/** The transform gives each record its own text as the key `kind`. */
function start(destination: Record<string, unknown> = {}): FakeAccount {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  account.setHandler((event) => ({
    records: event.records.map(({ recordId, data }) => ({
      recordId,
      result: 'Ok',
      data,
      metadata: { partitionKeys: { kind: text(data), unused: 'x' } },
    })),
  }));
  account.firehose.create(resource(partitioned(destination)));
  return account;
}

const put = (account: FakeAccount, ...records: string[]) =>
  account.firehose.put(
    'delivery',
    records.map((record) => Buffer.from(record)),
  );

describe('dynamic partitioning', () => {
  it('makes an object a partition', async () => {
    const account = start();
    await put(account, 'a', 'b', 'a', 'c');
    await account.firehose.flush();
    const bodies = Object.fromEntries(
      account.stored.map((object) => [object.key.split('delivery-')[0], object.body.toString()]),
    );
    expect(bodies).toEqual({
      'data/kind=a/at=2026-11-20/': 'aa',
      'data/kind=b/at=2026-11-20/': 'b',
      'data/kind=c/at=2026-11-20/': 'c',
    });
    expect(figuresOf(account)).toMatchObject({ delivered: 4, objects: 3 });
  });

  it('tells the time of the oldest record of each object', async () => {
    const account = start();
    await put(account, 'a');
    account.setHandler((event) => ({
      records: event.records.map(({ recordId, data }) => {
        return { recordId, result: 'Ok', data, metadata: { partitionKeys: { kind: 'late' } } };
      }),
    }));
    await account.clock.advance(24 * 3600 * 1000);
    await put(account, 'b');
    await account.firehose.flush();
    expect(account.under('data/kind=late/').map((object) => object.key.split('/')[2])).toEqual([
      'at=2026-11-20',
      'at=2026-11-21',
    ]);
  });

  it.each([
    ['no metadata', undefined],
    ['no partition keys', {}],
    ['a missing key', { partitionKeys: { other: 'x' } }],
    ['an empty value', { partitionKeys: { kind: '' } }],
    ['a null value', { partitionKeys: { kind: null } }],
    ['a value that is an object', { partitionKeys: { kind: {} } }],
    ['a key inherited from nowhere', { partitionKeys: ['kind'] }],
  ])('keeps a record with %s', async (_name, metadata) => {
    const account = start();
    account.setHandler((event) => ({
      records: event.records.map(({ recordId }) => ({ recordId, result: 'Ok', data: base64('changed'), metadata })),
    }));
    await put(account, 'a');
    await account.firehose.flush();
    expect(account.under('data/')).toHaveLength(0);
    const [object] = account.under('errors/partitioning-failed/');
    expect(documents(object!)).toEqual([
      {
        rawData: base64('a'),
        errorCode: 'DynamicPartitioning.MetadataExtractionFailed',
        errorMessage: 'partitionKeys values must not be null or empty',
        attemptsMade: 1,
        arrivalTimestamp: NOW,
        attemptEndingTimestamp: NOW,
      },
    ]);
  });

  it('takes numbers and booleans for their text', async () => {
    const account = start();
    account.setHandler((event) => ({
      records: event.records.map(({ recordId, data }, index) => {
        return { recordId, result: 'Ok', data, metadata: { partitionKeys: { kind: index === 0 ? 7 : true } } };
      }),
    }));
    await put(account, 'a', 'b');
    await account.firehose.flush();
    expect(account.stored.map((object) => object.key.split('/')[1]).sort()).toEqual(['kind=7', 'kind=true']);
  });

  it('keeps what would be the 501st active partition, and takes it when others are delivered', async () => {
    const account = start();
    const kinds = Array.from({ length: 502 }, (_, index) => `k${index}`);
    await put(account, ...kinds, 'k0');
    account.firehose.figures();
    await account.clock.advance(60_000);
    expect(figuresOf(account).failed).toEqual({
      'partitioning-failed': { 'DynamicPartitioning.ActivePartitionsLimitExceeded': 2 },
    });
    await account.firehose.flush();
    expect(account.under('data/')).toHaveLength(500);
    expect(
      documents(account.under('errors/partitioning-failed/')[0]!).map((one) => text(one.rawData as string)),
    ).toEqual(['k500', 'k501']);
    await put(account, 'k501');
    await account.firehose.flush();
    expect(account.under('data/kind=k501/')).toHaveLength(1);
  });

  it('keeps a record whose prefix would be too long', async () => {
    const account = start();
    await put(account, 'x'.repeat(600));
    await account.firehose.flush();
    const [document] = account.under('errors/partitioning-failed/').flatMap(documents);
    expect(document).toMatchObject({ errorMessage: 'Length of evaluated prefix cannot be greater than 512' });
  });
});

describe('splitting before the transform', () => {
  const split = (parameters: Record<string, string>) => ({
    ProcessingConfiguration: {
      Enabled: true,
      Processors: [
        { Type: 'RecordDeAggregation', Parameters: parameterList(parameters) },
        { Type: 'Lambda', Parameters: parameterList({ LambdaArn: FUNCTION_ARN }) },
        { Type: 'AppendDelimiterToRecord' },
      ],
    },
  });
  const partsOf = (account: FakeAccount) =>
    account.events.flatMap((event) => event.records.map((one) => text(one.data)));

  it.each([
    ['{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
    ['{"a":"}{"}\n {"b":[1,{}]}\n', ['{"a":"}{"}', '{"b":[1,{}]}']],
    ['[1][2]', ['[1]', '[2]']],
    ['{"a":1} junk', ['{"a":1} junk']],
    ['{"a":1', ['{"a":1']],
    ['{}'.repeat(501), ['{}'.repeat(501)]],
  ])('finds the JSON documents of %j', async (record, parts) => {
    const account = start(split({ SubRecordType: 'JSON' }));
    await put(account, record);
    await account.firehose.flush();
    expect(partsOf(account)).toEqual(parts);
    expect(figuresOf(account)).toMatchObject({ recordsIn: 1, records: parts.length });
    const ids = account.events.flatMap((event) => event.records.map((one) => one.recordId));
    expect(new Set(ids).size).toBe(parts.length);
  });

  it('finds delimited parts, and a failure shows the part alone', async () => {
    const account = start(split({ SubRecordType: 'DELIMITED', Delimiter: base64('||') }));
    account.setHandler((event) => ({
      records: event.records.map(({ recordId, data }) => ({
        recordId,
        result: text(data) === 'b' ? 'ProcessingFailed' : 'Ok',
        data,
        metadata: { partitionKeys: { kind: 'x' } },
      })),
    }));
    await put(account, 'a||b||||c||');
    await account.firehose.flush();
    expect(partsOf(account)).toEqual(['a', 'b', 'c']);
    expect(account.under('data/')[0]!.body.toString()).toBe('a\nc\n');
    expect(account.under('errors/').flatMap(documents)).toMatchObject([{ rawData: base64('b') }]);
  });
});
