import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, FIRST, useKinesis } from './kinesis-world.ts';

const world = useKinesis({ frozen: true });

describe('shard limits', () => {
  const batch = (count: number, size: number) =>
    world.client.send(
      new PutRecordsCommand({
        StreamName: 's',
        Records: Array.from({ length: count }, () => ({
          Data: Buffer.alloc(size),
          PartitionKey: 'k',
          ExplicitHashKey: '0',
        })),
      }),
    );

  test('1,000 records a second: the rest fail one by one, and pass later', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    const answers = await Promise.all([batch(500, 1), batch(500, 1), batch(500, 1)]);
    const failed = answers.reduce((sum, answer) => sum + (answer.FailedRecordCount ?? 0), 0);
    expect(failed).toBe(500);
    const errors = new Set(answers.flatMap((answer) => answer.Records?.map((record) => record.ErrorCode)));
    expect(errors).toEqual(new Set([undefined, 'ProvisionedThroughputExceededException']));
    await world.local.clock.advance(1000);
    expect((await batch(500, 1)).FailedRecordCount).toBe(0);
  });

  test('1 MiB a second, told in PutRecord as an exception', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    expect((await batch(3, 400_000)).FailedRecordCount).toBe(1);
    await expect(world.put('x'.repeat(1_000_000))).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      message: `Rate exceeded for shard ${FIRST} in stream s under account ${ACCOUNT}.`,
    });
  });

  test('an on-demand stream takes 4,000 records a second, and after that twice its peak', async () => {
    world.kinesis.create({ name: 's', onDemand: true });
    const failures = async (batches: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: batches }, () => batch(500, 1)));
      return answers.reduce((sum, answer) => sum + (answer.FailedRecordCount ?? 0), 0);
    };
    expect(await failures(8)).toBe(0);
    expect(await failures(8)).toBe(4000);
    for (let second = 0; second < 3; second += 1) await world.local.clock.advance(1000);
    expect(await failures(10)).toBe(0);
  });

  test('five GetRecords calls a second', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    const from = await world.iterator('TRIM_HORIZON');
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => world.get(from)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(7);
    expect(refused[0]?.reason).toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    await world.local.clock.advance(1000);
    await world.get(from);
  });

  test('a read of 10 MiB is paid for with five seconds', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    world.kinesis.put(
      's',
      Array.from({ length: 12 }, () => ({ partitionKey: 'k', data: Buffer.alloc(1_000_000) })),
    );
    const first = await world.get(await world.iterator('TRIM_HORIZON'));
    expect(first.Records).toHaveLength(10);
    await expect(world.get(first.NextShardIterator as string)).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    await world.local.clock.advance(5000);
    expect((await world.get(first.NextShardIterator as string)).Records).toHaveLength(2);
  });
});
