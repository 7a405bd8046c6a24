import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import { createKinesis } from '../../../local/kinesis/kinesis.ts';
import {
  ACCOUNT,
  base64,
  documents,
  type FakeAccount,
  fakeAccount,
  figuresOf,
  lambda,
  NOW,
  parameterList,
  processing,
  REGION,
  resource,
  text,
} from './account.ts';

const aws = (await import('aws-kinesis-agg' as string)).default as {
  aggregate(
    records: readonly { partitionKey: string; data: Buffer }[],
    onEncoded: (encoded: { data: Buffer }, done: () => void) => void,
    onEnd: () => void,
    onError: (error: Error) => void,
  ): void;
};

/** A KPL aggregate of these records, by AWS's own library. */
function aggregate(...records: string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    aws.aggregate(
      records.map((data, index) => ({ partitionKey: `user-${index}`, data: Buffer.from(data) })),
      (encoded, done) => {
        resolve(encoded.data);
        done();
      },
      () => {},
      reject,
    );
  });
}

function start(destination: Record<string, unknown> = lambda()): FakeAccount {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  account.kinesis.add('parent');
  account.kinesis.put('parent', 'before');
  return Object.assign(account, {
    ready: (async () => {
      await account.clock.advance(1000);
      const source = { KinesisStreamARN: account.kinesis.arn, RoleARN: 'arn:aws:iam::1:role/r' };
      const rest = { DeliveryStreamType: 'KinesisStreamAsSource', KinesisStreamSourceConfiguration: source };
      account.firehose.create(resource(destination, rest));
    })(),
  });
}

async function ready(account: FakeAccount): Promise<FakeAccount> {
  await (account as FakeAccount & { ready: Promise<void> }).ready;
  return account;
}

const seen = (account: FakeAccount) =>
  account.events.flatMap((event) => event.records.map((record) => text(record.data)));

describe('a Kinesis source', () => {
  it('is read from the moment that the delivery stream was made', async () => {
    const account = await ready(start());
    account.kinesis.put('parent', 'after');
    await account.firehose.flush();
    expect(seen(account)).toEqual(['after']);
    account.kinesis.put('parent', 'later');
    expect(account.firehose.idle()).toBe(false);
    await account.firehose.flush();
    expect(seen(account)).toEqual(['after', 'later']);
    expect(account.firehose.idle()).toBe(true);
  });

  it('is read shard by shard, children after all of their parents', async () => {
    const account = await ready(start());
    account.kinesis.add('child', ['parent', 'other']);
    account.kinesis.add('other');
    account.kinesis.put('child', 'child-1');
    await account.firehose.flush();
    expect(seen(account)).toEqual([]);
    account.kinesis.put('parent', 'parent-1');
    account.kinesis.close('parent');
    await account.firehose.flush();
    expect(seen(account)).toEqual(['parent-1']);
    account.kinesis.put('other', 'other-1');
    account.kinesis.close('other');
    await account.firehose.flush();
    expect(seen(account)).toEqual(['parent-1', 'other-1', 'child-1']);
  });

  it('has its KPL aggregates opened before the transform', async () => {
    const account = await ready(start());
    const sequenceNumber = account.kinesis.put('parent', await aggregate('a', 'b', 'c'), 'whole');
    account.kinesis.put('parent', 'd');
    await account.firehose.flush();
    const records = account.events.flatMap((event) => event.records);
    expect(records.map((record) => text(record.data))).toEqual(['a', 'b', 'c', 'd']);
    expect(records.slice(0, 3).map((record) => record.kinesisRecordMetadata)).toEqual(
      [0, 1, 2].map((subsequenceNumber) =>
        expect.objectContaining({ sequenceNumber, subsequenceNumber, partitionKey: `user-${subsequenceNumber}` }),
      ),
    );
    expect(new Set(records.map((record) => record.recordId)).size).toBe(4);
    expect(figuresOf(account)).toMatchObject({ recordsIn: 4, delivered: 4 });
  });

  it('passes an aggregate with a wrong checksum as it is', async () => {
    const account = await ready(start());
    const whole = await aggregate('a', 'b');
    whole[whole.length - 1]! ^= 1;
    account.kinesis.put('parent', whole);
    account.kinesis.put('parent', whole.subarray(0, 10));
    await account.firehose.flush();
    expect(account.events.flatMap((event) => event.records.map((record) => record.data))).toEqual([
      whole.toString('base64'),
      whole.subarray(0, 10).toString('base64'),
    ]);
  });
});

