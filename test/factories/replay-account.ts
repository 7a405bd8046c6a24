import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../local/account/clock.ts';
import type { Clock, Faults } from '../../local/account/contracts.ts';
import { createServices } from '../../local/account/create-services.ts';
import type { Services } from '../../local/account/services.ts';

/** What the replayer works with, without the stack around it: its own code runs in the test's process. */
export interface ReplayAccount extends Services {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly queueUrl: string;
  /** Records of the delivery stream, as it delivered them. */
  delivered(): Promise<readonly string[]>;
  /** Records of the stream: `key data`. */
  streamed(): readonly string[];
  /** Keys of a bucket. */
  keysOf(bucket: string): Promise<readonly string[]>;
  putObject(key: string, body: string | Buffer, bucket?: string): Promise<void>;
  /** Adds a function that answers by the source of an expression over `event`, and logs each event. */
  addFunction(name: string, answer: string): void;
  /** Events that functions were given. */
  readonly events: { readonly name: string; readonly event: Record<string, unknown> }[];
  /** Takes everything out that a test left. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The bucket of the errors: as the stack's own account has it, which sample events name. */
export const ERRORS = 'sluice-local-lake-000000000000';
export const QUARANTINE = 'quarantine';
export const STREAM = 'sluice-local-events';
export const DELIVERY = 'sluice-local-events';
export const LEDGER = 'ledger';
const LAKE = 'lake';

/** Starts it, and points the environment's settings to it. */
export async function replayAccount(): Promise<ReplayAccount> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const clock = createClock();
  const faults: Faults = {};
  const services = await createServices({ clock, faults, dataDir, limits: false });
  const { objects, queues, tables, kinesis, firehose, functions, gateway } = services;
  const events: ReplayAccount['events'] = [];
  for (const bucket of [ERRORS, QUARANTINE, LAKE]) objects.createBucket(bucket);
  const { url: queueUrl } = queues.createQueue({ name: 'dead-letters', visibilitySeconds: 30 });
  await createLedger(services);
  kinesis.create({ name: STREAM, shardCount: 2 });
  firehose.create(deliveryStream());
  setEnvironment(gateway.endpoint, queueUrl);
  const stopListening = functions.onLog((name, line) => {
    if (line.includes('EVENT ')) events.push({ name, event: JSON.parse(line.slice(line.indexOf('EVENT ') + 6)) });
  });

  const list = async (bucket: string) => (await objects.list(bucket)).map(({ key }) => key);
  const empty = async (bucket: string) => {
    for (const key of await list(bucket)) await objects.remove(bucket, key);
  };
  return {
    ...services,
    clock,
    faults,
    queueUrl,
    events,
    keysOf: list,
    putObject: (key, body, bucket = ERRORS) => objects.put(bucket, key, Buffer.from(body)),
    async delivered() {
      await firehose.flush();
      const bodies = await Promise.all((await list(LAKE)).map((key) => objects.get(LAKE, key)));
      return bodies.flatMap((body) =>
        body
          .toString('latin1')
          .split('\n')
          .filter((line) => line !== ''),
      );
    },
    streamed: () =>
      kinesis
        .shards(STREAM)
        .flatMap(({ shardId }) => [
          ...kinesis.read(STREAM, shardId, { type: 'TRIM_HORIZON' }, { records: 10_000, bytes: 1e9 }).entries,
        ])
        .map(({ partitionKey, data }) => `${partitionKey} ${data}`),
    addFunction(name, answer) {
      const directory = mkdtempSync(join(dataDir, 'function-'));
      writeFileSync(
        join(directory, 'index.cjs'),
        `exports.handler = async (event) => { console.log('EVENT ' + JSON.stringify(event)); return ${answer}; };`,
      );
      const properties = { FunctionName: name, Handler: 'index.handler', MemorySize: 128, Timeout: 5 };
      functions.create({ logicalId: name, type: 'AWS::Lambda::Function', properties }, { directory });
    },
    async clear() {
      await firehose.flush();
      for (const bucket of [ERRORS, QUARANTINE, LAKE]) await empty(bucket);
      queues.deleteQueue(queueUrl);
      queues.createQueue({ name: 'dead-letters', visibilitySeconds: 30 });
      for (const name of Object.keys(faults)) delete faults[name as keyof Faults];
      events.length = 0;
    },
    async stop() {
      stopListening();
      await firehose.stop();
      await functions.stop();
      tables.stop();
      kinesis.stop();
      await gateway.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function createLedger({ tables }: Services): Promise<void> {
  await tables.createTable({
    TableName: LEDGER,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
}

function deliveryStream() {
  const properties = {
    DeliveryStreamName: DELIVERY,
    DeliveryStreamType: 'DirectPut',
    ExtendedS3DestinationConfiguration: {
      RoleARN: 'arn:aws:iam::000000000000:role/delivery',
      BucketARN: `arn:aws:s3:::${LAKE}`,
      BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 60 },
      CompressionFormat: 'UNCOMPRESSED',
    },
  };
  return { logicalId: 'Delivery', type: 'AWS::KinesisFirehose::DeliveryStream', properties };
}

function setEnvironment(endpoint: string, queueUrl: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    DELIVERY_STREAM: DELIVERY,
    DEAD_LETTER_QUEUE_URL: queueUrl,
    ERRORS: `s3://${ERRORS}/`,
    QUARANTINE_BUCKET: QUARANTINE,
    LEDGER_TABLE: LEDGER,
    LOGS_DECODER: 'decoder',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
}
