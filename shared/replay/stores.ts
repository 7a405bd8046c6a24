import { kinesis, s3 } from '../platform/clients.ts';
import type { Stores } from '../sources/failures/message.ts';
import type { ShardReader } from '../sources/failures/stream-batch.ts';

/** Errors by which Kinesis says that it no longer knows the shard or the sequence number. */
const GONE = new Set(['InvalidArgumentException', 'ResourceNotFoundException']);

const shards: ShardReader = {
  async iteratorAt(streamArn, shardId, sequenceNumber) {
    const { aws, client } = await kinesis();
    const command = new aws.GetShardIteratorCommand({
      StreamARN: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      StartingSequenceNumber: sequenceNumber,
    });
    try {
      return (await client.send(command)).ShardIterator;
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return undefined;
      throw error;
    }
  },
  async read(streamArn, iterator) {
    const { aws, client } = await kinesis();
    const page = await client.send(new aws.GetRecordsCommand({ StreamARN: streamArn, ShardIterator: iterator }));
    return {
      records: (page.Records ?? []).map((record) => ({
        sequenceNumber: record.SequenceNumber ?? '0',
        partitionKey: record.PartitionKey ?? '',
        data: record.Data ?? new Uint8Array(),
        arrival: record.ApproximateArrivalTimestamp?.getTime(),
      })),
      next: page.NextShardIterator,
      millisBehindLatest: page.MillisBehindLatest ?? 0,
    };
  },
};

/** The account's streams and buckets, as messages refer to them. */
export const stores: Stores = {
  shards,
  async object({ bucket, key }) {
    const { aws, client } = await s3();
    try {
      const { Body: body } = await client.send(new aws.GetObjectCommand({ Bucket: bucket, Key: key }));
      return await body?.transformToByteArray();
    } catch (error) {
      if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NoSuchBucket')) return undefined;
      throw error;
    }
  },
};
