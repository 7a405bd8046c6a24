/**
 * `node bench/consumer.ts [--json FILE]`: records a second on one core through decoding, KPL de-aggregation, the pipeline,
 * ordering, joining and batching, against a destination that takes everything at once.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { atLeast, showBars } from './bars.ts';

// Before the platform's modules are loaded: what is measured is the work, not the terminal.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
const { createConsumer } = await import('../functions/stream-consumer/consume.ts');
const { pipelineNamed } = await import('../pipelines/index.ts');
const { firehoseDestination } = await import('../shared/delivery/firehose.ts');
const { CONFIRMED } = await import('../shared/delivery/entry.ts');
const { aggregate } = await import('../shared/formats/kpl.ts');

type UserRecord = Parameters<typeof aggregate>[0][number];

const RECORDS = 5_000;
const KEYS = 500;
const SECONDS = 2;
const AGGREGATED = 50;
const DEADLINE = { remainingMs: () => 60_000 };

interface Figures {
  readonly name: string;
  readonly recordsPerSecond: number;
  readonly microseconds: number;
  readonly mbPerSecond: number;
}

/** An event of some 640 bytes, as the pipeline clickstream reads it. */
function clickstreamEvent(n: number): UserRecord {
  const document = {
    eventId: `0199a7c2-${String(n).padStart(8, '0')}`,
    eventType: ['page_view', 'product_view', 'add_to_cart', 'purchase'][n % 4],
    timestamp: new Date(1_789_800_000_000 + n * 40).toISOString(),
    sessionId: `s-${n % 997}`,
    user: { id: `u-${n % KEYS}`, email: `person${n % KEYS}@example.com`, phone: '+44 20 7946 0958', internal: false },
    context: {
      ip: `203.0.113.${n % 250}`,
      userAgent:
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      page: `https://shop.example/products/${n % 400}?ref=newsletter&campaign=autumn-2026&variant=b&position=${n % 12}`,
      referrer: 'https://search.example/?q=kettle+with+thermometer',
    },
    product: { sku: `SKU-${1000 + (n % 90)}`, name: 'Kettle', price: 49.9, currency: 'EUR', quantity: 1 + (n % 3) },
  };
  return { partitionKey: document.user.id, data: JSON.stringify(document) };
}

function kinesisEvent(records: readonly UserRecord[]) {
  return {
    Records: records.map(({ partitionKey, data }, n) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: `49671234567890123456789012345678901234567890${String(n).padStart(12, '0')}`,
        data: btoa(data),
        approximateArrivalTimestamp: 1_789_809_023.187,
      },
      eventSource: 'aws:kinesis',
      eventID: `shardId-000000000000:49671234567890123456789012345678901234567890${String(n).padStart(12, '0')}`,
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
    })),
  };
}

function aggregated(records: readonly UserRecord[]): UserRecord[] {
  const aggregates: UserRecord[] = [];
  for (let at = 0; at < records.length; at += AGGREGATED) {
    aggregates.push({ partitionKey: 'aggregate', data: aggregate(records.slice(at, at + AGGREGATED)) });
  }
  return aggregates;
}

/** The pipeline as shipped, delivering to nowhere. */
function consumerOf(admits: boolean) {
  const definition = pipelineNamed('clickstream');
  const destination = { ...firehoseDestination({ joinBytes: 50 * 1024 }), put: takeAll };
  const deliver = { name: 'nowhere', target: 'nowhere', connect: () => destination };
  const { admit = [] } = definition.consumer ?? {};
  return createConsumer({ ...definition, consumer: admits ? { admit, deliver } : { deliver } });
}

const takeAll: ReturnType<typeof firehoseDestination>['put'] = async (entries) => entries.map(() => CONFIRMED);

async function measure(name: string, event: object, bytes: number, admits = true): Promise<Figures> {
  const consume = consumerOf(admits);
  for (let warm = 0; warm < 5; warm++) await consume(event, DEADLINE);
  let batches = 0;
  const started = process.cpuUsage();
  const begun = performance.now();
  for (; performance.now() - begun < SECONDS * 1000; batches++) await consume(event, DEADLINE);
  const { user, system } = process.cpuUsage(started);
  const microseconds = (user + system) / (batches * RECORDS);
  return {
    name,
    recordsPerSecond: Math.round(1e6 / microseconds),
    microseconds: Number(microseconds.toFixed(2)),
    mbPerSecond: Number((bytes / RECORDS / microseconds).toFixed(0)),
  };
}

/** What the consumer is to keep up with on one core. */
const ENOUGH = 100_000;

const { values } = parseArgs({ options: { json: { type: 'string' } } });
process.env.MASK_KEY ??= 'a key for the bench';
const records = Array.from({ length: RECORDS }, (_, n) => clickstreamEvent(n));
const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
const third = Math.floor(RECORDS / 3);
const figures = [
  await measure('plain records', kinesisEvent(records), bytes),
  await measure(
    'a third aggregated',
    kinesisEvent([...aggregated(records.slice(0, third)), ...records.slice(third)]),
    bytes,
  ),
  await measure('all aggregated', kinesisEvent(aggregated(records)), bytes),
  await measure('plain records, all steps of the pipeline', kinesisEvent(records), bytes, false),
];
console.log(
  `\nstream consumer, pipeline clickstream, ${RECORDS} records of ${Math.round(bytes / RECORDS)} bytes a batch, CPU time of one core`,
);
for (const { name, recordsPerSecond, microseconds, mbPerSecond } of figures) {
  console.log(
    `${name.padEnd(44)}${recordsPerSecond.toLocaleString('en-US').padStart(10)} records/s${String(microseconds).padStart(8)} µs${String(mbPerSecond).padStart(6)} MB/s`,
  );
}
const bars = [
  atLeast('stream consumer, plain records: at least 100,000 records a second', figures[0]!.recordsPerSecond, ENOUGH),
];
showBars(bars);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ consumer: figures, bars }, null, 2)}\n`);
