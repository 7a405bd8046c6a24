/**
 * Reads a Kinesis stream into a delivery stream: what arrived since the delivery stream was made, a shard's children
 * only after all of the shard itself.
 */
import type { ShardInfo, ShardPosition, StreamEntry, Streams } from '../account/contracts.ts';
import { deaggregate } from './kpl.ts';
import type { Source } from './record.ts';

export interface KinesisSource {
  /** Reads what is there. Resolves when the tip of every shard was reached. */
  drain(): Promise<void>;
  /** The tip was reached, and nothing arrived since. */
  idle(): boolean;
  stop(): void;
}

export interface KinesisSourceOptions {
  readonly streams: Streams;
  readonly stream: string;
  /** Epoch milliseconds: records from then on. */
  readonly start: number;
  readonly take: (source: Source) => void;
  /** Resolves when more can be taken. */
  readonly room: () => Promise<void>;
}

/** One GetRecords call. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
const READ_LIMIT = { records: 10_000, bytes: 10 * 1024 * 1024 };

const ONE_RECORD = { ...READ_LIMIT, records: 1 };

export function createKinesisSource(options: KinesisSourceOptions): KinesisSource {
  const { streams, stream } = options;
  const start: ShardPosition = { type: 'AT_TIMESTAMP', timestamp: options.start };
  const positions = new Map<string, ShardPosition>();
  const ended = new Set<string>();
  let changes = 0;
  let seen = -1;
  let stopped = false;
  let running: Promise<void> | undefined;

  /** Shards whose parents, where they are still kept, have been read to their end. */
  function readable(): ShardInfo[] {
    const shards = streams.shards(stream);
    const known = new Set(shards.map((shard) => shard.shardId));
    return shards.filter(
      (shard) => !ended.has(shard.shardId) && shard.parents.every((parent) => ended.has(parent) || !known.has(parent)),
    );
  }

  /** Whether anything was read. */
  async function readShard(shardId: string): Promise<boolean> {
    const { entries, ended: atEnd } = streams.read(stream, shardId, positions.get(shardId) ?? start, READ_LIMIT);
    for (const entry of entries) for (const source of sourcesOf(entry, shardId)) options.take(source);
    const last = entries.at(-1);
    if (last !== undefined) {
      positions.set(shardId, { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber });
    }
    if (atEnd) ended.add(shardId);
    await options.room();
    return last !== undefined || atEnd;
  }

  async function readAll(): Promise<void> {
    for (let more = true; more && !stopped; ) {
      seen = changes;
      more = false;
      for (const { shardId } of readable()) more = (await readShard(shardId)) || more;
      more ||= seen !== changes;
    }
  }

  function run(): Promise<void> {
    running ??= readAll()
      .catch(() => {
        // The stream was deleted: there is nothing left to read.
        stopped = true;
        seen = changes;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const unsubscribe = streams.onChange(stream, () => {
    changes++;
    // A burst of puts is read together.
    if (running === undefined && !stopped) setImmediate(() => void run());
  });

  setImmediate(() => void run());

  /** The stream's own word: a change can be told later than it happened. */
  function unread(): boolean {
    try {
      return readable().some(({ shardId }) => {
        const { entries, ended: atEnd } = streams.read(stream, shardId, positions.get(shardId) ?? start, ONE_RECORD);
        return entries.length > 0 || atEnd;
      });
    } catch {
      return false;
    }
  }

  const atTip = (): boolean => stopped || (running === undefined && seen === changes && !unread());

  return {
    async drain() {
      while (!atTip()) await run();
    },
    idle: atTip,
    stop() {
      stopped = true;
      unsubscribe();
    },
  };
}

function sourcesOf(entry: StreamEntry, shardId: string): Source[] {
  const { arrival, sequenceNumber } = entry;
  const users = deaggregate(entry.data) ?? [{ data: entry.data, partitionKey: entry.partitionKey }];
  return users.map(({ data, partitionKey }, subsequenceNumber) => ({
    data,
    arrival,
    sequenceNumber,
    subsequenceNumber,
    kinesis: { shardId, partitionKey },
  }));
}
