import { beforeEach, expect, it, vi } from 'vitest';
import { createAggregator } from '../../../functions/stream-aggregator/aggregate.ts';
import { count, topK, windows } from '../../../shared/aggregate/index.ts';
import { mask, maskDetected, redact } from '../../../shared/mask/index.ts';
import { createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { kinesisEvent } from '../../factories/kinesis-event.ts';
import { pipelineOf } from '../../factories/pipeline.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});

beforeEach(() => {
  connection.fake = createFakeAws();
  vi.stubEnv('WINDOWS_TABLE', 'windows');
});

const WINDOW = { start: '2026-11-20T09:00:00Z', end: '2026-11-20T09:01:00Z' };

async function tableOf(documents: readonly object[]): Promise<string> {
  const aggregate = createAggregator({
    ...pipelineOf({ steps: [mask('user', redact()), maskDetected('**', ['email'], redact())] }),
    consumer: { admit: [] },
    aggregate: [
      windows('seen', { size: '1m', groupBy: ['type'], measures: { events: count(), users: topK('user', 3) } }),
    ],
  });
  const records = documents.map((document) => ({ data: JSON.stringify(document) }));
  const event = { ...kinesisEvent(records), window: WINDOW, shardId: 's', isFinalInvokeForWindow: true };
  await aggregate(event, { remainingMs: () => 60_000 });
  return JSON.stringify([...connection.fake.tables.get('windows')!.values()]);
}

it('names groups and the most frequent by what the masks make of them, though masks come later', async () => {
  const table = await tableOf([
    { type: 'bob@example.com', user: 'u-1' },
    { type: 'amy@example.com', user: 'u-2' },
    { type: 'view', user: 'u-1' },
  ]);
  expect(table).not.toMatch(/example\.com|u-[12]/);
  expect(table).toContain('[EMAIL]');
  expect(table).toContain('[REDACTED]');
  expect(table).toContain('view');
});
