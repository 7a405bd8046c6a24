import { type DoneRanges, openDoneRanges } from '../delivery/done-ranges.ts';
import { kinesis, s3 } from '../platform/clients.ts';
import { sleep } from '../platform/clock.ts';
import { setting } from '../platform/settings.ts';
import type { Stores } from '../sources/failures/letter.ts';
import type { ShardReader } from '../sources/failures/stream-batch.ts';

/** Errors by which Kinesis says that it no longer knows the shard or the sequence number. */
const GONE = new Set(['InvalidArgumentException', 'ResourceNotFoundException']);
/** Records of a page: with small ones it is quickly through, with large ones Kinesis ends it at 10 MB. */
const PAGE_RECORDS = 1_000;
/** A shard takes five reads a second, of all its readers. */
const ATTEMPTS = 8;
const PAUSE_MS = 250;
/** What the table of delivered records may take, in milliseconds. */
const TABLE_MS = 10_000;

const shards: ShardReader = {
  async iterator(streamArn, shardId, sequenceNumber, where) {
    const { aws, client } = await kinesis();
    const command = new aws.GetShardIteratorCommand({
      StreamARN: streamArn,
      ShardId: shardId,
      ShardIteratorType: where,
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
    const command = new aws.GetRecordsCommand({
      StreamARN: streamArn,
      ShardIterator: iterator,
      Limit: PAGE_RECORDS,
    });
    for (let attempt = 1; ; attempt++) {
      try {
        const page = await client.send(command);
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
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name === 'ExpiredIteratorException') return undefined;
        if (name !== 'ProvisionedThroughputExceededException' || attempt === ATTEMPTS) throw error;
        await sleep(PAUSE_MS * attempt);
      }
    }
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
  async delivered({ streamArn, shardId, startSequenceNumber: first, endSequenceNumber: last }) {
    const [table, pipeline] = [setting('DEDUPE_TABLE'), setting('PIPELINE')];
    if (table === undefined || pipeline === undefined) return () => false;
    const end = performance.now() + TABLE_MS;
    const deadline = { remainingMs: () => end - performance.now() };
    const scope = `${pipeline} ${streamArn} ${shardId}`;
    const ranges = await openDoneRanges(table, { scope, first, last }, deadline);
    if (ranges.error !== undefined)
      throw new Error(`The table of delivered records could not be read: ${ranges.error}.`);
    return (sequenceNumber) => isDone(ranges, shardId, sequenceNumber);
  },
};

/** As the stream consumer notes it: a record of the stream as a whole, or, where it takes no aggregates apart, by its id. */
function isDone(ranges: DoneRanges, shardId: string, sequenceNumber: string): boolean {
  return ranges.has(`unit ${sequenceNumber}`) || ranges.has(`${shardId}:${sequenceNumber}`);
}
