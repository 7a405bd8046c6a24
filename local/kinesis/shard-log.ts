/** The records of one shard, in order: the newest in memory, sealed segments on disk when there is a folder for them. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ShardPosition, StreamEntry } from '../account/contracts.ts';
import { readSegment, writeSegment } from './segment-file.ts';
import { compareSequence } from './sequence-number.ts';

interface Segment {
  /** Absent while only the file holds them. */
  entries: StreamEntry[] | undefined;
  file: string | undefined;
  count: number;
  bytes: number;
  first: string;
  last: string;
  lastArrival: number;
}

interface LogRead {
  readonly entries: readonly StreamEntry[];
  /** Arrival of the first record not read; absent at the tip. */
  readonly nextArrival: number | undefined;
}

export interface ShardLog {
  append(entry: StreamEntry): void;
  /** Records from a position on, none that arrived before `horizon`. */
  read(position: ShardPosition, horizon: number, limit: { records: number; bytes: number }): LogRead;
  /** Lets go of segments that arrived wholly before `horizon`. */
  trim(horizon: number): void;
  readonly lastArrival: number;
  drop(): void;
}

/** A segment is sealed at this many bytes of data or records. */
const SEGMENT_BYTES = 1024 * 1024;
const SEGMENT_RECORDS = 4096;
/** Sealed segments that stay in memory, for readers close behind the tip and for a replay's next read. */
const SEGMENTS_HELD = 3;

/** `folder` absent: everything stays in memory until retention ends. */
export function createShardLog(folder?: string): ShardLog {
  const segments: Segment[] = [];
  let held: Segment[] = [];
  let lastArrival = 0;
  let sealed = 0;

  function tail(): Segment {
    const last = segments[segments.length - 1];
    const open = last?.file === undefined && last?.entries !== undefined && !isFull(last);
    if (last !== undefined && open) return last;
    if (last !== undefined) seal(last);
    const fresh = { entries: [], file: undefined, count: 0, bytes: 0, first: '', last: '', lastArrival: 0 };
    segments.push(fresh);
    return fresh;
  }

  function seal(segment: Segment): void {
    if (folder === undefined || segment.file !== undefined || segment.entries === undefined) return;
    if (sealed === 0) mkdirSync(folder, { recursive: true });
    const file = join(folder, `${String(sealed).padStart(8, '0')}.segment`);
    writeSegment(file, segment.entries);
    sealed += 1;
    segment.file = file;
    hold(segment);
  }

  function hold(segment: Segment): void {
    held = [...held.filter((each) => each !== segment), segment];
    while (held.length > SEGMENTS_HELD) (held.shift() as Segment).entries = undefined;
  }

  function entriesOf(segment: Segment): readonly StreamEntry[] {
    if (segment.entries === undefined) segment.entries = readSegment(segment.file as string);
    if (segment.file !== undefined) hold(segment);
    return segment.entries;
  }

  return {
    append(entry) {
      const segment = tail();
      if (segment.count === 0) segment.first = entry.sequenceNumber;
      (segment.entries as StreamEntry[]).push(entry);
      segment.count += 1;
      segment.bytes += entry.data.length + entry.partitionKey.length;
      segment.last = entry.sequenceNumber;
      segment.lastArrival = entry.arrival;
      lastArrival = entry.arrival;
    },
    read(position, horizon, limit) {
      const isWanted = wantedFrom(position, horizon);
      const from = firstIndex(segments, (segment) => isWanted(segment.last, segment.lastArrival));
      const entries: StreamEntry[] = [];
      let bytes = 0;
      for (let at = from; at < segments.length; at += 1) {
        const records = entriesOf(segments[at] as Segment);
        const start = at === from ? firstIndex(records, (each) => isWanted(each.sequenceNumber, each.arrival)) : 0;
        for (const entry of records.slice(start, start + limit.records - entries.length + 1)) {
          const size = entry.data.length + entry.partitionKey.length;
          const full = entries.length >= limit.records || (entries.length > 0 && bytes + size > limit.bytes);
          if (full) return { entries, nextArrival: entry.arrival };
          entries.push(entry);
          bytes += size;
        }
      }
      return { entries, nextArrival: undefined };
    },
    trim(horizon) {
      const keep = firstIndex(segments, (segment) => segment.count > 0 && segment.lastArrival >= horizon);
      for (const segment of segments.splice(0, keep)) {
        held = held.filter((each) => each !== segment);
        if (segment.file !== undefined) rmSync(segment.file, { force: true });
      }
    },
    get lastArrival() {
      return lastArrival;
    },
    drop() {
      segments.length = 0;
      held = [];
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isFull(segment: Segment): boolean {
  return segment.bytes >= SEGMENT_BYTES || segment.count >= SEGMENT_RECORDS;
}

/** Whether a record stands at or after a position; false, then true, along the log. */
function wantedFrom(position: ShardPosition, horizon: number): (sequenceNumber: string, arrival: number) => boolean {
  switch (position.type) {
    case 'TRIM_HORIZON':
      return (_, arrival) => arrival >= horizon;
    case 'LATEST':
      return () => false;
    case 'AT_TIMESTAMP':
      return (_, arrival) => arrival >= Math.max(horizon, position.timestamp);
    case 'AT_SEQUENCE_NUMBER':
      return (number, arrival) => arrival >= horizon && compareSequence(number, position.sequenceNumber) >= 0;
    case 'AFTER_SEQUENCE_NUMBER':
      return (number, arrival) => arrival >= horizon && compareSequence(number, position.sequenceNumber) > 0;
  }
}

/** The first index for which `holds`, of a list for which it is false, then true; the length when for none. */
function firstIndex<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
