/** SubscribeToShard: records pushed as events, for five minutes, one subscription a consumer and shard. */
import type { ShardPosition, ShardRead } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { EVENT_STREAM_TYPE, eventFrame, exceptionFrame } from '../gateway/event-stream.ts';
import { type JsonOperation, respond } from '../gateway/json-service.ts';
import { input } from '../gateway/shape.ts';
import { consumerArn, findConsumer } from './consumers.ts';
import { childShards, positionOf, recordOf, startingPosition } from './get-records.ts';
import { shardId } from './inputs.ts';
import { readShard, type StreamStore } from './store.ts';
import { type Consumer, SHARD_READ, type Shard, type Stream } from './stream.ts';

const readSubscribe = input({ ConsumerARN: consumerArn, ShardId: shardId, StartingPosition: startingPosition });

/** Source: SubscribeToShard's API reference. */
const LIFE_MS = 300_000;
const EXCLUSIVE_MS = 5_000;
/** An event without records tells a reader at the tip that the subscription lives. */
const HEARTBEAT_MS = 5_000;
const EVENT_LIMIT = { records: 10_000, bytes: 1024 * 1024 };

interface Subscription {
  readonly stream: Stream;
  readonly shard: Shard;
  readonly position: ShardPosition;
  readonly place: AbortController;
}

export function subscribeOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    SubscribeToShard(raw, request) {
      const wanted = readSubscribe(raw);
      const { stream, consumer } = findConsumer(store, { ConsumerARN: wanted.ConsumerARN });
      const shard = store.shard(stream, wanted.ShardId);
      const position = positionOf(store, stream, shard, wanted.StartingPosition);
      const place = takePlace(store, consumer, shard, request.signal);
      return respond({
        status: 200,
        headers: { 'content-type': EVENT_STREAM_TYPE },
        body: events(store, { stream, shard, position, place }),
      });
    },
  };
}

/** Makes this the consumer's one subscription to the shard; an older than five seconds gives way. */
function takePlace(
  store: StreamStore,
  consumer: Consumer,
  shard: Shard,
  gone: AbortSignal | undefined,
): AbortController {
  const now = store.clock.now();
  const current = consumer.subscriptions.get(shard.id);
  if (current !== undefined && now - current.since < EXCLUSIVE_MS) {
    throw new AwsError(
      'ResourceInUseException',
      `Another active subscription exists for this consumer: ${consumer.arn}, shard ${shard.id}, begun less than 5 seconds ago.`,
    );
  }
  current?.end();
  const ending = new AbortController();
  const subscription = { since: now, end: () => ending.abort() };
  consumer.subscriptions.set(shard.id, subscription);
  ending.signal.addEventListener('abort', () => {
    if (consumer.subscriptions.get(shard.id) === subscription) consumer.subscriptions.delete(shard.id);
  });
  gone?.addEventListener('abort', () => ending.abort(), { once: true });
  return ending;
}

async function* events(store: StreamStore, subscription: Subscription): AsyncGenerator<Buffer> {
  try {
    yield eventFrame('initial-response', {});
    yield* untilOver(store, subscription);
  } finally {
    subscription.place.abort();
  }
}

async function* untilOver(
  store: StreamStore,
  { stream, shard, position, place }: Subscription,
): AsyncGenerator<Buffer> {
  const { clock } = store;
  const until = clock.now() + LIFE_MS;
  let at = position;
  let beat = -Infinity;
  while (!place.signal.aborted && clock.now() < until) {
    if (store.streams.get(stream.name) !== stream) {
      yield exceptionFrame('ResourceNotFoundException', `Stream ${stream.name} was deleted.`);
      return;
    }
    const read = readShard(stream, shard, at, EVENT_LIMIT, clock.now());
    at = read.next;
    if (read.entries.length > 0 || read.ended || clock.now() - beat >= HEARTBEAT_MS) {
      beat = clock.now();
      yield eventFrame('SubscribeToShardEvent', eventOf(stream, shard, read));
    }
    if (read.ended) return;
    const bytes = read.entries.reduce((sum, entry) => sum + entry.data.length, 0);
    if (read.entries.length === 0)
      await change(store, stream, Math.min(HEARTBEAT_MS, until - clock.now()), place.signal);
    else if (store.limits) await clock.sleep((bytes / SHARD_READ.bytes) * 1000, place.signal);
  }
}

function eventOf(stream: Stream, shard: Shard, read: Required<ShardRead>): object {
  const { next } = read;
  const continuation = 'sequenceNumber' in next ? next.sequenceNumber : shard.startingSequenceNumber;
  return {
    Records: read.entries.map((entry) => recordOf(stream, entry)),
    MillisBehindLatest: read.millisBehindLatest,
    ...(read.ended ? { ChildShards: childShards(stream, shard) } : { ContinuationSequenceNumber: continuation }),
  };
}

/** Resolves when the stream changes, the time is over or the subscription ends. */
function change(store: StreamStore, stream: Stream, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = store.clock.after(ms, done);
    function done(): void {
      cancel();
      stream.listeners.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    }
    stream.listeners.add(done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
