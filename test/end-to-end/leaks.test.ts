import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aggregate } from '../../shared/formats/kpl.ts';
import { encodeUtf8 } from '../../shared/record/byte-string.ts';
import { batchFailed } from '../factories/dead-letter.ts';
import { directPutEvent } from '../factories/firehose-event.ts';
import { kinesisEvent } from '../factories/kinesis-event.ts';
import { logEnvelope, plainEnvelope } from '../factories/log-envelope.ts';
import { createLeakSearch, plantSecrets } from '../mask/secrets.ts';
import { type Bundle, createWritings, runBundle, type Writings } from './leaks-world.ts';
import { type ReplayWorld, replayWorld } from './replay-world.ts';

/** Each of 5,000 secrets is in one record, in one of the places that records have; records take every way there is. */
const { secrets, documents } = plantSecrets(5_000, 7);
const leaksIn = createLeakSearch(secrets);

const planted = documents.map((text, n) => ({ text, secret: secrets[n]!.text, entity: secrets[n]!.entity }));

/** The next so many records, and what is planted in each. */
function take(count: number) {
  expect(planted.length).toBeGreaterThanOrEqual(count);
  return planted.splice(0, count);
}
/** What stays for the pipeline `application-logs`, which looks for no vehicles. */
const forLogs = planted.filter(({ entity }) => entity !== 'vin').slice(-700);
for (const record of forLogs) planted.splice(planted.indexOf(record), 1);
const texts = (count: number) => take(count).map(({ text }) => text);
/** What stays for the groups of the pipeline `clickstream`, which looks for addresses. */
const forGroups = planted.filter(({ entity }) => entity === 'email').slice(-40);
for (const record of forGroups) planted.splice(planted.indexOf(record), 1);
/** One of a kind of a few, for what fails as a whole: each way to fail needs some. */
const FEW = 60;

let world: ReplayWorld;
let written: Writings;

beforeAll(async () => {
  world = await replayWorld('redact');
  written = createWritings(world.account);
});
afterAll(() => world.stop());

/** Runs a function's bundle as Lambda would, and keeps what it writes. */
async function run(bundle: Bundle, events: readonly object[], variables: Record<string, string> = {}, timeMs = 60_000) {
  const ran = await runBundle(world.account, bundle, events, variables, timeMs);
  written.note(`what ${bundle} prints`, ran.printed);
  for (const answer of ran.answers) written.answer(bundle, answer);
  return ran.answers;
}

/** What went wrong, by the codes that the functions log and answer: shows that the ways to fail were taken. */
const said = (word: string) => written.all().some(({ text }) => text.includes(word));

const cutOff = (text: string) => text.slice(0, -1);
const deep = (text: string) => JSON.stringify({ v: Array(8).reduce((inner) => inner, wrapped(text, 8)) });
/** JSON in JSON, deeper than masking looks. */
function wrapped(text: string, depth: number): string {
  return depth === 0 ? text : wrapped(JSON.stringify([text]), depth - 1);
}
/** Base64 of base64: deeper than masking looks, and no longer than it has to be. */
function encoded(text: string, depth: number): string {
  return depth === 0 ? text : encoded(Buffer.from(text).toString('base64'), depth - 1);
}
const awslogs = (message: object) => ({
  awslogs: { data: gzipSync(Buffer.from(plainEnvelope(message), 'latin1')).toString('base64') },
});

