import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Consumer, createConsumer } from '../../../functions/stream-consumer/consume.ts';
import { firehose } from '../../../shared/delivery/firehose.ts';
import { aggregate } from '../../../shared/formats/kpl.ts';
import { readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { awsError, createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { CONSUMER_ARN, kinesisRecord } from '../../factories/kinesis-event.ts';
import { pipelineOf } from '../../factories/pipeline.ts';
import { randomFrom } from '../../factories/random.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});
vi.mock('../../../shared/platform/clock.ts', () => ({ now: () => 1_789_809_100_000, sleep: () => Promise.resolve() }));

const QUEUE = 'https://queue';
const KEYS = 12;
const BATCH = 40;
type Records = ReturnType<typeof kinesisRecord>[];

/** A shard's records: events numbered within it, a third of them aggregated, some poison. */
function shardOf(random: () => number, events: number, fannedOut: boolean) {
  const records: Records = [];
  const poison = new Set<number>();
  for (let n = 0, at = 0; n < events; at++) {
    const size = random() < 0.1 ? Math.min(events - n, 1 + Math.floor(random() * 8)) : 1;
    const users = Array.from({ length: size }, (_, i) => {
      if (random() < 0.02) poison.add(n + i);
      const partitionKey = `key-${Math.floor(random() * KEYS)}`;
      return { partitionKey, data: poison.has(n + i) ? `poison ${n + i}` : JSON.stringify({ n: n + i, partitionKey }) };
    });
    n += size;
    if (size === 1) records.push(kinesisRecord(at, users[0]!));
    else if (fannedOut)
      records.push(...users.map((user) => ({ ...kinesisRecord(at, user), eventSourceARN: CONSUMER_ARN })));
    else records.push(kinesisRecord(at, { partitionKey: 'aggregate', data: aggregate(users) }));
  }
  return { records, poison };
}

/**
 * Does what a mapping with ReportBatchItemFailures and bisecting does: everything from the answered number on again, halves after
 * a failed invocation, and no record before those ahead of it are done. `dies` tells which answers are lost.
 */
async function map(consume: Consumer, records: Records, dies: () => 'before' | 'after' | undefined): Promise<number> {
  let invocations = 0;
  const run = async (batch: Records): Promise<void> => {
    for (let rest = batch; rest.length > 0; ) {
      expect(++invocations).toBeLessThan(20_000);
      // The circuit breaker's pause passes.
      time += 1_000;
      const death = dies();
      const answer = death === 'before' ? undefined : await consume({ Records: rest }, { remainingMs: () => 60_000 });
      if (death !== undefined || answer === undefined) {
        const middle = rest.length > 1 ? rest.length >> 1 : 0;
        if (middle > 0) await run(rest.slice(0, middle));
        rest = rest.slice(middle);
        continue;
      }
      const [failure] = answer.batchItemFailures;
      if (failure === undefined) return;
      const next = rest.findIndex(({ kinesis }) => kinesis.sequenceNumber === failure.itemIdentifier);
      expect(next).toBeGreaterThanOrEqual(0);
      rest = rest.slice(next);
    }
  };
  for (let at = 0; at < records.length; at += BATCH) await run(records.slice(at, at + BATCH));
  return invocations;
}

let fake: FakeAws;
let time = 0;
beforeEach(() => {
  vi.spyOn(Date, 'now').mockImplementation(() => time);
  fake = createFakeAws();
  connection.fake = fake;
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', QUEUE);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

interface Case {
  readonly seed: number;
  readonly fannedOut: boolean;
  readonly table: boolean;
  readonly joinBytes: number;
}

const CASES: readonly Case[] = [1, 2, 3].flatMap((seed) =>
  [true, false].flatMap((fannedOut) =>
    [true, false].map((table) => ({ seed, fannedOut, table, joinBytes: seed === 2 ? 0 : 300 })),
  ),
);

describe('under throttling, an unreliable queue, invocations that die, and poison', () => {
  it.each(CASES)('every event arrives, in the order of its key: %o', async ({ seed, fannedOut, table, joinBytes }) => {
    const random = randomFrom(seed);
    const { records, poison } = shardOf(random, 3_000, fannedOut);
    if (table) vi.stubEnv('DEDUPE_TABLE', 'dedupe');
    fake.failEntry = () => (random() < 0.5 ? 'ServiceUnavailableException' : undefined);
    fake.failCommand = (command) =>
      command === 'SendMessageBatchCommand' && random() < 0.2 ? awsError('InternalError', 500) : undefined;
    const deliver = firehose({ stream: `never-loses-${seed}-${fannedOut}-${table}`, joinBytes });
    const consume = createConsumer(pipelineOf({ consumer: { deliver } }));
    const death = () => (random() < 0.1 ? (random() < 0.5 ? 'before' : 'after') : undefined);
    await map(consume, records, death);

    const arrived = fake.held.map(({ bytes }) => bytes.toString()).filter((text) => text.startsWith('{"n"'));
    const events = arrived.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
    const letters = fake.messages.get(QUEUE)!.map((body) => atob(readDeadLetter(body)!.data!));
    const numbers = events.map(({ n }) => n as number);
    const dead = letters.map((text) => Number(text.replace('poison ', '')));
    expect(new Set(dead)).toEqual(poison);
    expect(new Set([...numbers, ...dead]).size).toBe(3_000);
    if (table) expect([numbers.length + dead.length, new Set(numbers).size]).toEqual([3_000, 3_000 - poison.size]);
    else expect(numbers.length).toBeGreaterThan(3_000 - poison.size);
    for (let key = 0; key < KEYS; key++) {
      const own = events.filter(({ partitionKey }) => partitionKey === `key-${key}`).map(({ n }) => n as number);
      const first = own.filter((n, i) => own.indexOf(n) === i);
      expect(first).toEqual([...first].sort((a, b) => a - b));
    }
  });
});
