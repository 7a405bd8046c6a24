import { DeleteStreamCommand } from '@aws-sdk/client-kinesis';
import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR, texts, useKinesis } from './kinesis-world.ts';

const world = useKinesis();

describe('iterators', () => {
  let numbers: string[];

  beforeEach(async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    numbers = [];
    for (const text of ['a', 'b', 'c']) numbers.push((await world.put(text)).SequenceNumber as string);
  });

  test('start where their type says', async () => {
    expect(await world.read('TRIM_HORIZON')).toEqual(['a', 'b', 'c']);
    expect(await world.read('AT_SEQUENCE_NUMBER', { number: numbers[1] as string })).toEqual(['b', 'c']);
    expect(await world.read('AFTER_SEQUENCE_NUMBER', { number: numbers[1] as string })).toEqual(['c']);
    expect(await world.read('AT_TIMESTAMP', { at: 0 })).toEqual(['a', 'b', 'c']);
  });

  test('LATEST is the tip of the moment it was asked for', async () => {
    const latest = await world.iterator('LATEST');
    await world.put('d');
    expect(texts(await world.get(latest))).toEqual(['d']);
  });

  test('AT_TIMESTAMP finds the first record from then on, and no future', async () => {
    await world.local.clock.advance(10_000);
    const at = world.local.clock.now();
    await world.local.clock.advance(1000);
    await world.put('later');
    expect(await world.read('AT_TIMESTAMP', { at })).toEqual(['later']);
    await expect(world.iterator('AT_TIMESTAMP', { at: world.local.clock.now() + 60_000 })).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
  });

  test('go on from page to page, saying how far behind', async () => {
    await world.local.clock.advance(5000);
    const first = await world.get(await world.iterator('TRIM_HORIZON'), 2);
    expect(texts(first)).toEqual(['a', 'b']);
    expect(first.MillisBehindLatest).toBeGreaterThanOrEqual(5000);
    const second = await world.get(first.NextShardIterator as string, 2);
    expect(texts(second)).toEqual(['c']);
    expect(second.MillisBehindLatest).toBe(0);
    const third = await world.get(second.NextShardIterator as string);
    expect(third.Records).toEqual([]);
    expect(third.NextShardIterator).toBeDefined();
  });

  test('last five minutes', async () => {
    const old = await world.iterator('TRIM_HORIZON');
    await world.local.clock.advance(299_000);
    expect(texts(await world.get(old))).toHaveLength(3);
    await world.local.clock.advance(2000);
    await expect(world.get(old)).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  });

  test('made up, altered or of a stream that is gone, they are refused', async () => {
    const real = await world.iterator('TRIM_HORIZON');
    await expect(world.get('AAAA')).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    await expect(world.get(`${real[0] === 'A' ? 'B' : 'A'}${real.slice(1)}`)).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
    await world.client.send(new DeleteStreamCommand({ StreamName: 's' }));
    world.kinesis.create({ name: 's', shardCount: 1 });
    await expect(world.get(real)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });

  test('a sequence number must be one this shard gave', async () => {
    const wrong = [undefined, '1', `9${(numbers[0] as string).slice(1)}`];
    for (const number of wrong) {
      const asked = world.iterator('AT_SEQUENCE_NUMBER', number === undefined ? {} : { number });
      await expect(asked).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    }
    await expect(world.iterator('TRIM_HORIZON', { shard: 'shardId-000000000009' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('records are gone when their retention ends', async () => {
    await world.local.clock.advance(23 * HOUR);
    await world.put('young');
    await world.local.clock.advance(2 * HOUR);
    expect(await world.read('TRIM_HORIZON')).toEqual(['young']);
    expect(await world.read('AT_SEQUENCE_NUMBER', { number: numbers[0] as string })).toEqual(['young']);
  });
});