describe('5,000 secrets through every function, success and every failure', () => {
  it('from the stream to the lake: plain and aggregated records, partition keys, some that can not be read', async () => {
    const plain = take(1_500).map(({ text, secret }) => ({
      partitionKey: secret.slice(0, 256),
      data: Buffer.from(text),
    }));
    const users = take(300).map(({ text, secret }) => ({ partitionKey: secret.slice(0, 256), data: encodeUtf8(text) }));
    const packed = { partitionKey: 'aggregate', data: Buffer.from(aggregate(users), 'latin1') };
    const broken = texts(300).map((text) => ({ partitionKey: 'b', data: Buffer.from(cutOff(text)) }));
    world.account.streams.put(world.names.stream, [...plain, packed, ...broken]);
    await world.account.drain();
    expect((await world.lake()).size).toBeGreaterThan(1_100);
    expect(await world.account.queues.depth(world.names.queueUrl)).toBeGreaterThan(0);
  });

  it('from the delivery stream to the lake: failed masks, text that is no JSON, gzip, too much for one answer', async () => {
    const filler = 'x'.repeat(20_000);
    const many = texts(400).map((text) => `${text.slice(0, -1)},"filler":"${filler}"}`);
    await world.put([
      ...texts(600),
      ...texts(FEW).map((text) => `no JSON: ${text}`),
      ...take(FEW).map(({ secret }) => JSON.stringify({ v: encoded(secret, 9) })),
      ...texts(FEW).map(deep),
      gzipSync(many.join('\n')),
      gzipSync(cutOff(texts(1)[0]!)).subarray(0, 60),
    ]);
    await world.account.drain();
    expect(said('MaskFailed')).toBe(true);
    expect(said('"reingested":')).toBe(true);
  });

  it('from log groups: messages, names of groups and streams, messages that can not be read', async () => {
    const [group, stream, filter] = forLogs.splice(0, 3).map(({ secret }) => secret);
    const named = { logGroup: `/shop/${group}`, logStream: stream!, subscriptionFilters: [filter!] };
    const lines = forLogs.splice(0, 200).map(({ secret }) => `2026-11-20T09:00:00Z INFO got ${secret} after 12 ms`);
    const logs = (count: number) => forLogs.splice(0, count).map(({ text }) => text);
    const broken = { awslogs: { data: Buffer.from(cutOff(logs(1)[0]!)).toString('base64') } };
    await run('logs-decoder', [
      awslogs(logEnvelope(logs(200), { logGroup: '/shop/cart' })),
      awslogs(logEnvelope(lines, named)),
      awslogs({ ...logEnvelope(logs(1)), messageType: 'CONTROL_MESSAGE' }),
      broken,
    ]);
    await world.account.drain();
  });

  it('where the transform can not do its work: no time, no look-up, no key, fields missing', async () => {
    await run('firehose-transform', [directPutEvent(texts(FEW))], {}, 0);
    const clickstream = { PIPELINE: 'clickstream' };
    const located = take(FEW).map(
      ({ text, secret }) => `${text.slice(0, -1)},"context":{"ip":"203.0.113.7","page":${JSON.stringify(secret)}}}`,
    );
    await run('firehose-transform', [directPutEvent(located)], { ...clickstream, GEOIP_DATABASE: '/nowhere.mmdb' });
    await run('firehose-transform', [directPutEvent(texts(FEW))], { ...clickstream, MASK_KEY: '' });
    const without = texts(FEW).map((text) => text.replace('eventType', 'other'));
    await run('firehose-transform', [directPutEvent(without)], clickstream);
    await run('firehose-transform', [{ ...directPutEvent(texts(5)), records: texts(5) }]);
    expect(['OutOfTime', 'GeoIP database', 'MissingField', 'MASK_KEY'].filter((code) => !said(code))).toEqual([]);
  });

  it('where the consumer can not deliver: destination down, refusing, throttled, no time, dead letters refused', async () => {
    const event = (count: number, data = (text: string) => text) =>
      kinesisEvent(
        take(count).map(({ text, secret }) => ({ data: encodeUtf8(data(text)), partitionKey: secret.slice(0, 256) })),
      );
    const consume = async (
      events: readonly object[],
      operation?: (service: string, name: string) => string | undefined,
    ) => {
      if (operation !== undefined) world.faults.operation = operation;
      await run('stream-consumer', events, {}, 1_000);
      delete world.faults.operation;
      delete world.faults.firehosePut;
    };
    const down = (service: string) => (service === 'firehose' ? 'ServiceUnavailableException' : undefined);
    await consume([event(FEW), event(FEW), event(FEW)], down);
    await consume([event(FEW)], (service) => (service === 'firehose' ? 'ResourceNotFoundException' : undefined));
    world.faults.firehosePut = () => 'ServiceUnavailableException';
    await consume([event(FEW)]);
    const refused = new Set(['firehose', 'sqs', 's3', 'dynamodb']);
    await consume([event(FEW), event(FEW, cutOff)], (service) =>
      refused.has(service) ? 'AccessDeniedException' : undefined,
    );
    const large = (text: string) => `${text.slice(0, -1)},"filler":"${'x'.repeat(1_100_000)}"}`;
    await consume([event(2, large)]);
    await consume([event(1, large)], (service) => (service === 's3' ? 'AccessDenied' : undefined));
    await run('stream-consumer', [event(FEW)], {}, 0);
    await consume([event(3, (text) => `\xf3\x89\x9a\xc2${text}`)]);
  });

  it('where the decoder can not deliver, nor keep what it can not deliver', async () => {
    const message = () => awslogs(logEnvelope(forLogs.splice(0, FEW).map(({ text }) => text)));
    for (const refused of [['firehose'], ['firehose', 'sqs']]) {
      world.faults.operation = (service) => (refused.includes(service) ? 'ServiceUnavailableException' : undefined);
      await run('logs-decoder', [message()], {}, 800);
    }
    delete world.faults.operation;
    await run('logs-decoder', [message()], {}, 0);
    expect(said('UndeliveredError')).toBe(true);
  });

  it('in windows: counted, carried on, stored, and where the table refuses', async () => {
    const window = { start: '2026-11-20T09:00:00Z', end: '2026-11-20T09:01:00Z' };
    const event = (count: number, members: object = {}) => ({
      ...kinesisEvent(
        take(count).map(({ text, secret }) => ({ data: encodeUtf8(text), partitionKey: secret.slice(0, 256) })),
      ),
      window,
      shardId: 'shardId-000000000000',
      isFinalInvokeForWindow: true,
      ...members,
    });
    const clickstream = { PIPELINE: 'clickstream' };
    await run('stream-aggregator', [event(FEW), event(FEW, { isFinalInvokeForWindow: false })], clickstream);
    // What results are told apart by, and name: groups, and the most frequent.
    const named = forGroups.map(({ secret }, n) => ({
      data: encodeUtf8(
        JSON.stringify({
          eventId: `e-${n}`,
          timestamp: '2026-11-20T09:00:00Z',
          eventType: n % 2 === 0 ? secret : 'purchase',
          product: { name: secret, currency: secret, price: 1, quantity: 1 },
        }),
      ),
    }));
    const last = { window, shardId: 'shardId-000000000000', isFinalInvokeForWindow: true };
    await run('stream-aggregator', [{ ...kinesisEvent(named), ...last }], clickstream);
    expect(said('WindowResultsWritten')).toBe(true);
    world.faults.operation = (service) => (service === 'dynamodb' ? 'ValidationException' : undefined);
    await run('stream-aggregator', [event(FEW)], {}, 800);
    delete world.faults.operation;
  });

  it('replayed: a dry run, put back, in quarantine, lost, refused', async () => {
    const errors = { source: 'errors', ratePerSecond: 10_000 };
    const queue = { source: 'queue', ratePerSecond: 10_000 };
    const dryRun = world.replay({ ...queue, limit: 100, dryRun: true });
    for (const command of [{ ...errors, dryRun: true }, errors, errors, errors, errors]) {
      written.answer('dead-letter-replayer', await world.replay(command));
      await world.account.drain();
    }
    expect((await world.quarantined()).length).toBeGreaterThan(0);
    written.answer('dead-letter-replayer', await dryRun);
    // Most dead letters are only looked through: some are enough to be replayed.
    for (const body of (await written.takeMessages()).slice(0, 30))
      await world.account.queues.send(world.names.queueUrl, body);
    const gone = {
      streamArn: world.account.streams.arnOf(world.names.stream),
      startSequenceNumber: '1',
      endSequenceNumber: '2',
    };
    await world.account.queues.send(world.names.queueUrl, JSON.stringify(batchFailed(gone)));
    await world.account.queues.send(world.names.queueUrl, cutOff(texts(1)[0]!));
    written.answer('dead-letter-replayer', await world.replay(queue));
    world.faults.operation = (service) => (service === 'firehose' ? 'AccessDeniedException' : undefined);
    await world.put(texts(FEW).map(cutOff)).catch(() => {});
    const commands = [{ source: 'errors' }, { source: texts(1)[0] }, { match: { [texts(1)[0]!]: 1 } }];
    await run('dead-letter-replayer', commands, {}, 1_000);
    delete world.faults.operation;
    await world.account.drain();
  });

  it('uses all of them, and finds none where no original may be', async () => {
    const all = await written.everything();
    expect(all.length).toBeGreaterThan(500);
    const leaks = all.flatMap(({ place, text }) =>
      leaksIn(text).map(({ entity, text: secret }) => ({
        place,
        entity,
        secret,
        near: text.slice(Math.max(0, text.indexOf(secret) - 200), text.indexOf(secret) + 60),
      })),
    );
    expect(leaks.length, JSON.stringify(leaks.slice(0, 8), undefined, 1)).toBe(0);
    expect(planted.length).toBeLessThan(500);
  });

  it('could have found each: they stand in what was declared to hold originals', async () => {
    const found = new Set((await written.originals()).flatMap(({ text }) => leaksIn(text)));
    expect(found.size).toBeGreaterThan(500);
  });
});
