import { createHash, randomBytes } from 'node:crypto';
import { PutRecordCommand, PutRecordsCommand, UpdateMaxRecordSizeCommand } from '@aws-sdk/client-kinesis';
import { beforeEach, describe, expect, test } from 'vitest';
import { FIRST, HALF, useKinesis } from './kinesis-world.ts';

const world = useKinesis();

describe('records', () => {
  beforeEach(() => {
    world.kinesis.create({ name: 's', shardCount: 2 });
  });

  test('go to the shard whose range holds the MD5 of the partition key', async () => {
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    for (const key of keys) {
      const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
      const { ShardId } = await world.put('x', { key });
      expect(ShardId).toBe(hash < 1n << 127n ? FIRST : 'shardId-000000000001');
    }
  });

  test('an explicit hash key overrides the partition key, and must be a 128-bit number', async () => {
    expect((await world.put('x', { hash: '0' })).ShardId).toBe(FIRST);
    expect((await world.put('x', { hash: HALF })).ShardId).toBe('shardId-000000000001');
    await expect(world.put('x', { hash: (1n << 128n).toString() })).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
    await expect(world.put('x', { hash: 'ff' })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('have sequence numbers of 56 digits that rise', async () => {
    const numbers = [];
    for (let index = 0; index < 20; index += 1) numbers.push((await world.put(`${index}`)).SequenceNumber as string);
    for (const number of numbers) expect(number).toMatch(/^49\d{54}$/);
    expect([...numbers].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))).toEqual(numbers);
    expect(new Set(numbers).size).toBe(20);
  });

  test('come back byte for byte, empty ones too', async () => {
    const bytes = randomBytes(5000);
    await world.client.send(
      new PutRecordsCommand({
        StreamName: 's',
        Records: [bytes, Buffer.alloc(0)].map((Data) => ({ Data, PartitionKey: 'ключ', ExplicitHashKey: '0' })),
      }),
    );
    const { Records } = await world.get(await world.iterator('TRIM_HORIZON'));
    expect(Buffer.from(Records?.[0]?.Data as Uint8Array).equals(bytes)).toBe(true);
    expect(Records?.[1]?.Data).toHaveLength(0);
    expect(Records?.[0]?.PartitionKey).toBe('ключ');
    expect(Math.abs(Number(Records?.[0]?.ApproximateArrivalTimestamp) - Date.now())).toBeLessThan(5000);
  });

  test('a batch is answered record for record, in order', async () => {
    const Records = Array.from({ length: 500 }, (_, index) => ({
      Data: Buffer.from(`${index}`),
      PartitionKey: `${index}`,
    }));
    const answer = await world.client.send(new PutRecordsCommand({ StreamName: 's', Records }));
    expect(answer.FailedRecordCount).toBe(0);
    expect(answer.Records).toHaveLength(500);
    for (const [index, { ShardId }] of (answer.Records ?? []).entries()) {
      const high = (createHash('md5').update(`${index}`).digest()[0] as number) >= 128;
      expect(ShardId).toBe(high ? 'shardId-000000000001' : FIRST);
    }
  });

  test('501 records, a record over 1 MiB and a request over 10 MiB are refused', async () => {
    const send = (Records: { Data: Buffer; PartitionKey: string }[]) =>
      world.client.send(new PutRecordsCommand({ StreamName: 's', Records }));
    const small = { Data: Buffer.from('x'), PartitionKey: 'k' };
    await expect(send(Array.from({ length: 501 }, () => small))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(
        "at 'records' failed to satisfy constraint: Member must have length less than or equal to 500",
      ),
    });
    await expect(send([])).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(world.put('x'.repeat(1_048_577))).rejects.toMatchObject({ name: 'ValidationException' });
    const large = { Data: Buffer.alloc(1_048_576), PartitionKey: 'k' };
    await expect(send(Array.from({ length: 10 }, () => large))).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
    await expect(world.put('x', { key: 'k'.repeat(257) })).rejects.toMatchObject({
      message: expect.not.stringContaining('kkk'),
    });
  });

  test('a raised maximum lets a 10 MiB record through', async () => {
    const StreamARN = world.kinesis.arnOf('s');
    await world.client.send(new UpdateMaxRecordSizeCommand({ StreamARN, MaxRecordSizeInKiB: 10_240 }));
    const bytes = Buffer.alloc(10_000_000, 'y');
    await world.client.send(
      new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: bytes, ExplicitHashKey: '0' }),
    );
    const { Records } = await world.get(await world.iterator('TRIM_HORIZON'));
    expect(Records?.[0]?.Data).toHaveLength(10_000_000);
  });

  test('faults fail the records they name, and no other', async () => {
    world.local.faults.kinesisPut = (stream, key) => (stream === 's' && key === 'bad' ? 'InternalFailure' : undefined);
    const Records = ['good', 'bad', 'fine'].map((key) => ({
      Data: Buffer.from(key),
      PartitionKey: key,
      ExplicitHashKey: '0',
    }));
    const answer = await world.client.send(new PutRecordsCommand({ StreamName: 's', Records }));
    expect(answer.FailedRecordCount).toBe(1);
    expect(answer.Records?.[1]).toMatchObject({ ErrorCode: 'InternalFailure' });
    expect(await world.read('TRIM_HORIZON')).toEqual(['good', 'fine']);
    await expect(world.put('x', { key: 'bad' })).rejects.toMatchObject({ name: 'InternalFailure' });
  });
});

describe('hostile requests', () => {
  const raw = async (operation: string, body: unknown): Promise<{ status: number; type: string | null }> => {
    const response = await fetch(world.local.gateway.endpoint, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260131/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=0',
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Kinesis_20131202.${operation}`,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    await response.text();
    return { status: response.status, type: response.headers.get('x-amzn-errortype') };
  };

  test.each([
    [{ StreamName: 's', PartitionKey: 'k', Data: 'not base64!' }],
    [{ StreamName: 's', PartitionKey: 'k', Data: 'QQ' }],
    [{ StreamName: 's', PartitionKey: 5, Data: 'QQ==' }],
    [{ StreamName: ['s'], PartitionKey: 'k', Data: 'QQ==' }],
    [{ StreamName: 's', PartitionKey: 'k', Data: { a: 1 } }],
    ['{"StreamName":"s","__proto__":{"polluted":1},"PartitionKey":{}}'],
    ['[['.repeat(10_000)],
  ])('%j is a serialisation error', async (body) => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    expect(await raw('PutRecord', body)).toEqual({ status: 400, type: 'SerializationException' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('names of the object prototype are no streams and no operations', async () => {
    expect(await raw('DescribeStream', { StreamName: 'constructor' })).toMatchObject({
      type: 'ResourceNotFoundException',
    });
    expect(await raw('constructor', {})).toMatchObject({ type: 'UnknownOperationException' });
    expect(await raw('__proto__', {})).toMatchObject({ type: 'UnknownOperationException' });
  });
});
