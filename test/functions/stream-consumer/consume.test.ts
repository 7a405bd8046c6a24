import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConsumer } from '../../../functions/stream-consumer/consume.ts';
import { eventBridge } from '../../../shared/delivery/eventbridge.ts';
import { firehose } from '../../../shared/delivery/firehose.ts';
import { aggregate } from '../../../shared/formats/kpl.ts';
import type { PipelineDefinition } from '../../../shared/pipeline/definition.ts';
import { readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { awsError, createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { kinesisEvent, kinesisRecord, sequence } from '../../factories/kinesis-event.ts';
import { pipelineOf } from '../../factories/pipeline.ts';

const connection = vi.hoisted(() => {
  // Powertools then writes through the global console, where it can be read.
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});
vi.mock('../../../shared/platform/clock.ts', () => ({ now: () => 1_789_809_100_000, sleep: () => Promise.resolve() }));

const MINUTE = { remainingMs: () => 60_000 };
let fake: FakeAws;
let output: string[];
/** Breakers outlive invocations: each test has a queue and a stream of its own. */
let own = 0;
let queue: string;

beforeEach(() => {
  fake = createFakeAws();
  connection.fake = fake;
  output = [];
  own++;
  queue = `https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters-${own}`;
  const collect = (text: unknown) => output.push(String(text));
  vi.spyOn(console, 'log').mockImplementation(collect);
  vi.spyOn(console, 'info').mockImplementation(collect);
  vi.spyOn(console, 'warn').mockImplementation(collect);
  vi.spyOn(console, 'error').mockImplementation(collect);
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', queue);
  vi.stubEnv('CLAIM_BUCKET', 'claims');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function consumer(definition: Partial<PipelineDefinition> = {}) {
  own++;
  const deliver = firehose({ stream: `lake-${own}`, joinBytes: 0 });
  return createConsumer(pipelineOf({ consumer: { deliver }, ...definition }));
}

/** Time that passes only where something waits for it: how busy the machine is changes nothing. */
function pretendTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException('It took too long.', 'TimeoutError')), ms);
    return controller.signal;
  });
}

/** Modules that are imported when first needed come in their own time. */
async function passTimeUntil<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const settled = promise.finally(() => {
    done = true;
  });
  while (!done) {
    await vi.advanceTimersToNextTimerAsync();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

const json = (n: number, rest: object = {}) => JSON.stringify({ n, ...rest });
const eventOf = (...items: (string | { data: string; partitionKey?: string })[]) =>
  kinesisEvent(items.map((item, i) => (typeof item === 'string' ? { data: item, partitionKey: `key-${i}` } : item)));
const delivered = () =>
  fake.held
    .map(({ bytes }) => bytes.toString())
    .filter((text) => text.startsWith('{"n"'))
    .join('')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).n as number);
const letters = () => (fake.messages.get(queue) ?? []).map((body) => readDeadLetter(body)!);
const from = (n: number) => ({ batchItemFailures: [{ itemIdentifier: sequence(n) }] });
const ALL_DONE = { batchItemFailures: [] };

/** Sums of the metrics that were written, by name and dimension value. */
function metrics(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of output) {
    if (!line.includes('"_aws"')) continue;
    const document = JSON.parse(line);
    const [{ Dimensions, Metrics }] = document._aws.CloudWatchMetrics;
    const told = Dimensions.flat().filter((name: string) => !['service', 'pipeline'].includes(name));
    for (const { Name } of Metrics) {
      const key = [Name, ...told.map((name: string) => document[name])].join(' ');
      sums[key] = (sums[key] ?? 0) + [document[Name]].flat().reduce((a: number, b: number) => a + b, 0);
    }
  }
  return sums;
}