it("reads the account's own Kinesis through a split", async () => {
  const clock = createClock(() => NOW);
  const dataDir = mkdtempSync(join(tmpdir(), 'firehose-test-'));
  const place = { accountId: ACCOUNT, region: REGION };
  const kinesis = createKinesis({ ...place, clock, faults: {}, dataDir, limits: false });
  kinesis.create({ name: 'events', shardCount: 2 });
  const account = fakeAccount({ clock, streams: kinesis });
  onTestFinished(async () => {
    await account.stop();
    kinesis.stop();
    rmSync(dataDir, { recursive: true });
  });
  const source = { KinesisStreamARN: kinesis.arnOf('events'), RoleARN: 'arn:aws:iam::1:role/r' };
  const rest = { DeliveryStreamType: 'KinesisStreamAsSource', KinesisStreamSourceConfiguration: source };
  account.firehose.create(resource(lambda(), rest));
  const put = (from: number, to: number) => {
    const indices = Array.from({ length: to - from }, (_, index) => from + index);
    kinesis.put(
      'events',
      indices.map((index) => ({ partitionKey: `k${index % 50}`, data: Buffer.from(`${index}\n`) })),
    );
  };
  put(0, 3000);
  const [shard] = kinesis.shards('events');
  const body = Buffer.from(
    JSON.stringify({ StreamName: 'events', ShardToSplit: shard!.shardId, NewStartingHashKey: '1000' }),
  );
  const request = {
    service: 'kinesis',
    operation: 'SplitShard',
    method: 'POST',
    url: '/',
    headers: {},
    accessKeyId: 'x',
  };
  await kinesis.handle({ ...request, body });
  await clock.advance(60_000);
  put(3000, 6000);
  await account.firehose.flush();
  const lines = Buffer.concat(account.stored.map((object) => object.body))
    .toString()
    .trim()
    .split('\n')
    .map(Number);
  expect(lines.sort((one, other) => one - other)).toEqual(Array.from({ length: 6000 }, (_, index) => index));
  const order = new Map<string, number>();
  for (const { kinesisRecordMetadata, data } of account.events.flatMap((event) => event.records)) {
    const key = String(kinesisRecordMetadata?.partitionKey);
    const index = Number(text(data));
    expect(index).toBeGreaterThan(order.get(key) ?? -1);
    order.set(key, index);
  }
  expect(account.firehose.idle()).toBe(true);
});

describe('records of CloudWatch Logs', () => {
  const subscription = (messages: string[], rest: object = {}): Buffer =>
    gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '123456789012',
        logEvents: messages.map((message, index) => ({ id: String(index), timestamp: 1, message })),
        ...rest,
      }),
    );
  const decompression = { Type: 'Decompression', Parameters: parameterList({ CompressionFormat: 'GZIP' }) };
  const extraction = (value: string) => ({
    Type: 'CloudWatchLogProcessing',
    Parameters: parameterList({ DataMessageExtraction: value }),
  });

  async function delivered(processors: object[], ...records: Buffer[]) {
    const account = fakeAccount();
    onTestFinished(() => account.stop());
    account.firehose.create(resource(processing(...processors)));
    await account.firehose.put('delivery', records);
    await account.firehose.flush();
    return account;
  }

  it('are decompressed', async () => {
    const account = await delivered([decompression], subscription(['one', 'two']));
    expect(JSON.parse(account.stored[0]!.body.toString())).toMatchObject({ logEvents: [{ message: 'one' }, {}] });
  });

  it('are reduced to their messages, one a line', async () => {
    const control = subscription(['x'], { messageType: 'CONTROL_MESSAGE' });
    const account = await delivered([decompression, extraction('True')], subscription(['one', 'two']), control);
    expect(account.stored.map((object) => object.body.toString())).toEqual(['one\ntwo\n']);
  });

  it('are kept where they are none', async () => {
    const records = [Buffer.from('plain'), gzipSync('no json'), subscription(['ok'])];
    const account = await delivered([decompression, extraction('true')], ...records);
    const failed = account.under('decompression-failed/').flatMap(documents);
    expect(failed.map((one) => one.rawData)).toEqual([base64('plain'), records[1]!.toString('base64')]);
    expect(figuresOf(account)).toMatchObject({ delivered: 1, failed: { 'decompression-failed': expect.anything() } });
  });
});
