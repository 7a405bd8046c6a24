import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createBreaker } from '../../shared/delivery/breaker.ts';
import type { Destination } from '../../shared/delivery/destination.ts';
import type { Entry } from '../../shared/delivery/entry.ts';
import { eventBridgeDestination } from '../../shared/delivery/eventbridge.ts';
import { firehoseDestination } from '../../shared/delivery/firehose.ts';
import { destinations } from '../../shared/delivery/index.ts';
import { kinesisDestination } from '../../shared/delivery/kinesis.ts';
import { putAll } from '../../shared/delivery/put-all.ts';
import { s3Destination } from '../../shared/delivery/s3.ts';
import { sqsDestination } from '../../shared/delivery/sqs.ts';
import type { Deadline } from '../../shared/platform/deadline.ts';
import { encodeUtf8 } from '../../shared/record/byte-string.ts';
import { awsError, createFakeAws, type FakeAws } from '../factories/fake-aws.ts';

const connection = vi.hoisted(() => ({ fake: undefined as unknown as FakeAws }));
vi.mock('../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});

const FAST = { attempts: 6, baseMs: 1, capMs: 2 };
const HOUR: Deadline = { remainingMs: () => 3_600_000 };

interface Subject {
  readonly destination: Destination;
  /** Whether one entry of a request can fail while others are taken. */
  readonly partial: boolean;
  /** What the service says of an entry that should be sent again. */
  readonly throttle: string;
}

const SUBJECTS: Readonly<Record<keyof typeof destinations, Subject>> = {
  firehose: {
    destination: firehoseDestination({ stream: 'lake' }),
    partial: true,
    throttle: 'ServiceUnavailableException',
  },
  kinesis: {
    destination: kinesisDestination({ stream: 'events' }),
    partial: true,
    throttle: 'ProvisionedThroughputExceededException',
  },
  sqs: { destination: sqsDestination({ queueUrl: 'http://queue' }), partial: true, throttle: 'InternalError' },
  eventBridge: { destination: eventBridgeDestination(), partial: true, throttle: 'ThrottlingException' },
  s3: { destination: s3Destination({ bucket: 'lake' }), partial: false, throttle: 'SlowDown' },
};

function entry(index: number, bytes = 100): Entry {
  const data = `{"n":${index},"pad":"${'x'.repeat(Math.max(0, bytes - 20 - String(index).length))}"}\n`;
  return { id: `shard-0:${String(index).padStart(6, '0')}`, data, documents: 1, partitionKey: `key-${index}` };
}

function entries(count: number, bytes?: number): Entry[] {
  return Array.from({ length: count }, (_, index) => entry(index, bytes));
}

const kindsOf = (results: readonly { kind: string }[]) => results.map(({ kind }) => kind);
const codesOf = (results: Awaited<ReturnType<typeof putAll>>) =>
  results.map((result) => (result.kind === 'failed' ? result.failure.code : 'confirmed'));

it('has a subject for every destination', () => {
  expect(Object.keys(SUBJECTS).sort()).toEqual(Object.keys(destinations).sort());
});

describe.each(Object.entries(SUBJECTS))('%s', (_name, { destination, partial, throttle }) => {
  let fake: FakeAws;
  beforeEach(() => {
    fake = createFakeAws();
    connection.fake = fake;
  });
  const put = (items: readonly Entry[], options: Partial<Parameters<typeof putAll>[2]> = {}) =>
    putAll(destination, items, { deadline: HOUR, backoff: FAST, ...options });
  const heldText = () =>
    fake.held
      .map(({ bytes }) => bytes.toString('latin1'))
      .join('')
      .replaceAll('\n', '');
  const textOf = (items: readonly Entry[]) =>
    items
      .map(({ data }) => data)
      .join('')
      .replaceAll('\n', '');

  it('holds the very bytes it was given', async () => {
    const items = [
      { ...entry(0), data: encodeUtf8('{"city":"Zürich","note":"a\\u0000b 😀"}\n') },
      { ...entry(1), data: '{"n":1.0,"big":1234567890123456789}' },
    ];
    expect(kindsOf(await put(items))).toEqual(['confirmed', 'confirmed']);
    expect(heldText()).toBe(textOf(items));
  });

  it('takes nothing and answers nothing for no entries', async () => {
    expect(await put([])).toEqual([]);
    expect(fake.requests).toEqual([]);
  });

  it('splits what one request can not hold, losing none', async () => {
    const items = [...entries(1201, 60), ...entries(30, 200_000)];
    const results = await put(items);
    expect(new Set(kindsOf(results))).toEqual(new Set(['confirmed']));
    expect(heldText().length).toBe(textOf(items).length);
  });

  it('sends again what failed, and only that', async () => {
    const items = entries(10);
    fake.failEntry = (bytes, n) => (partial && n === 1 && /"n":[37],/.test(bytes.toString()) ? throttle : undefined);
    fake.failRequest = (n) => (!partial && n === 1 ? awsError(throttle, 503) : undefined);
    expect(new Set(kindsOf(await put(items)))).toEqual(new Set(['confirmed']));
    expect(fake.requests).toHaveLength(2);
    if (partial) expect(fake.requests[1]!.map(String).map((text) => JSON.parse(text).n)).toEqual([3, 7]);
    expect(heldText().length).toBe(textOf(items).length);
  });

  it('tells which entries it could not put, after a bounded number of attempts', async () => {
    fake.failEntry = (bytes) => (partial && bytes.includes('"n":1,') ? throttle : undefined);
    fake.failRequest = () => (partial ? undefined : awsError(throttle, 503));
    const results = await put(entries(3));
    expect(kindsOf(results)).toEqual(partial ? ['confirmed', 'failed', 'confirmed'] : ['failed', 'failed', 'failed']);
    expect(fake.requests).toHaveLength(FAST.attempts);
    expect(results[1]).toMatchObject({ failure: { stage: 'deliver', retryable: true } });
  });

  it('sends a request again that failed as a whole', async () => {
    fake.failRequest = (n) => (n < 3 ? awsError('InternalFailure', 500) : undefined);
    expect(kindsOf(await put(entries(2)))).toEqual(['confirmed', 'confirmed']);
    expect(fake.requests).toHaveLength(3);
  });

  it('does not try again in the same invocation what nothing but a person can mend', async () => {
    for (const name of ['AccessDeniedException', 'ResourceNotFoundException', 'CredentialsProviderError']) {
      fake.requests.length = 0;
      fake.failRequest = () => awsError(name);
      const results = await put(entries(2));
      expect(codesOf(results)).toEqual(['DestinationUnavailable', 'DestinationUnavailable']);
      expect(results[0]).toMatchObject({ failure: { retryable: true } });
      expect(fake.requests).toHaveLength(1);
    }
  });

  it('begins nothing that would outlast the deadline', async () => {
    const end = performance.now() + 250;
    let last = 0;
    fake.failRequest = () => {
      last = performance.now();
      return awsError('InternalFailure', 500);
    };
    const deadline = { remainingMs: () => end - performance.now() };
    await put(entries(2), { deadline, backoff: { attempts: 1000, baseMs: 50, capMs: 50 }, random: () => 1 });
    expect(last).toBeLessThan(end);
    expect(codesOf(await put(entries(2), { deadline: { remainingMs: () => 0 } }))).toEqual(['OutOfTime', 'OutOfTime']);
  });

  it('says of an entry that it can never hold that it is too large, and puts the others', async () => {
    const large = { ...entry(1), data: `{"pad":"${'x'.repeat(destination.limits.record)}"}\n` };
    if (destination.name === 's3') return;
    const results = await put([entry(0), large, entry(2)]);
    expect(codesOf(results)).toEqual(['confirmed', 'RecordTooLarge', 'confirmed']);
    expect(results[1]).toMatchObject({ failure: { retryable: false } });
  });

  it('finds the entry that makes the service refuse a request', async () => {
    if (!partial) return;
    fake.failRequest = (_, sent) =>
      sent.some((bytes) => bytes.includes('"n":4,')) ? awsError('InvalidArgumentException') : undefined;
    const results = await put(entries(9));
    expect(codesOf(results).map((code, i) => (i === 4) === (code === 'DestinationRefused'))).not.toContain(false);
    expect(results[4]).toMatchObject({ failure: { retryable: false } });
    expect(fake.held).toHaveLength(8);
  });

  it('keeps every entry retryable where the service refuses all of them', async () => {
    fake.failRequest = () => awsError('InvalidArgumentException');
    const results = await put(entries(5));
    expect(new Set(codesOf(results))).toEqual(new Set(['DestinationRefused']));
    expect(results.every((result) => result.kind === 'failed' && result.failure.retryable)).toBe(true);
  });

  it('stops asking a destination that keeps failing, and tries it again after a pause', async () => {
    const breaker = createBreaker(destination.name, 5, 40);
    fake.failRequest = () => awsError('ServiceUnavailableException', 503);
    await put(entries(2), { breaker });
    expect(breaker.isOpen()).toBe(true);
    fake.requests.length = 0;
    expect(codesOf(await put(entries(2), { breaker }))).toEqual(['CircuitOpen', 'CircuitOpen']);
    expect(fake.requests).toHaveLength(0);
    fake.failRequest = () => undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(codesOf(await put(entries(2), { breaker }))).toEqual(['confirmed', 'confirmed']);
    expect(breaker.isOpen()).toBe(false);
  });

  it('never tells in an error what it was given', async () => {
    for (const name of ['InternalFailure', 'InvalidArgumentException', 'AccessDeniedException', '{"n":1}']) {
      fake.failRequest = () => awsError(name);
      const text = JSON.stringify(await put(entries(2)));
      expect(text).not.toContain('quote what was sent');
      expect(text).not.toContain('pad');
    }
  });
});

describe('bytes that are no text', () => {
  const binary = Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x0a, 0xc3, 0x28]).toString('latin1');

  it.each(['firehose', 'kinesis', 'sqs', 's3'] as const)('pass through %s unharmed', async (name) => {
    connection.fake = createFakeAws();
    await putAll(SUBJECTS[name].destination, [{ ...entry(0), data: binary }], { deadline: HOUR });
    expect(connection.fake.held[0]!.bytes.toString('latin1')).toBe(binary);
  });

  it('can not become events', async () => {
    connection.fake = createFakeAws();
    const items = [{ ...entry(0), data: binary }, entry(1), { ...entry(2), data: '[1]' }];
    const results = await putAll(eventBridgeDestination(), items, { deadline: HOUR });
    expect(codesOf(results)).toEqual(['NotAnObject', 'confirmed', 'NotAnObject']);
  });
});
