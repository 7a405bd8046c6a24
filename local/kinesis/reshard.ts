/** Splits and merges, alone and as the steps to a wanted count. */
import { AwsError } from '../gateway/aws-error.ts';
import { evenRanges, keyAfter, keyBefore } from './hash-range.ts';
import { addShard, closeShard, openShards, type Shard, type Stream, shardFor } from './stream.ts';

/** Closes a shard and opens two: the second begins at `key` (32 hexadecimal digits). */
export function splitShard(stream: Stream, shard: Shard, key: string, now: number): void {
  if (key <= shard.range.start || key > shard.range.end) {
    throw new AwsError(
      'InvalidArgumentException',
      `NewStartingHashKey used in SplitShard() on shard ${shard.id} in stream ${stream.name} is not both greater than one plus the shard's StartingHashKey and less than the shard's EndingHashKey.`,
    );
  }
  closeShard(stream, shard, now);
  addShard(stream, { start: shard.range.start, end: keyBefore(key) }, [shard], now);
  addShard(stream, { start: key, end: shard.range.end }, [shard], now);
}

/** Closes two neighbours and opens one. */
export function mergeShards(stream: Stream, shard: Shard, adjacent: Shard, now: number): Shard {
  const [low, high] = shard.range.start < adjacent.range.start ? [shard, adjacent] : [adjacent, shard];
  if (low === high || keyBefore(high.range.start) !== low.range.end) {
    throw new AwsError(
      'InvalidArgumentException',
      `Shards ${shard.id} and ${adjacent.id} in stream ${stream.name} are not an adjacent pair of shards eligible for merging`,
    );
  }
  closeShard(stream, low, now);
  closeShard(stream, high, now);
  return addShard(stream, { start: low.range.start, end: high.range.end }, [shard, adjacent], now);
}

/** Brings the stream to `count` even shards: cuts at each new bound, then joins what lies between two of them. */
export function reshardTo(stream: Stream, count: number, now: number): void {
  const ranges = evenRanges(count);
  for (const range of ranges) {
    const shard = shardFor(stream, range.start);
    if (shard.range.start !== range.start) splitShard(stream, shard, range.start, now);
  }
  for (const range of ranges) {
    let shard = shardFor(stream, range.start);
    while (shard.range.end !== range.end) {
      shard = mergeShards(stream, shard, shardFor(stream, keyAfter(shard.range.end)), now);
    }
  }
}

/** Shards that an UpdateShardCount may not go past. Source: UpdateShardCount's API reference. */
export function checkTargetCount(stream: Stream, target: number): void {
  const current = openShards(stream).length;
  if (target > current * 2 || target < Math.ceil(current / 2)) {
    throw new AwsError(
      'LimitExceededException',
      `Target shard count ${target} must be between half of and double the current count ${current} of stream ${stream.name}.`,
    );
  }
}
