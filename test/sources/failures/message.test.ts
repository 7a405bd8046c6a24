import { describe, expect, it } from 'vitest';
import type { Found } from '../../../shared/sources/failures/found.ts';
import type { Stores } from '../../../shared/sources/failures/letter.ts';
import { notifiedObjects, readMessage } from '../../../shared/sources/failures/message.ts';
import type { ShardPage } from '../../../shared/sources/failures/stream-batch.ts';
import { batchFailed } from '../../factories/dead-letter.ts';

function storesWith(pages: readonly ShardPage[] | undefined, objects: Record<string, string> = {}): Stores {
  return {
    shards: {
      iterator: async () => (pages === undefined ? undefined : '0'),
      read: async (_stream, iterator) =>
        pages?.[Number(iterator)] ?? { records: [], next: undefined, millisBehindLatest: 0 },
    },
    delivered: async () => () => false,
    object: async ({ key }) => (objects[key] === undefined ? undefined : Buffer.from(objects[key])),
  };
}

function stored(sequenceNumber: string) {
  return { sequenceNumber, partitionKey: `k-${sequenceNumber}`, data: Buffer.from(`r-${sequenceNumber}`), arrival: 1 };
}

async function read(body: unknown, stores = storesWith([])): Promise<readonly Found[]> {
  return await Array.fromAsync(readMessage(typeof body === 'string' ? body : JSON.stringify(body), stores));
}

describe("a message of Lambda's on-failure document", () => {
  it('reads its records back from the stream, over pages, up to the last sequence number', async () => {
    const pages = [
      { records: [stored('100')], next: '1', millisBehindLatest: 5 },
      { records: [], next: '2', millisBehindLatest: 5 },
      { records: [stored('101'), stored('102'), stored('103')], next: '3', millisBehindLatest: 0 },
    ];
    const found = await read(batchFailed(), storesWith(pages));
    expect(found.map((item) => item.kind === 'record' && item.data)).toEqual(['r-100', 'r-101', 'r-102']);
    expect(found[0]).toMatchObject({
      origin: { stream: expect.stringMatching(/stream\/events$/), partitionKey: 'k-100' },
    });
  });

  it('names what retention has taken, with its range', async () => {
    const found = await read(
      batchFailed(),
      storesWith([{ records: [stored('102')], next: undefined, millisBehindLatest: 0 }]),
    );
    expect(found).toMatchObject([
      { kind: 'record' },
      { kind: 'lost', records: 2, range: expect.stringContaining('100…102') },
    ]);
  });

  it('names everything as lost where the stream no longer knows the shard', async () => {
    expect(await read(batchFailed(), storesWith(undefined))).toMatchObject([{ kind: 'lost', records: 3 }]);
  });

  it('leaves out what was delivered before the batch failed', async () => {
    const pages = [{ records: [stored('100'), stored('101'), stored('102')], next: undefined, millisBehindLatest: 0 }];
    const stores = {
      ...storesWith(pages),
      delivered: async () => (sequenceNumber: string) => sequenceNumber !== '101',
    };
    const found = await read(batchFailed(), stores);
    expect(found.map(({ kind }) => kind)).toEqual(['delivered', 'record', 'delivered']);
  });

  it('goes on where an iterator has expired', async () => {
    const reads = [
      { records: [stored('100')], next: 'old', millisBehindLatest: 5 },
      undefined,
      { records: [stored('101'), stored('102')], next: undefined, millisBehindLatest: 0 },
    ];
    const asked: string[] = [];
    const shards: Stores['shards'] = {
      iterator: async (_stream, _shard, number, where) => asked.push(`${where} ${number}`).toString(),
      read: async () => reads.shift(),
    };
    const found = await read(batchFailed(), { ...storesWith([]), shards });
    expect(found.map((item) => item.kind === 'record' && item.data)).toEqual(['r-100', 'r-101', 'r-102']);
    expect(asked).toEqual(['AT_SEQUENCE_NUMBER 100', 'AFTER_SEQUENCE_NUMBER 100']);
  });

  it('tells of lost records also where the document does not say how many there were', async () => {
    const document = batchFailed({ batchSize: null });
    expect(await read(document, storesWith(undefined))).toMatchObject([{ kind: 'lost', records: 1, letter: document }]);
  });

  it('finds the stream behind an enhanced fan-out consumer', async () => {
    const info = { streamArn: 'arn:aws:kinesis:us-east-1:1:stream/events/consumer/fast:99' };
    const pages = [{ records: [stored('100'), stored('101'), stored('102')], next: undefined, millisBehindLatest: 0 }];
    const [first] = await read(batchFailed(info), storesWith(pages));
    expect(first).toMatchObject({ origin: { stream: 'arn:aws:kinesis:us-east-1:1:stream/events' } });
  });
});

describe("a message of the suite's own dead letter", () => {
  const letter = {
    type: 'DeadLetter',
    version: 1,
    pipeline: 'clickstream',
    id: 'shardId-0:100:2',
    origin: { kind: 'kinesis', streamArn: 'arn:s', shardId: 'shardId-0', sequenceNumber: '100', partitionKey: 'k' },
    failure: { code: 'InvalidJson', stage: 'decode', message: 'm', retryable: false },
    attempt: 1,
    failedAt: '2026-09-19T09:11:52.059Z',
    arrival: 7,
    bytes: 1,
  };

  it('gives its record, inline or from the object it points to', async () => {
    expect(await read({ ...letter, data: 'YQ==' })).toMatchObject([
      {
        kind: 'record',
        data: 'a',
        code: 'InvalidJson',
        arrival: 7,
        origin: { stream: 'arn:s', partitionKey: 'k' },
      },
    ]);
    const pointer = { ...letter, object: { bucket: 'b', key: 'big' } };
    expect(await read(pointer, storesWith([], { big: 'whole' }))).toMatchObject([{ data: 'whole' }]);
  });

  it('is unreadable, and so kept, where the object is gone', async () => {
    expect(await read({ ...letter, object: { bucket: 'b', key: 'gone' } })).toMatchObject([
      { kind: 'unreadable', code: 'ObjectMissing' },
    ]);
  });
});

describe('any other message', () => {
  it.each([
    ['not JSON', 'NotJson'],
    ['"text"', 'NotJson'],
    ['{}', 'UnknownDeadLetter'],
    ['{"KinesisBatchInfo":{"shardId":"s","streamArn":"a","startSequenceNumber":"x"}}', 'UnknownDeadLetter'],
  ])('%s is unreadable', async (body, code) => {
    expect(await read(body)).toMatchObject([{ kind: 'unreadable', code }]);
  });

  it('may be a notification of objects, whose keys come URL-encoded', () => {
    const notification = { Records: [{ s3: { bucket: { name: 'b' }, object: { key: 'a+b/%3D1' } } }] };
    expect(notifiedObjects(notification)).toEqual([{ bucket: 'b', key: 'a b/=1' }]);
  });
});
