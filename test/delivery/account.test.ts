import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClock } from '../../local/account/clock.ts';
import type { Faults } from '../../local/account/contracts.ts';
import { createServices } from '../../local/account/create-services.ts';
import type { Services } from '../../local/account/services.ts';
import type { Delivery } from '../../shared/delivery/destination.ts';
import type { Entry } from '../../shared/delivery/entry.ts';
import { destinations } from '../../shared/delivery/index.ts';
import { putAll } from '../../shared/delivery/put-all.ts';

/**
 * The destinations by the SDK's own clients, over the wire: against the local account, or, with REMOTE=1, against AWS. There the
 * resources are those named by DELIVERY_STREAM, DELIVERY_KINESIS_STREAM, DELIVERY_QUEUE_URL and DELIVERY_BUCKET, and
 * the default event bus; what they took is told by their own answers alone.
 */
const REMOTE = process.env.REMOTE === '1';
const MINUTE = { remainingMs: () => 60_000 };
const CLIENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

interface Place {
  readonly delivery: Delivery;
  /** What it holds, all of it, joined; where that can be seen. */
  held(): Promise<string>;
}

let services: Services;
let folder: string;
const faults: Faults = {};

async function openAccount(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  services = await createServices({ clock: createClock(), faults, dataDir: folder, limits: false });
  Object.assign(process.env, CLIENT, {
    AWS_ENDPOINT_URL: services.gateway.endpoint,
    DELIVERY_STREAM: 'lake',
    DELIVERY_KINESIS_STREAM: 'events',
    DELIVERY_BUCKET: 'lake',
  });
  await services.objects.createBucket('lake');
  services.kinesis.create({ name: 'events' });
  process.env.DELIVERY_QUEUE_URL = services.queues.createQueue({ name: 'records' }).url;
  services.firehose.create({
    logicalId: 'Lake',
    type: 'AWS::KinesisFirehose::DeliveryStream',
    properties: {
      DeliveryStreamName: 'lake',
      DeliveryStreamType: 'DirectPut',
      ExtendedS3DestinationConfiguration: {
        BucketARN: 'arn:aws:s3:::lake',
        RoleARN: 'arn:aws:iam::000000000000:role/delivery',
        Prefix: 'firehose/',
        BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
      },
    },
  });
}

async function objectsUnder(prefix: string): Promise<string> {
  const objects = await services.objects.list('lake', prefix);
  const texts = await Promise.all(
    objects.map(async ({ key }) => (await services.objects.get('lake', key)).toString('latin1')),
  );
  return texts.join('');
}

const held: Readonly<Record<keyof typeof destinations, () => Promise<string>>> = {
  firehose: async () => {
    await services.firehose.flush();
    return await objectsUnder('firehose/');
  },
  kinesis: async () => {
    const limit = { records: 10_000, bytes: 100 * 1024 * 1024 };
    return services.kinesis
      .shards('events')
      .flatMap(({ shardId }) => services.kinesis.read('events', shardId, { type: 'TRIM_HORIZON' }, limit).entries)
      .map(({ data }) => data.toString('latin1'))
      .join('');
  },
  sqs: async () => {
    const bodies: string[] = [];
    for (;;) {
      const messages = await services.queues.receive('records', 10, 600);
      if (messages.length === 0) return bodies.join('');
      bodies.push(...messages.map(({ body }) => body));
    }
  },
  eventBridge: async () =>
    services.eventBus
      .events()
      .map(({ detail }) => detail)
      .join(''),
  s3: () => objectsUnder('records/'),
};

const places: readonly (readonly [string, Place])[] = Object.entries(destinations).map(([name, make]) => [
  name,
  { delivery: make(), held: held[name as keyof typeof destinations] },
]);

function entry(n: number, bytes = 100): Entry {
  const data = `{"n":${n},"pad":"${'é'.repeat(Math.floor(bytes / 4))}"}\n`;
  return { id: `shard-0:${n}`, data: Buffer.from(data).toString('latin1'), documents: 1, partitionKey: `k-${n}` };
}

beforeAll(async () => {
  if (!REMOTE) await openAccount();
}, 60_000);

afterAll(async () => {
  if (REMOTE) return;
  await services.firehose.stop();
  services.kinesis.stop();
  services.tables.stop();
  await services.gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(places)('%s, over the wire', (name, { delivery, held: readBack }) => {
  const small = Array.from({ length: 601 }, (_, n) => entry(n));
  const large = Array.from({ length: 12 }, (_, n) => entry(1_000 + n, 150_000));

  it('takes batches of every size within its limits', async () => {
    const results = await putAll(delivery.connect(), [...small, ...large], { deadline: MINUTE });
    expect(results.filter(({ kind }) => kind !== 'confirmed')).toEqual([]);
  }, 60_000);

  it.skipIf(REMOTE)('holds all of it, byte for byte', async () => {
    const numbers = (text: string) => [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n)).sort((a, b) => a - b);
    const text = await readBack();
    expect(numbers(text)).toEqual(
      [...small, ...large].map((_, i) => (i < small.length ? i : 1_000 + i - small.length)),
    );
    const bytes = [...small, ...large].reduce((sum, { data }) => sum + data.length, 0);
    expect(Buffer.byteLength(text, name === 'sqs' || name === 'eventBridge' ? 'utf8' : 'latin1')).toBe(bytes);
  });

  it('says which service could not be written to, and why, where it is not there', async () => {
    const make = destinations[name as keyof typeof destinations] as (options: object) => Delivery;
    const missing = make({
      stream: 'no-such-stream',
      queueUrl: `${process.env.DELIVERY_QUEUE_URL}-not`,
      bus: 'no-such-bus',
      bucket: 'no-such-bucket-anywhere',
    });
    const [result] = await putAll(missing.connect(), [entry(0)], {
      deadline: MINUTE,
      backoff: { attempts: 2, baseMs: 1, capMs: 1 },
    });
    expect(result).toMatchObject({ kind: 'failed', failure: { retryable: true, stage: 'deliver' } });
  });
});

describe.skipIf(REMOTE)('throttled records', () => {
  it.each(['firehose', 'kinesis'] as const)('are sent again to %s until all are taken', async (name) => {
    let puts = 0;
    const throttle = (code: string) => () => (puts++ % 3 === 0 ? code : undefined);
    faults.firehosePut = throttle('ServiceUnavailableException');
    faults.kinesisPut = throttle('ProvisionedThroughputExceededException');
    const entries = Array.from({ length: 200 }, (_, n) => entry(5_000 + n));
    const results = await putAll(destinations[name]().connect(), entries, {
      deadline: MINUTE,
      backoff: { attempts: 12, baseMs: 1, capMs: 5 },
    });
    delete faults.firehosePut;
    delete faults.kinesisPut;
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['confirmed']));
    const text = await held[name]();
    for (let n = 0; n < 200; n++) expect(text.split(`"n":${5_000 + n},`)).toHaveLength(2);
  });
});
