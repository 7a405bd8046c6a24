import {
  DescribeLimitsCommand,
  ListShardsCommand,
  MergeShardsCommand,
  SplitShardCommand,
  UpdateShardCountCommand,
  UpdateStreamModeCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { FIRST, HALF, HOUR, texts, useKinesis } from './kinesis-world.ts';

const world = useKinesis();

describe('resharding', () => {
  const shards = async () => (await world.client.send(new ListShardsCommand({ StreamName: 's' }))).Shards ?? [];

  test('a split closes the parent, and its children’s numbers are higher', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    const before = await world.put('before');
    await world.client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: HALF }));
    const after = [await world.put('low', { hash: '0' }), await world.put('high', { hash: HALF })];
    expect(after.map((each) => each.ShardId)).toEqual(['shardId-000000000001', 'shardId-000000000002']);
    for (const each of after)
      expect(BigInt(each.SequenceNumber as string)).toBeGreaterThan(BigInt(before.SequenceNumber as string));
    const [parent, low] = await shards();
    expect(parent?.SequenceNumberRange?.EndingSequenceNumber).toBeDefined();
    expect(low).toMatchObject({ ParentShardId: FIRST, HashKeyRange: { StartingHashKey: '0' } });
    expect(BigInt(low?.SequenceNumberRange?.StartingSequenceNumber as string)).toBeGreaterThan(
      BigInt(parent?.SequenceNumberRange?.EndingSequenceNumber as string),
    );
  });

  test('a closed shard is read to its end, then names its children', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await world.put('a');
    await world.put('b');
    await world.client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: HALF }));
    const first = await world.get(await world.iterator('TRIM_HORIZON'), 1);
    expect(first.NextShardIterator).toBeDefined();
    const last = await world.get(first.NextShardIterator as string);
    expect(texts(last)).toEqual(['b']);
    expect(last.NextShardIterator).toBeUndefined();
    expect(last.ChildShards?.map((child) => child.ShardId)).toEqual(['shardId-000000000001', 'shardId-000000000002']);
    expect(last.ChildShards?.[0]?.ParentShards).toEqual([FIRST]);
  });

  test('a merge names both parents', async () => {
    world.kinesis.create({ name: 's', shardCount: 3 });
    const apart = new MergeShardsCommand({
      StreamName: 's',
      ShardToMerge: FIRST,
      AdjacentShardToMerge: 'shardId-000000000002',
    });
    await expect(world.client.send(apart)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    await world.client.send(
      new MergeShardsCommand({ StreamName: 's', ShardToMerge: FIRST, AdjacentShardToMerge: 'shardId-000000000001' }),
    );
    expect((await shards())[3]).toMatchObject({ ParentShardId: FIRST, AdjacentParentShardId: 'shardId-000000000001' });
    const again = new MergeShardsCommand({
      StreamName: 's',
      ShardToMerge: FIRST,
      AdjacentShardToMerge: 'shardId-000000000001',
    });
    await expect(world.client.send(again)).rejects.toMatchObject({ name: 'ResourceInUseException' });
  });

  test.each([
    [2, 3],
    [3, 6],
    [6, 4],
    [5, 3],
  ])('UpdateShardCount from %i to %i leaves even ranges without gap', async (from, to) => {
    world.kinesis.create({ name: 's', shardCount: from });
    const update = { StreamName: 's', TargetShardCount: to, ScalingType: 'UNIFORM_SCALING' as const };
    expect(await world.client.send(new UpdateShardCountCommand(update))).toMatchObject({
      CurrentShardCount: from,
      TargetShardCount: to,
    });
    const open = (await shards()).filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined);
    const ranges = open
      .map(
        (shard) =>
          [
            BigInt(shard.HashKeyRange?.StartingHashKey as string),
            BigInt(shard.HashKeyRange?.EndingHashKey as string),
          ] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1));
    expect(ranges).toHaveLength(to);
    let next = 0n;
    for (const [start, end] of ranges) {
      expect(start).toBe(next);
      next = end + 1n;
    }
    expect(next).toBe(1n << 128n);
  });

  test('more than double or less than half is refused, and so is any change of an on-demand stream', async () => {
    const StreamARN = world.kinesis.create({ name: 's', shardCount: 2 });
    const update = (TargetShardCount: number) =>
      world.client.send(
        new UpdateShardCountCommand({ StreamName: 's', TargetShardCount, ScalingType: 'UNIFORM_SCALING' }),
      );
    await expect(update(5)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await world.client.send(new UpdateStreamModeCommand({ StreamARN, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }));
    await expect(update(3)).rejects.toMatchObject({ name: 'ValidationException' });
    const split = new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: '5' });
    await expect(world.client.send(split)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('a split must fall inside the shard', async () => {
    world.kinesis.create({ name: 's', shardCount: 2 });
    for (const NewStartingHashKey of ['0', HALF, ((1n << 128n) - 1n).toString()]) {
      const split = new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey });
      await expect(world.client.send(split)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    }
  });

  test('a closed shard is listed until its records are gone', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await world.client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: HALF }));
    await world.local.clock.advance(23 * HOUR);
    expect(await shards()).toHaveLength(3);
    await world.local.clock.advance(2 * HOUR);
    expect((await shards()).map((shard) => shard.ShardId)).toEqual(['shardId-000000000001', 'shardId-000000000002']);
  });

  test('ListShards pages and filters', async () => {
    world.kinesis.create({ name: 's', shardCount: 2 });
    const createdAt = world.local.clock.now();
    await world.local.clock.advance(1000);
    await world.client.send(new SplitShardCommand({ StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: '5' }));
    const ids = async (input: object): Promise<(string | undefined)[]> =>
      ((await world.client.send(new ListShardsCommand(input))).Shards ?? []).map((shard) => shard.ShardId?.slice(-1));
    expect(await ids({ StreamName: 's', ShardFilter: { Type: 'AT_LATEST' } })).toEqual(['1', '2', '3']);
    expect(await ids({ StreamName: 's', ShardFilter: { Type: 'AT_TRIM_HORIZON' } })).toEqual(['0', '1']);
    expect(
      await ids({ StreamName: 's', ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: new Date(createdAt + 1) } }),
    ).toEqual(['0', '1']);
    expect(
      await ids({
        StreamName: 's',
        ShardFilter: { Type: 'FROM_TIMESTAMP', Timestamp: new Date(world.local.clock.now() + 1) },
      }),
    ).toEqual(['1', '2', '3']);
    expect(await ids({ StreamName: 's', ShardFilter: { Type: 'AFTER_SHARD_ID', ShardId: FIRST } })).toEqual([
      '1',
      '2',
      '3',
    ]);
    expect(await ids({ StreamName: 's', ExclusiveStartShardId: 'shardId-000000000002' })).toEqual(['3']);
    const page = await world.client.send(new ListShardsCommand({ StreamName: 's', MaxResults: 3 }));
    expect(await ids({ NextToken: page.NextToken })).toEqual(['3']);
    await expect(ids({ StreamName: 's', NextToken: page.NextToken })).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
    await world.local.clock.advance(301_000);
    await expect(ids({ NextToken: page.NextToken })).rejects.toMatchObject({ name: 'ExpiredNextTokenException' });
  });

  test('DescribeLimits counts open shards and on-demand streams', async () => {
    world.kinesis.create({ name: 's', shardCount: 3 });
    world.kinesis.create({ name: 'd', onDemand: true });
    expect(await world.client.send(new DescribeLimitsCommand({}))).toMatchObject({
      OpenShardCount: 3,
      OnDemandStreamCount: 1,
    });
  });
});
