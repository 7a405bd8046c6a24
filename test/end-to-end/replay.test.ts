import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { batchFailed } from '../factories/dead-letter.ts';
import { logEnvelope } from '../factories/log-envelope.ts';
import { randomFrom } from '../factories/random.ts';
import { type ReplayWorld, replayWorld, runKilled } from './replay-world.ts';

/** REPLAY_RECORDS=100000 is the whole proof; by default a part of it, to be quick. */
const RECORDS = Number(process.env.REPLAY_RECORDS ?? 1_500);
const KILLS = 10;
const FAILING = 20;

let world: ReplayWorld;
let kinesis: KinesisClient;

beforeAll(async () => {
  world = await replayWorld();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  kinesis = new KinesisClient({ endpoint: world.account.endpoint, region: 'us-east-1', credentials });
});
afterAll(async () => {
  kinesis.destroy();
  await world.stop();
});
beforeEach(async () => {
  const { account, names } = world;
  for (const bucket of [names.lake, names.errorBucket, names.quarantine])
    for (const { key } of await account.objects.list(bucket)) await account.objects.remove(bucket, key);
  for (;;) {
    const messages = await account.queues.receive(names.queueUrl, 10);
    if (messages.length === 0) break;
    await account.queues.remove(
      names.queueUrl,
      messages.map(({ receiptHandle }) => receiptHandle),
    );
  }
});

/** An event that the pipeline `clickstream` refuses where it has no type, and `redact` takes. */
function event(n: number, members: object = {}): string {
  const type = n % FAILING === 7 ? {} : { eventType: 'view' };
  return JSON.stringify({ eventId: `e-${n}`, ...type, timestamp: '2026-09-19T09:10:23.187Z', ...members });
}

/** Puts events through a transform that fails some of them, in several objects of errors; then mends it. */
async function failAndMend(events: readonly string[], objects: number): Promise<void> {
  await world.deploy('clickstream');
  for (let part = 0; part < objects; part++) {
    const size = Math.ceil(events.length / objects);
    await world.put(events.slice(part * size, (part + 1) * size).map((text) => `${text}\n`));
    await world.account.drain();
  }
  await world.deploy('redact');
}

async function expectOnceInLake(events: readonly string[]): Promise<void> {
  await world.account.drain();
  const lake = await world.lake();
  expect([...lake].filter(([, count]) => count !== 1)).toEqual([]);
  expect(events.filter((text) => !lake.has(text))).toEqual([]);
  expect(lake.size).toBe(events.length);
}

/** How often the transform told a replayed record from one that had gone on. */
function watchGate(): () => number {
  let dropped = 0;
  world.account.functions.onLog((name, line) => {
    const match = name === world.names.transform ? /"already replayed":(\d+)/.exec(line) : null;
    if (match !== null && line.includes('records transformed')) dropped += Number(match[1]);
  });
  return () => dropped;
}

describe('a transform that fails some records and is then mended', () => {
  const events = Array.from({ length: RECORDS }, (_, n) => event(n));

  it('has them all in the lake, once, when they were replayed', async () => {
    await failAndMend(events, 3);
    const failing = events.filter((text) => !text.includes('eventType')).length;
    expect((await world.lake()).size).toBe(RECORDS - failing);
    const answer = await world.replay({ source: 'errors' });
    expect(answer).toMatchObject({ found: failing, matched: failing, replayed: failing, lost: 0, failed: {} });
    expect(await world.errors()).toEqual([]);
    await expectOnceInLake(events);
  });

  it('has them all in the lake, once, also when the replayer was killed again and again', async () => {
    const random = randomFrom(11);
    const dropped = watchGate();
    await failAndMend(events, 12);
    // At its first put, which is carried out and not confirmed; then anywhere.
    const kills = ['PutRecordBatch', ...Array.from({ length: KILLS - 1 }, () => 3 + Math.floor(random() * 7))];
    const { killed } = await runKilled(world, { source: 'errors' }, kills);
    // What those before have done by chance may leave less than it takes to be killed.
    expect(killed).toBeGreaterThan(KILLS / 2);
    expect(await world.errors()).toEqual([]);
    await expectOnceInLake(events);
    // Some were put twice: this is what the envelope is for.
    expect(dropped()).toBeGreaterThan(0);
  });
});

