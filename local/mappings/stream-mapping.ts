/** An event source mapping from a Kinesis stream, or an enhanced fan-out consumer of one, to a function. */
import type { Clock, Functions, ShardInfo, ShardPosition, Streams } from '../account/contracts.ts';
import type { Targets } from '../account/targets.ts';
import { retryDelayMs } from './batch-runner.ts';
import { type Discard, failureDocument, failureKey } from './failure-document.ts';
import type { Gate } from './gate.ts';
import { MAPPING } from './limits.ts';
import type { StreamSettings } from './settings.ts';
import { createShard, type MappedShard } from './shard.ts';
import type { MappingTally } from './tally.ts';

export interface StreamMappingOptions {
  readonly id: string;
  readonly clock: Clock;
  readonly region: string;
  readonly streams: Streams;
  readonly functions: Functions;
  readonly targets: () => Targets | undefined;
  readonly settings: () => StreamSettings;
  readonly gate: Gate;
  readonly tally: MappingTally;
}

export interface SourcePoller {
  /** Begins, or goes on after the mapping was disabled. */
  start(): void;
  idle(): boolean;
  iteratorAgeMs(): number;
  /** Sends what waits for a window to end. */
  hurry(): void;
  stop(): void;
}

export function createStreamMapping(options: StreamMappingOptions): SourcePoller {
  const { clock, streams, settings, gate, tally } = options;
  const { streamArn, eventSourceArn, functionName } = settings();
  const shards = new Map<string, MappedShard>();
  /** Known, and waiting for their parents. */
  const waiting = new Map<string, ShardInfo>();
  const functionArn = options.functions.arnOf(functionName);
  const invokeIdentityArn = options.functions.roleOf?.(functionName) ?? functionArn;
  let unsubscribe: (() => void) | undefined;
  let cancelPoll: (() => void) | undefined;
  let woken = false;
  let first = true;

  /** Shards that are there when the mapping begins start where it says; those that come later, at their start. */
  function startOf(shard: ShardInfo): ShardPosition | undefined {
    const { startingPosition } = settings();
    if (!first) return { type: 'TRIM_HORIZON' };
    if (startingPosition.type !== 'LATEST') return startingPosition;
    if (shard.closed) return undefined;
    const tip = streams.read(streamArn, shard.shardId, startingPosition, { records: 1, bytes: 1 });
    return tip.next ?? { type: 'AT_TIMESTAMP', timestamp: clock.now() };
  }

  const known = new Map<string, ShardPosition | undefined>();

  function discover(): void {
    const listed = streams.shards(streamArn);
    for (const shard of listed) {
      if (known.has(shard.shardId)) continue;
      known.set(shard.shardId, startOf(shard));
      waiting.set(shard.shardId, shard);
    }
    first = false;
    for (const shard of waiting.values()) if (parentsDone(shard)) begin(shard.shardId);
  }

  function parentsDone(shard: ShardInfo): boolean {
    return shard.parents.every((parent) => {
      if (!known.has(parent)) return true;
      return known.get(parent) === undefined || (shards.get(parent)?.finished() ?? false);
    });
  }

  function begin(shardId: string): void {
    waiting.delete(shardId);
    const start = known.get(shardId);
    if (start === undefined) return;
    const shard = createShard({
      clock,
      streams,
      settings,
      start,
      origin: { shardId, region: options.region, eventSourceArn, invokeIdentityArn },
      enabled: gate.enabled,
      open: gate.open,
      signal: gate.signal,
      retentionMs: () => streams.retentionMs(streamArn),
      invoke,
      discard: (discard) => tellDestination(shardId, discard),
      counted(read, filtered) {
        tally.read += read;
        tally.filtered += filtered;
      },
      finished: () => wake(),
    });
    shards.set(shardId, shard);
    shard.fill();
  }

  async function invoke(event: string): ReturnType<Functions['invoke']> {
    const result = await options.functions.invoke(functionName, event);
    tally.invocations += 1;
    if (result.functionError !== undefined || result.cause === 'rejected') tally.failures += 1;
    tally.lastResult =
      result.functionError === undefined && result.cause === undefined ? 'OK' : 'PROBLEM: Function call failed';
    return result;
  }

  async function tellDestination(shardId: string, discard: Discard): Promise<void> {
    tally.discarded[discard.condition] = (tally.discarded[discard.condition] ?? 0) + discard.batchSize;
    const arn = settings().onFailureArn;
    if (arn === undefined) return;
    const place = { mappingId: options.id, shardId, streamArn, functionArn, now: clock.now() };
    const document = failureDocument(discard, place, arn.split(':')[2] === 's3');
    for (let attempt = 0; attempt < MAPPING.documentAttempts && !gate.signal.aborted; attempt++) {
      try {
        await options.targets()?.send(arn, document, { key: failureKey(place) });
        tally.documents += 1;
        return;
      } catch {
        await clock.sleep(retryDelayMs(attempt + 3), gate.signal);
      }
    }
    tally.undelivered += 1;
  }

  /** Many puts in a row wake it once. */
  function wake(): void {
    if (woken || gate.signal.aborted) return;
    woken = true;
    setImmediate(() => {
      woken = false;
      if (!gate.signal.aborted && gate.enabled()) readOn();
    });
  }

  function readOn(): void {
    try {
      discover();
      for (const shard of shards.values()) if (!shard.finished()) shard.fill();
    } catch (cause) {
      // The stream is gone, or refuses: it is asked again at the next poll.
      tally.lastResult = `PROBLEM: ${cause instanceof Error ? cause.message : 'the stream can’t be read'}`;
    }
  }

  function poll(): void {
    wake();
    cancelPoll = clock.after(MAPPING.pollMs, poll);
  }

  return {
    start() {
      if (unsubscribe === undefined) {
        discover();
        unsubscribe = streams.onChange(streamArn, wake);
        poll();
      }
      wake();
    },
    idle() {
      if (unsubscribe === undefined) return true;
      try {
        const atRest = Array.from(shards.values()).every((shard) => shard.idle());
        if (!gate.enabled() || !atRest) return atRest;
        return !ready() && streams.shards(streamArn).every(({ shardId }) => known.has(shardId));
      } catch {
        // Of a stream that is gone, nothing more will come.
        return true;
      }
    },
    iteratorAgeMs: () => Math.max(0, ...Array.from(shards.values(), (shard) => shard.iteratorAgeMs())),
    hurry() {
      for (const shard of shards.values()) shard.hurry();
    },
    stop() {
      unsubscribe?.();
      cancelPoll?.();
      for (const shard of shards.values()) shard.wake();
    },
  };

  /** A shard may begin that has not begun yet. */
  function ready(): boolean {
    return Array.from(waiting.values()).some(parentsDone);
  }
}
