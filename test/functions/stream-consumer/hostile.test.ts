import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createConsumer } from '../../../functions/stream-consumer/consume.ts';
import { pipelineNamed } from '../../../pipelines/index.ts';
import { readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { kinesisRecord, sequence } from '../../factories/kinesis-event.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});

const QUEUE = 'https://queue';
const MINUTE = { remainingMs: () => 60_000 };

beforeEach(() => {
  vi.stubEnv('DELIVERY_STREAM', 'lake');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', QUEUE);
  vi.stubEnv('CLAIM_BUCKET', 'claims');
  vi.stubEnv('MASK_KEY', 'a key for tests');
});

/** Bytes of every sort that arrive in streams: text, JSON, what looks like an aggregate or gzip, anything. */
const data = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.concat([Buffer.from('f3899ac2', 'hex'), bytes])),
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.concat([Buffer.from('1f8b0800', 'hex'), bytes])),
  fc
    .string({ unit: 'binary' })
    .map((text) => Buffer.from(JSON.stringify({ eventId: text, eventType: 'x', timestamp: text }))),
);

describe('whatever bytes arrive', () => {
  it('every record is delivered or dead-lettered, whole, and the shard goes on', async () => {
    const consume = createConsumer(pipelineNamed('clickstream'));
    await fc.assert(
      fc.asyncProperty(fc.array(data, { maxLength: 12 }), async (items) => {
        connection.fake = createFakeAws();
        const records = items.map((bytes, n) => kinesisRecord(n, { data: bytes.toString('latin1') }));
        expect(await consume({ Records: records }, MINUTE)).toEqual({ batchItemFailures: [] });
        const letters = (connection.fake.messages.get(QUEUE) ?? []).map((body) => readDeadLetter(body)!);
        for (const { data: base64, origin } of letters) {
          const n = records.findIndex(
            ({ kinesis }) => origin.kind === 'kinesis' && kinesis.sequenceNumber === origin.sequenceNumber,
          );
          expect(Buffer.from(base64!, 'base64')).toEqual(items[n]);
        }
        const delivered = connection.fake.held
          .map(({ bytes }) => bytes.toString('latin1'))
          .filter((text) => !text.includes('"type":"DeadLetter"'));
        const bytes = delivered.join('').length + letters.reduce((sum, letter) => sum + letter.bytes, 0);
        const newlines = items.length - letters.length;
        expect(bytes).toBeGreaterThanOrEqual(items.reduce((sum, item) => sum + item.length, 0));
        expect(bytes).toBeLessThanOrEqual(items.reduce((sum, item) => sum + item.length, 0) + newlines);
      }),
      { numRuns: 200 },
    );
  });
});

describe('whatever event arrives', () => {
  it('it is answered by the contract, or refused by name', async () => {
    const consume = createConsumer(pipelineNamed('redact'));
    const record = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.record(
        {
          eventID: fc.oneof(fc.string(), fc.constant('shardId-0:1')),
          kinesis: fc.record(
            {
              sequenceNumber: fc.oneof(fc.constantFrom('', '1', '10', sequence(1)), fc.anything({ maxDepth: 1 })),
              data: fc.oneof(fc.base64String(), fc.anything({ maxDepth: 1 })),
              partitionKey: fc.anything({ maxDepth: 1 }),
              approximateArrivalTimestamp: fc.anything({ maxDepth: 1 }),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    );
    const event = fc.oneof(fc.anything({ maxDepth: 1 }), fc.record({ Records: fc.array(record, { maxLength: 6 }) }));
    await fc.assert(
      fc.asyncProperty(event, fc.boolean(), async (value, isQueueDown) => {
        connection.fake = createFakeAws();
        if (isQueueDown) connection.fake.failCommand = () => Object.assign(new Error(), { name: 'AccessDenied' });
        const parsed = viaJson(value);
        const answer = await consume(parsed, MINUTE).catch((error: Error) => error);
        if (answer instanceof Error) return void expect(answer.name).toBe('UnknownEventError');
        expect(Object.keys(answer)).toEqual(['batchItemFailures']);
        expect(answer.batchItemFailures.length).toBeLessThanOrEqual(1);
        const numbers = (parsed as { Records: Record<string, Record<string, unknown>>[] }).Records.map(
          (item) => item?.kinesis?.sequenceNumber,
        );
        for (const { itemIdentifier } of answer.batchItemFailures) expect(numbers).toContain(itemIdentifier);
      }),
      { numRuns: 300 },
    );
  });
});

/** As Lambda hands it over: what JSON can't say is gone. */
function viaJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item)) ?? 'null');
  } catch {
    return null;
  }
}
