/**
 * The Lambda processor: buffers records by size and time, invokes the function, retries what the function threw.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import type { StreamRecord } from './record.ts';
import { EVENT_OVERHEAD_BYTES, MOST_PAYLOAD_BYTES, recordJsonBytes } from './transform-event.ts';
import { type Invoker, type Transformed, transformBatch } from './transform-invocation.ts';

export interface Transform {
  add(record: StreamRecord): void;
  /** Hands on what is buffered now. */
  flush(): void;
  /** Resolves when every batch that was handed on has its answer. */
  settled(): Promise<void>;
  /** Resolves when less waits than the transform may hold back, so that memory stays bounded. */
  room(): Promise<void>;
  idle(): boolean;
  /** Records that are buffered or at the function. */
  held(): number;
  stop(): void;
}

export interface TransformOptions extends Invoker {
  /** Invocations at once. */
  readonly parallel: number;
  readonly onResults: (results: readonly Transformed[]) => void;
}

interface Batch {
  readonly records: StreamRecord[];
  bytes: number;
  jsonBytes: number;
}

/** Waiting batches beyond which sources are held back, bytes. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

export function createTransform(options: TransformOptions): Transform {
  const { clock, settings } = options;
  const waiting: Batch[] = [];
  const forRoom: (() => void)[] = [];
  const forRest: (() => void)[] = [];
  let open: Batch | undefined;
  let cancelTimer: (() => void) | undefined;
  let waitingBytes = 0;
  let inFlight = 0;
  let held = 0;

  function flush(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (open === undefined) return;
    waiting.push(open);
    waitingBytes += open.bytes;
    open = undefined;
    start();
  }

  function start(): void {
    while (inFlight < options.parallel) {
      const batch = waiting.shift();
      if (batch === undefined) break;
      waitingBytes -= batch.bytes;
      inFlight++;
      void transformBatch(options, batch.records).then((results) => {
        options.onResults(results);
        inFlight--;
        held -= batch.records.length;
        start();
        if (isAtRest()) for (const resume of forRest.splice(0)) resume();
      });
    }
    if (waitingBytes < MOST_WAITING_BYTES) for (const resume of forRoom.splice(0)) resume();
  }

  function isAtRest(): boolean {
    return waiting.length === 0 && inFlight === 0;
  }

  return {
    add(record) {
      const jsonBytes = recordJsonBytes(record);
      const bytes = record.data.length;
      const most = MOST_PAYLOAD_BYTES - EVENT_OVERHEAD_BYTES;
      const over =
        open !== undefined && (open.bytes + bytes > settings.bufferBytes || open.jsonBytes + jsonBytes > most);
      if (over) flush();
      if (open === undefined) {
        open = { records: [], bytes: 0, jsonBytes: 0 };
        cancelTimer = clock.after(settings.bufferMs, flush);
      }
      open.records.push(record);
      open.bytes += bytes;
      open.jsonBytes += jsonBytes;
      held++;
      if (open.bytes >= settings.bufferBytes) flush();
    },
    flush,
    room() {
      if (waitingBytes < MOST_WAITING_BYTES) return Promise.resolve();
      return new Promise((resolve) => forRoom.push(resolve));
    },
    settled() {
      return isAtRest() ? Promise.resolve() : new Promise((resolve) => forRest.push(resolve));
    },
    idle: () => open === undefined && isAtRest(),
    held: () => held,
    stop() {
      cancelTimer?.();
      open = undefined;
      waiting.length = 0;
      for (const resume of [...forRoom.splice(0), ...forRest.splice(0)]) resume();
    },
  };
}