describe('the stream consumer', () => {
  it('delivers what the pipeline lets through, and answers that all is done', async () => {
    const answer = await consumer()(eventOf(json(0), json(1, { drop: true }), json(2)), MINUTE);
    expect(answer).toEqual(ALL_DONE);
    expect(delivered()).toEqual([0, 2]);
  });

  it('joins small documents into records of the destination, where their keys are equal', async () => {
    const consume = consumer({ consumer: { deliver: firehose({ stream: 'joined' }) } });
    await consume(eventOf(json(0), json(1), json(2)), MINUTE);
    expect(fake.held.map(({ bytes }) => bytes.toString())).toEqual(['{"n":0}\n{"n":1}\n{"n":2}\n']);
  });

  it('sends what can never be done to the dead-letter queue, whole, and goes on', async () => {
    const answer = await consumer()(eventOf(json(0), 'no json \xff', json(2)), MINUTE);
    expect(answer).toEqual(ALL_DONE);
    expect(delivered()).toEqual([0, 2]);
    expect(letters()).toMatchObject([
      {
        pipeline: 'test',
        id: `shardId-000000000000:${sequence(1)}`,
        origin: {
          kind: 'kinesis',
          shardId: 'shardId-000000000000',
          sequenceNumber: sequence(1),
          partitionKey: 'key-1',
        },
        failure: { stage: 'decode', retryable: false },
        attempt: 1,
        bytes: 9,
        arrival: 1789809023187,
        data: btoa('no json \xff'),
      },
    ]);
  });

  it('points to the bytes where they are too many for a message', async () => {
    const large = 'x'.repeat(900_000);
    expect(await consumer()(eventOf(large), MINUTE)).toEqual(ALL_DONE);
    const [letter] = letters();
    expect(letter).toMatchObject({ bytes: 900_000, object: { bucket: 'claims' } });
    expect(letter).not.toHaveProperty('data');
    expect(fake.objects.get(`claims/${letter!.object!.key}`)?.toString()).toBe(large);
  });

  it('asks for a record again whose dead letter could not be sent', async () => {
    fake.failCommand = (command) =>
      command === 'SendMessageBatchCommand' ? awsError('InternalError', 500) : undefined;
    expect(await consumer()(eventOf(json(0), 'bad', json(2)), MINUTE)).toEqual(from(1));
  });

  it('answers with the number of the first record that was not delivered, and begins nothing behind it', async () => {
    fake.failEntry = (bytes) => (bytes.includes('"n":1}') ? 'ServiceUnavailableException' : undefined);
    const items = [0, 1, 2, 3].map((n) => ({ data: json(n), partitionKey: n === 3 ? 'key-0' : `key-${n}` }));
    expect(await consumer()(eventOf(...items), MINUTE)).toEqual(from(1));
    expect(delivered()).toEqual([0, 2]);
  });

  it('does not deliver what lies behind a record that a later try can help', async () => {
    const answer = await consumer()(eventOf(json(0), json(1, { fail: 'transient' }), json(2), 'bad'), MINUTE);
    expect(answer).toEqual(from(1));
    expect(delivered()).toEqual([0]);
    expect(letters()).toEqual([]);
  });

  it('answers for a record of an aggregate with the aggregate’s number', async () => {
    const data = aggregate([0, 1, 2].map((n) => ({ partitionKey: `k${n}`, data: json(n) })));
    fake.failEntry = (bytes) => (bytes.includes('"n":1}') ? 'ServiceUnavailableException' : undefined);
    const event = eventOf(json(7), { data }, json(8));
    expect(await consumer()(event, MINUTE)).toEqual(from(1));
    fake.failEntry = () => undefined;
    fake.held.length = 0;
    expect(await consumer()(event, MINUTE)).toEqual(ALL_DONE);
    expect(delivered().sort()).toEqual([0, 1, 2, 7, 8]);
  });

  it('dead-letters a broken aggregate whole, and one record of a good one alone', async () => {
    const broken = aggregate([{ partitionKey: 'k', data: json(0) }]).replace(/.$/s, '!');
    const half = aggregate(['{"n":1}', 'bad'].map((data) => ({ partitionKey: 'k', data })));
    expect(await consumer()(eventOf({ data: broken }, { data: half }), MINUTE)).toEqual(ALL_DONE);
    expect(delivered()).toEqual([1]);
    expect(letters().map(({ failure, data }) => [failure.code, data])).toEqual([
      ['BrokenAggregate', btoa(broken)],
      [expect.any(String), btoa('bad')],
    ]);
    expect(letters()[1]!.origin).toMatchObject({
      sequenceNumber: sequence(1),
      subsequenceNumber: 1,
      partitionKey: 'k',
    });
  });

  it('answers at once, with nothing sent, while the destination’s circuit is open', async () => {
    const consume = consumer();
    fake.failCommand = (command) =>
      command === 'PutRecordBatchCommand' ? awsError('InternalFailure', 500) : undefined;
    expect(await consume(eventOf(json(0), 'bad', json(2)), MINUTE)).toEqual(from(0));
    expect(metrics()['CircuitOpen firehose']).toBe(1);
    fake.failCommand = () => undefined;
    expect(await consume(eventOf(json(0), json(1)), MINUTE)).toEqual(from(0));
    expect(fake.held).toEqual([]);
  });

  it('puts a record that is too large for its destination into S3, and a pointer in its place', async () => {
    const data = json(1, { kept: 'small', big: 'x'.repeat(1_100_000) });
    expect(await consumer()(eventOf(json(0), data), MINUTE)).toEqual(ALL_DONE);
    const pointer = JSON.parse(fake.held.at(-1)!.bytes.toString());
    expect(pointer).toMatchObject({ n: 1, kept: 'small', claimCheck: { bucket: 'claims', bytes: data.length + 1 } });
    expect(pointer).not.toHaveProperty('big');
    expect(fake.objects.get(`claims/${pointer.claimCheck.key}`)?.toString()).toBe(`${data}\n`);
  });

  it('puts no pointer where its reader could not read one', async () => {
    const data = `[10/Oct/2026] "${'x'.repeat(1_100_000)}"`;
    const input = { name: 'lines', decode: () => ({ kind: 'documents', texts: ['{"n":1}'] }) as const };
    const consume = consumer({ input, consumer: { admit: [], deliver: firehose({ stream: `lines-${own}` }) } });
    expect(await consume(eventOf(data), MINUTE)).toEqual(ALL_DONE);
    expect(letters()).toMatchObject([{ failure: { code: 'RecordTooLarge' }, bytes: data.length }]);
  });

  it('asks for a record again whose bytes could not be checked in', async () => {
    fake.failCommand = (command) => (command === 'PutObjectCommand' ? awsError('SlowDown', 503) : undefined);
    const data = json(1, { big: 'x'.repeat(1_100_000) });
    expect(await consumer()(eventOf(json(0), data, json(2)), MINUTE)).toEqual(from(1));
    expect(delivered()).toEqual([0]);
  });

  it('dead-letters a record that is too large where there is no bucket for it', async () => {
    vi.stubEnv('CLAIM_BUCKET', '');
    const data = json(1, { big: 'x'.repeat(600_000) });
    const consume = consumer({ consumer: { deliver: eventBridge({ bus: 'no-bucket' }) } });
    expect(await consume(eventOf(data), MINUTE)).toEqual(ALL_DONE);
    expect(letters()).toMatchObject([{ failure: { code: 'RecordTooLarge' }, bytes: data.length }]);
  });

  it('takes the documents of a record apart for a destination that holds one each', async () => {
    const consume = consumer({ consumer: { deliver: eventBridge({ bus: 'apart' }) } });
    expect(await consume(eventOf(`${json(0)}\n${json(1)}`), MINUTE)).toEqual(ALL_DONE);
    expect(fake.held).toHaveLength(2);
  });

  it('still answers where nothing is set up and nothing can be reached', async () => {
    vi.unstubAllEnvs();
    const consume = createConsumer(pipelineOf({ name: 'alone' }));
    expect(await consume(eventOf(json(0), 'bad'), MINUTE)).toEqual(from(0));
    expect(await consume(eventOf(json(0, { drop: true }), json(1)), MINUTE)).toEqual(from(1));
    expect(output.join('\n')).toContain('DELIVERY_STREAM');
    fake.failCommand = () => awsError('CredentialsProviderError');
    expect(await consumer()(eventOf(json(0)), MINUTE)).toEqual(from(0));
  });

  it('refuses an event of another kind, by name', async () => {
    await expect(consumer()({ detail: {} }, MINUTE)).rejects.toThrow('Kinesis');
  });

  it('leaves time to answer', async () => {
    pretendTime();
    const end = performance.now() + 600;
    const deadline = { remainingMs: () => end - performance.now() };
    fake.failCommand = () => awsError('InternalFailure', 500);
    expect(await consumer()(eventOf(json(0)), deadline)).toEqual(from(0));
    expect(performance.now()).toBeLessThan(end);
  });

  it.each(['PutRecordBatchCommand', 'SendMessageBatchCommand', 'QueryCommand', 'PutItemCommand'])(
    'answers in time where %s is never answered',
    async (command) => {
      vi.stubEnv('DEDUPE_TABLE', 'dedupe');
      pretendTime();
      const end = performance.now() + 1_000;
      fake.hangs = (name) => name === command;
      const answering = consumer()(eventOf(json(0), 'bad'), { remainingMs: () => end - performance.now() });
      const answer = await passTimeUntil(answering);
      const dedupe = command === 'QueryCommand' || command === 'PutItemCommand';
      expect(answer).toEqual(dedupe ? ALL_DONE : from(command === 'PutRecordBatchCommand' ? 0 : 1));
      expect(performance.now()).toBeLessThan(end);
    },
  );
});

