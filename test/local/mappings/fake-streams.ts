import type { ShardInfo, ShardPosition, StreamEntry, Streams } from '../../../local/account/contracts.ts';

interface Shard {
  readonly parents: string[];
  readonly entries: StreamEntry[];
  closed: boolean;
}

export interface FakeStreams extends Streams {
  /** Puts into this shard; returns the sequence number. */
  add(shardId: string, data: string | Buffer, partitionKey?: string): string;
  addShard(shardId: string, ...parents: string[]): void;
  close(shardId: string): void;
}

/** Streams in memory: one stream, whatever its name; shards by name; sequence numbers that count up. */
export function fakeStreams(now: () => number, retentionMs = 24 * 3_600_000): FakeStreams {
  const shards = new Map<string, Shard>();
  const listeners = new Set<() => void>();
  let sequence = 100;
  const changed = () => {
    for (const listener of listeners) listener();
  };

  function start(shard: Shard, after: ShardPosition): number {
    const index = (test: (entry: StreamEntry) => boolean) => {
      const found = shard.entries.findIndex(test);
      return found === -1 ? shard.entries.length : found;
    };
    switch (after.type) {
      case 'TRIM_HORIZON':
        return 0;
      case 'LATEST':
        return shard.entries.length;
      case 'AT_TIMESTAMP':
        return index(({ arrival }) => arrival >= after.timestamp);
      case 'AT_SEQUENCE_NUMBER':
        return index(({ sequenceNumber }) => BigInt(sequenceNumber) >= BigInt(after.sequenceNumber));
      case 'AFTER_SEQUENCE_NUMBER':
        return index(({ sequenceNumber }) => BigInt(sequenceNumber) > BigInt(after.sequenceNumber));
    }
  }

  const fake: FakeStreams = {
    arnOf: (stream) => (stream.startsWith('arn:') ? stream : `arn:aws:kinesis:us-east-1:123456789012:stream/${stream}`),
    shards: () => Array.from(shards, ([shardId, { parents, closed }]): ShardInfo => ({ shardId, parents, closed })),
    retentionMs: () => retentionMs,
    read(_stream, shardId, after, limit) {
      const shard = shards.get(shardId) as Shard;
      const from = start(shard, after);
      const entries: StreamEntry[] = [];
      let bytes = 0;
      for (let index = from; index < shard.entries.length && entries.length < limit.records; index++) {
        const entry = shard.entries[index] as StreamEntry;
        bytes += entry.data.length;
        if (bytes > limit.bytes && entries.length > 0) break;
        entries.push(entry);
      }
      const to = from + entries.length;
      const last = shard.entries[to - 1];
      const next: ShardPosition =
        last === undefined
          ? { type: 'TRIM_HORIZON' }
          : { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
      const atEnd = to >= shard.entries.length;
      return { entries, millisBehindLatest: atEnd ? 0 : 1, ended: shard.closed && atEnd, next };
    },
    put(_stream, entries) {
      return entries.map(({ partitionKey, data }) => {
        const shardId = [...shards.keys()][0] as string;
        return { shardId, sequenceNumber: fake.add(shardId, data, partitionKey) };
      });
    },
    onChange(_stream, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(shardId, data, partitionKey = 'key') {
      const sequenceNumber = String(sequence++);
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      (shards.get(shardId) as Shard).entries.push({ sequenceNumber, partitionKey, data: bytes, arrival: now() });
      changed();
      return sequenceNumber;
    },
    addShard(shardId, ...parents) {
      shards.set(shardId, { parents, entries: [], closed: false });
      changed();
    },
    close(shardId) {
      (shards.get(shardId) as Shard).closed = true;
      changed();
    },
  };
  return fake;
}