describe('batches of a stream that failed', () => {
  const STREAM = 'side';
  const streamArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`;

  async function records(): Promise<string[]> {
    const texts: string[] = [];
    const position = {
      StreamName: STREAM,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    } as const;
    let { ShardIterator: iterator } = await kinesis.send(new GetShardIteratorCommand(position));
    for (;;) {
      const page = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
      texts.push(...(page.Records ?? []).map(({ Data, PartitionKey }) => `${PartitionKey} ${Buffer.from(Data!)}`));
      if (page.MillisBehindLatest === 0) return texts;
      iterator = page.NextShardIterator;
    }
  }

  it('are put back into it once, also when the replayer was killed', async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 1 }));
    const sent = Array.from({ length: 8 * 40 }, (_, n) => ({ PartitionKey: `k-${n}`, Data: Buffer.from(`r-${n}`) }));
    const { Records } = await kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records: sent }));
    for (let batch = 0; batch < 8; batch++) {
      const numbers = Records!.slice(batch * 40, batch * 40 + 40).map(({ SequenceNumber }) => SequenceNumber!);
      const info = { streamArn, startSequenceNumber: numbers[0], endSequenceNumber: numbers.at(-1), batchSize: 40 };
      await world.account.queues.send(world.names.queueUrl, JSON.stringify(batchFailed(info)));
    }
    const kills = ['PutRecords', 9, 'PutRecords', 10, 'PutRecords'];
    const { killed, answer } = await runKilled(world, { source: 'queue' }, kills);
    // What was put and not confirmed was found in the stream.
    expect(answer.skipped['already replayed']).toBeGreaterThan(0);
    // How much each has done before it dies is chance, but not that the first is killed where it puts.
    expect(killed).toBeGreaterThan(0);
    const texts = await records();
    const counts = Map.groupBy(texts, (text) => text);
    expect([...counts.values()].filter(({ length }) => length !== 2)).toEqual([]);
    expect(counts.size).toBe(8 * 40);
    expect(await world.account.queues.depth(world.names.queueUrl)).toBe(0);
  });

  it('that retention has taken are reported and kept, and do not come again', async () => {
    const gone = '49600000000000000000000000000000000000000000000000000002';
    const own = world.account.streams.arnOf(world.names.stream);
    const document = batchFailed({ streamArn: own, startSequenceNumber: gone, endSequenceNumber: gone, batchSize: 70 });
    await world.account.queues.send(world.names.queueUrl, JSON.stringify(document));
    expect(await world.replay({ source: 'queue' })).toMatchObject({ lost: 70, replayed: 0 });
    expect(await world.quarantined('lost/')).toMatchObject([{ type: 'LostRecords', records: 70, letter: document }]);
    expect(await world.replay({ source: 'queue' })).toMatchObject({ lost: 0, found: 0 });
  });
});

describe('messages of log subscriptions', () => {
  it('are decoded once, also when the replayer was killed before it heard of it', async () => {
    const texts = Array.from({ length: 12 }, (_, n) => `request ${n}`);
    for (const [n, message] of texts.entries()) {
      const data = Buffer.from(JSON.stringify(logEnvelope([message]))).toString('base64');
      const origin = { kind: 'logs', logGroup: '/shop/cart', logStream: 's', eventId: String(n) };
      const failure = { code: 'DestinationUnavailable', stage: 'deliver', message: 'm', retryable: true };
      const letter = {
        type: 'DeadLetter',
        version: 1,
        pipeline: 'application-logs',
        id: `r:${n}`,
        origin,
        failure,
        data,
      };
      await world.account.queues.send(
        world.names.queueUrl,
        JSON.stringify({ ...letter, attempt: 1, failedAt: '2026-09-19T09:11:52.059Z' }),
      );
    }
    // Ten messages are received at a time: how many of their invocations are under way when the process dies is chance,
    // but two messages are left for the second.
    const { killed } = await runKilled(world, { source: 'queue' }, ['Invoke', 'Invoke']);
    expect(killed).toBe(2);
    await world.account.drain();
    const messages = [...(await world.lake())].map(([line, count]) => [JSON.parse(line).message, count]);
    expect(messages.toSorted()).toEqual(texts.map((text) => [text, 1]).toSorted());
  });
});

describe('a record that fails again and again', () => {
  it('is in quarantine after exactly three attempts, with its whole story', async () => {
    await world.deploy('clickstream');
    await world.put([`${event(7)}\n`, `${event(8)}\n`]);
    await world.account.drain();
    const answers = [];
    for (let round = 0; round < 4; round++) {
      answers.push(await world.replay({ source: 'errors' }));
      await world.account.drain();
    }
    expect(answers.map(({ replayed }) => replayed)).toEqual([1, 1, 1, 0]);
    expect(answers.map(({ quarantined }) => quarantined)).toEqual([0, 0, 0, 1]);
    const [aside, ...others] = await world.quarantined();
    expect(others).toEqual([]);
    expect(Buffer.from(aside.data, 'base64').toString()).toBe(`${event(7)}\n`);
    expect(aside).toMatchObject({ type: 'QuarantinedRecord', attempts: 3, code: 'Lambda.ProcessingFailedStatus' });
    const times = aside.story.flatMap(({ failedAt, replayedAt = failedAt }: Record<string, string>) => [
      failedAt,
      replayedAt,
    ]);
    expect(aside.story).toHaveLength(4);
    expect(times).toEqual([...times].sort());
    expect(await world.errors()).toEqual([]);
    expect(await world.replay({ source: 'errors' })).toMatchObject({ found: 0 });
  });
});
