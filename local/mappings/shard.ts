/** Reads one shard of a mapped stream, and deals its records to lanes by partition key. */
import type { Clock, ShardPosition, StreamEntry, Streams } from '../account/contracts.ts';
import { deaggregate } from '../firehose/kpl.ts';
import type { BatchContext } from './batch-runner.ts';
import { createBatchRunner } from './batch-runner.ts';
import { createLane, type Lane } from './lane.ts';
import { MAPPING } from './limits.ts';
import type { StreamSettings } from './settings.ts';
import type { StreamOrigin } from './stream-event.ts';
import { createWindows } from './window.ts';

export interface ShardOptions extends BatchContext {
  readonly clock: Clock;
  readonly streams: Streams;
  readonly settings: () => StreamSettings;
  readonly origin: StreamOrigin;
  readonly start: ShardPosition;
  readonly enabled: () => boolean;
  /** Counts what was read, and what the filter kept from the function. */
  readonly counted: (read: number, filtered: number) => void;
  /** Closed, read and done with: its children may begin. */
  readonly finished: () => void;
}

export interface MappedShard {
  /** Reads what there is, as far as there is room. */
  fill(): void;
  /** At the tip, with nothing waiting, running or being retried. */
  idle(): boolean;
  finished(): boolean;
  /** Milliseconds since the arrival of the oldest record that isn't done; 0 at the tip. */
  iteratorAgeMs(): number;
  wake(): void;
  /** Waits for no window any more until the shard is idle. */
  hurry(): void;
}

export function createShard(options: ShardOptions): MappedShard {
  const { clock, streams, origin, settings } = options;
  const { streamArn, parallelizationFactor, tumblingMs } = settings();
  const runner = createBatchRunner(options);
  const discard = options.discard;
  const lanes: Lane[] = Array.from({ length: parallelizationFactor }, () =>
    createLane({
      clock,
      settings,
      origin,
      runner,
      windows: tumblingMs === 0 ? undefined : createWindows({ origin, lengthMs: tumblingMs, runner, discard }),
      drained: () => fill(),
      refill: () => fill(),
      sourceEnded: () => ended,
      stopped: () => options.signal.aborted,
    }),
  );
  let position = options.start;
  let ended = false;
  let finished = false;
  let filling = false;

  function load(): { records: number; bytes: number } {
    let [records, bytes] = [0, 0];
    for (const lane of lanes) {
      const held = lane.load();
      records += held.records;
      bytes += held.bytes;
    }
    return { records, bytes };
  }

  /** What can be read now: two batches a lane are held, so that one is ready when the other is done. */
  function room(): { records: number; bytes: number } {
    const held = load();
    const most = Math.min(settings().batchSize * parallelizationFactor * 2, MAPPING.read.records * 2);
    const records = Math.min(most - held.records, MAPPING.read.records);
    return { records, bytes: MAPPING.read.bytes * 2 - held.bytes };
  }

  function fill(): void {
    if (filling || options.signal.aborted) return;
    filling = true;
    try {
      while (options.enabled() && !ended && readOnce());
    } finally {
      filling = false;
    }
    for (const lane of lanes) lane.wake();
    settle();
  }

  /** False when there is no more to read now, or no room for it. */
  function readOnce(): boolean {
    const limit = room();
    if (limit.records <= 0 || limit.bytes <= 0) return false;
    const bytes = Math.min(limit.bytes, MAPPING.read.bytes);
    const read = streams.read(streamArn, origin.shardId, position, { records: limit.records, bytes });
    const last = read.entries.at(-1);
    if (read.next !== undefined) position = read.next;
    else if (last !== undefined) position = { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
    for (const entry of read.entries) deal(entry);
    ended = read.ended;
    return read.entries.length > 0;
  }

  function deal(entry: StreamEntry): void {
    const children = settings().fanOut ? deaggregate(entry.data) : undefined;
    const records = children?.map((child) => ({ ...entry, ...child })) ?? [entry];
    let filtered = 0;
    for (const record of records) {
      if (passes(record)) laneOf(record.partitionKey).push(record);
      else filtered += 1;
    }
    options.counted(records.length, filtered);
  }

  function passes({ data, ...about }: StreamEntry): boolean {
    const { filter } = settings();
    if (filter === undefined) return true;
    const approximateArrivalTimestamp = about.arrival / 1000;
    return filter(data.toString('utf8'), { ...about, kinesisSchemaVersion: '1.0', approximateArrivalTimestamp });
  }

  function laneOf(partitionKey: string): Lane {
    return lanes[lanes.length === 1 ? 0 : hash(partitionKey) % lanes.length] as Lane;
  }

  function settle(): void {
    if (finished || !ended || !lanes.every((lane) => lane.idle())) return;
    finished = true;
    options.finished();
  }

  function atTip(): boolean {
    if (ended) return true;
    const read = streams.read(streamArn, origin.shardId, position, { records: 1, bytes: MAPPING.read.bytes });
    return read.entries.length === 0 && !read.ended;
  }

  return {
    fill,
    finished: () => finished,
    idle: () => finished || (lanes.every((lane) => lane.idle()) && (!options.enabled() || atTip())),
    iteratorAgeMs() {
      const oldest = lanes.map((lane) => lane.oldest()).filter((arrival) => arrival !== undefined);
      return oldest.length === 0 ? 0 : Math.max(0, clock.now() - Math.min(...oldest));
    },
    hurry: () => {
      for (const lane of lanes) lane.hurry();
    },
    wake: () => {
      for (const lane of lanes) lane.wake();
    },
  };
}

/** FNV-1a: spreads partition keys over lanes. */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    value = Math.imul(value ^ key.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
