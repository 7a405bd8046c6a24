import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  RemoveTagsFromStreamCommand,
  StartStreamEncryptionCommand,
} from '@aws-sdk/client-kinesis';
import { describe, expect, test } from 'vitest';
import { ACCOUNT, HOUR, useKinesis } from './kinesis-world.ts';

const world = useKinesis();

describe('streams', () => {
  test('are created, described, listed and deleted by an unmodified client', async () => {
    await world.client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 3 }));
    const { StreamDescription } = await world.client.send(new DescribeStreamCommand({ StreamName: 's' }));
    expect(StreamDescription).toMatchObject({
      StreamARN: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/s`,
      StreamStatus: 'ACTIVE',
      RetentionPeriodHours: 24,
      EncryptionType: 'NONE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
    });
    expect(StreamDescription?.StreamCreationTimestamp).toBeInstanceOf(Date);
    const ranges = StreamDescription?.Shards?.map((shard) => shard.HashKeyRange);
    expect(ranges?.[0]?.StartingHashKey).toBe('0');
    expect(ranges?.[2]?.EndingHashKey).toBe(((1n << 128n) - 1n).toString());
    expect(BigInt(ranges?.[1]?.StartingHashKey as string)).toBe(BigInt(ranges?.[0]?.EndingHashKey as string) + 1n);
    await world.client.send(new DeleteStreamCommand({ StreamName: 's' }));
    expect((await world.client.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
  });

  test('an existing name is in use; an absent one is not found', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await expect(world.client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }))).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
    await expect(world.put('x', { stream: 'gone' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Stream gone under account ${ACCOUNT} not found.`,
    });
  });

  test('are listed in pages', async () => {
    for (const name of ['c', 'a', 'b']) world.kinesis.create({ name, shardCount: 1 });
    const first = await world.client.send(new ListStreamsCommand({ Limit: 2 }));
    expect(first).toMatchObject({ StreamNames: ['a', 'b'], HasMoreStreams: true });
    const second = await world.client.send(new ListStreamsCommand({ NextToken: first.NextToken }));
    expect(second).toMatchObject({ StreamNames: ['c'], HasMoreStreams: false });
  });

  test.each([
    [
      { StreamName: 'no spaces', ShardCount: 1 },
      /Value 'no spaces' at 'streamName' .* regular expression pattern: \[a-zA-Z0-9_.-\]\+/,
    ],
    [{ StreamName: 'x'.repeat(129), ShardCount: 1 }, /at 'streamName' .* length less than or equal to 128/],
    [{ StreamName: 's', ShardCount: 0 }, /Value '0' at 'shardCount' .* greater than or equal to 1/],
    [{ StreamName: '', ShardCount: 0 }, /^3 validation errors detected/],
    [{ StreamName: undefined, ShardCount: 1 }, /Value null at 'streamName' .* Member must not be null/],
  ])('%j is refused in AWS’s words', async (input, message) => {
    await expect(world.client.send(new CreateStreamCommand(input))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
  });

  test('retention moves within 24 and 8760 hours, each way by its own operation', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await world.client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 48 }));
    expect(world.kinesis.retentionMs('s')).toBe(48 * HOUR);
    const tooLong = new IncreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 8761 });
    await expect(world.client.send(tooLong)).rejects.toMatchObject({ name: 'InvalidArgumentException' });
    const backwards = new IncreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 24 });
    await expect(world.client.send(backwards)).rejects.toMatchObject({
      message: expect.stringContaining('can not be shorter'),
    });
    await world.client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName: 's', RetentionPeriodHours: 24 }));
    expect(world.kinesis.retentionMs('s')).toBe(24 * HOUR);
  });

  test('encryption shows in the stream and in its records', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await world.client.send(
      new StartStreamEncryptionCommand({ StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }),
    );
    expect(await world.put('x')).toMatchObject({ EncryptionType: 'KMS' });
    const { StreamDescriptionSummary } = await world.client.send(new DescribeStreamSummaryCommand({ StreamName: 's' }));
    expect(StreamDescriptionSummary).toMatchObject({
      EncryptionType: 'KMS',
      KeyId: 'alias/aws/kinesis',
      OpenShardCount: 1,
    });
    expect((await world.get(await world.iterator('TRIM_HORIZON'))).Records?.[0]?.EncryptionType).toBe('KMS');
  });

  test('tags are added, listed in pages and removed', async () => {
    world.kinesis.create({ name: 's', shardCount: 1 });
    await world.client.send(new AddTagsToStreamCommand({ StreamName: 's', Tags: { b: '2', a: '1' } }));
    const page = await world.client.send(new ListTagsForStreamCommand({ StreamName: 's', Limit: 1 }));
    expect(page).toMatchObject({ Tags: [{ Key: 'a', Value: '1' }], HasMoreTags: true });
    await world.client.send(new RemoveTagsFromStreamCommand({ StreamName: 's', TagKeys: ['a'] }));
    expect((await world.client.send(new ListTagsForStreamCommand({ StreamName: 's' }))).Tags).toEqual([
      { Key: 'b', Value: '2' },
    ]);
  });

  test('names and ARNs name the same stream', async () => {
    const arn = world.kinesis.create({ name: 's', shardCount: 1 });
    await world.client.send(new PutRecordCommand({ StreamARN: arn, PartitionKey: 'k', Data: Buffer.from('by arn') }));
    expect(world.kinesis.arnOf('s')).toBe(world.kinesis.arnOf(arn));
    expect(await world.read('TRIM_HORIZON')).toEqual(['by arn']);
  });
});
