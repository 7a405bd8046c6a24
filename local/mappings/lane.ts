/** One lane of a shard: its records in order, batch after batch. A partition key stays in its lane. */
import type { Clock, StreamEntry } from '../account/contracts.ts';
import type { BatchRunner } from './batch-runner.ts';
import { MAPPING } from './limits.ts';
import type { StreamSettings } from './settings.ts';
import { createSignal } from './signal.ts';
import { eventOverhead, type MappedRecord, recordWriter, type StreamOrigin, streamEvent } from './stream-event.ts';
import type { Windows } from './window.ts';

export interface LaneOptions {
  readonly clock: Clock;
  readonly settings: () => StreamSettings;
  readonly origin: StreamOrigin;
  readonly runner: BatchRunner;
  readonly windows: Windows | undefined;
  /** Records left the lane: there is room for more. */
  readonly drained: () => void;
  /** Reads on; a window is only over when nothing of it is left in the shard. */
  readonly refill: () => void;
  /** The shard is closed and read to its end: nothing more will come. */
  readonly sourceEnded: () => boolean;
  readonly stopped: () => boolean;
}

export interface Lane {
  push(entry: StreamEntry): void;
  /** Records and bytes that wait or run. */
  load(): { readonly records: number; readonly bytes: number };
  /** Nothing waits or runs, and no window is open. */
  idle(): boolean;
  /** Arrival of the oldest record that isn't done. */
  oldest(): number | undefined;
  wake(): void;
  /** Waits for no window any more until the lane is idle. */
  hurry(): void;
}

/** Cuts off the front of a long list seldom, not at every batch. */
const COMPACT_AT = 4096;

export function createLane(options: LaneOptions): Lane {
  const { clock, origin, windows } = options;
  const writeRecord = recordWriter(origin);
  const signal = createSignal(clock);
  let queue: StreamEntry[] = [];
  let head = 0;
  let queuedBytes = 0;
  let waitingSince = 0;
  let running: { readonly records: number; readonly bytes: number; readonly oldest: number } | undefined;
  let working = false;
  let hurried = false;

  const size = (): number => queue.length - head;

  function push(entry: StreamEntry): void {
    if (size() === 0) waitingSince = clock.now();
    queue.push(entry);
    queuedBytes += entry.data.length;
  }

  /** Waits for a full batch, to the end of the batching window. */
  async function gather(): Promise<void> {
    const { windowMs, batchSize } = options.settings();
    const until = waitingSince + windowMs;
    while (!options.stopped() && size() < batchSize && (queuedBytes * 4) / 3 < MAPPING.payloadBytes) {
      const left = until - clock.now();
      if (left <= 0 || hurried || options.sourceEnded()) return;
      await signal.wait(left);
    }
  }

  /** The records at the front that make a batch: of one window, up to the batch size and 6 MB as an event. */
  function take(): MappedRecord[] {
    const { batchSize } = options.settings();
    const batch: MappedRecord[] = [];
    const first = queue[head] as StreamEntry;
    const window = windows?.startOf(first);
    let bytes = windows === undefined ? eventOverhead(origin) : MAPPING.windowReserveBytes;
    while (batch.length < batchSize && size() > 0) {
      const entry = queue[head] as StreamEntry;
      if (windows !== undefined && windows.startOf(entry) !== window) break;
      const json = writeRecord(entry);
      bytes += Buffer.byteLength(json) + 1;
      if (bytes > MAPPING.payloadBytes && batch.length > 0) break;
      batch.push({ entry, json });
      queue[head] = undefined as never;
      head += 1;
      queuedBytes -= entry.data.length;
    }
    compact();
    waitingSince = clock.now();
    return batch;
  }

  function compact(): void {
    if (head === queue.length) queue = [];
    else if (head > COMPACT_AT) queue = queue.slice(head);
    else return;
    head = 0;
  }

  async function runBatch(batch: readonly MappedRecord[]): Promise<void> {
    const bytes = batch.reduce((sum, { entry }) => sum + entry.data.length, 0);
    running = { records: batch.length, bytes, oldest: (batch[0] as MappedRecord).entry.arrival };
    if (windows !== undefined) await windows.run(batch);
    else await options.runner.run(batch, { event: (records) => streamEvent(records, origin), accept: () => true });
    running = undefined;
    options.drained();
  }

  /** True when there was a window to close, or to wait for. */
  async function tendWindow(): Promise<boolean> {
    const end = windows?.openUntil();
    if (windows === undefined || end === undefined) return false;
    const left = end - clock.now();
    if (left > 0 && !hurried && !options.sourceEnded()) await signal.wait(left);
    else {
      options.refill();
      if (size() === 0) await windows.close();
    }
    return true;
  }

  async function work(): Promise<void> {
    working = true;
    while (!options.stopped()) {
      if (size() > 0) {
        await gather();
        if (!options.stopped()) await runBatch(take());
      } else if (!(await tendWindow())) break;
    }
    working = false;
    hurried = false;
    options.drained();
  }

  return {
    push,
    load: () => ({ records: size() + (running?.records ?? 0), bytes: queuedBytes + (running?.bytes ?? 0) }),
    idle: () => !working && size() === 0,
    oldest: () => running?.oldest ?? queue[head]?.arrival,
    hurry() {
      hurried = working || size() > 0;
      signal.notify();
    },
    wake() {
      signal.notify();
      if (!working && size() > 0) void work();
    },
  };
}