describe('with a table of what is done', () => {
  beforeEach(() => vi.stubEnv('DEDUPE_TABLE', 'dedupe'));

  it('leaves out what an earlier invocation did, and says so', async () => {
    const event = eventOf(json(0), 'bad', json(2, { drop: true }));
    await consumer()(event, MINUTE);
    expect(await consumer()(event, MINUTE)).toEqual(ALL_DONE);
    expect(delivered()).toEqual([0]);
    expect(letters()).toHaveLength(1);
    expect(metrics()).toMatchObject({ DuplicatesSuppressed: 3, RecordsIn: 3, RecordsDelivered: 1 });
  });

  it('writes one item for a batch, and reads once', async () => {
    const commands: string[] = [];
    fake.failCommand = (command) => void commands.push(command);
    await consumer()(eventOf(...Array.from({ length: 300 }, (_, n) => json(n))), MINUTE);
    expect(commands.filter((command) => command === 'QueryCommand')).toHaveLength(1);
    expect(commands.filter((command) => command === 'PutItemCommand')).toHaveLength(1);
    const [item] = fake.tables.get('dedupe')!.values();
    expect(item!.keys.B.length).toBe(300 * 8);
  });

  it('suppresses nothing of another shard, or of records of another batch that lie between', async () => {
    const consume = consumer();
    const records = Array.from({ length: 10 }, (_, n) => kinesisRecord(n, { data: json(n), partitionKey: `${n}` }));
    await consume({ Records: records.filter((_, n) => n % 2 === 0) }, MINUTE);
    await consume({ Records: records.filter((_, n) => n % 2 === 1) }, MINUTE);
    expect(delivered().sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const shard = { shardId: 'shardId-000000000001', data: json(0) };
    await consume({ Records: [kinesisRecord(0, shard)] }, MINUTE);
    expect(delivered()).toHaveLength(11);
  });

  it('delivers all the same where the table is down, and says so', async () => {
    fake.failCommand = (command) => (/Query|PutItem/.test(command) ? awsError('ResourceNotFoundException') : undefined);
    expect(await consumer()(eventOf(json(0)), MINUTE)).toEqual(ALL_DONE);
    expect(delivered()).toEqual([0]);
    expect(metrics()).toMatchObject({ DedupeUnavailable: 1 });
    expect(output.join('\n')).toContain('ResourceNotFoundException');
  });

  it('does not take an unfinished aggregate of enhanced fan-out for a finished one', async () => {
    const consume = consumer();
    const child = (n: number) => ({
      ...kinesisRecord(5, { data: json(n) }),
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/events/consumer/suite:1',
    });
    await consume({ Records: [child(0), child(1)] }, MINUTE);
    await consume({ Records: [child(2), child(3)] }, MINUTE);
    expect(delivered()).toEqual([0, 1, 2, 3]);
  });
});

describe('figures and log lines', () => {
  it('count a record once, however often its batch is sent', async () => {
    const consume = consumer();
    const event = eventOf(json(0), 'bad', json(2, { drop: true }), json(3), json(4));
    fake.failEntry = (bytes) => (bytes.includes('"n":3}') ? 'ServiceUnavailableException' : undefined);
    expect(await consume(event, MINUTE)).toEqual(from(3));
    fake.failEntry = () => undefined;
    expect(await consume({ Records: event.Records.slice(3) }, MINUTE)).toEqual(ALL_DONE);
    expect(metrics()).toMatchObject({
      RecordsIn: 5,
      RecordsDelivered: 3,
      DocumentsDelivered: 3,
      'RecordsDropped on request': 1,
      RecordsRetried: 2,
    });
    const codes = Object.entries(metrics()).filter(([name]) => name.startsWith('RecordsDeadLettered '));
    expect(codes.map(([, value]) => value)).toEqual([1]);
  });

  it('tell the try, as far as it is known', async () => {
    const consume = consumer();
    const event = eventOf(json(0, { fail: 'transient' }), 'bad');
    await consume(event, MINUTE);
    await consume(event, MINUTE);
    await consume({ Records: [kinesisRecord(0, { data: 'bad' })] }, MINUTE);
    expect(letters()).toMatchObject([{ attempt: 3 }]);
  });

  it('never hold payload', async () => {
    const secret = 'S3CR3T';
    const items = [`{"${secret}":`, json(1, { v: secret }), json(2, { fail: 'transient', v: secret }), secret];
    await consumer()(eventOf(...items.map((data) => ({ data, partitionKey: 'k' }))), MINUTE);
    fake.failCommand = () => awsError('InternalFailure', 500);
    await consumer()(eventOf(json(1, { v: secret })), MINUTE);
    expect(output.length).toBeGreaterThan(3);
    expect(output.join('\n')).not.toContain(secret);
  });

  it('are one line for the invocation and one for each distinct failure', async () => {
    await consumer()(eventOf('bad', '{"n":}', json(1)), MINUTE);
    const lines = output.filter((line) => line.includes('"level"')).map((line) => JSON.parse(line));
    expect(lines.map(({ message }) => message)).toEqual(['Batch consumed', 'Records failed']);
    expect(lines[1]).toMatchObject({ records: 2, firstRecord: `shardId-000000000000:${sequence(0)}` });
  });
});
