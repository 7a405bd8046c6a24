import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAggregator } from '../../../functions/stream-aggregator/aggregate.ts';
import { pipelineNamed } from '../../../pipelines/index.ts';
import { createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { kinesisRecord } from '../../factories/kinesis-event.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  process.env.MASK_KEY = 'a key for tests, of more than 32 bytes';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});

const SCRIPT = 'functions/stream-aggregator/show-windows.ts';
let folder: string;

/** A purchase for each minute of an hour, by two users in turn. */
function purchases() {
  return Array.from({ length: 60 }, (_, minute) => {
    const timestamp = new Date(Date.UTC(2026, 10, 20, 9, minute)).toISOString();
    const product = { name: minute % 3 === 0 ? 'Kettle' : 'Lamp', price: 10.05, quantity: 2, currency: 'EUR' };
    const user = { id: `u-${minute % 2}` };
    return kinesisRecord(minute, {
      data: JSON.stringify({ eventId: `e-${minute}`, eventType: 'purchase', timestamp, user, product }),
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'windows-'));
  connection.fake = createFakeAws();
  process.env.WINDOWS_TABLE = 'windows';
  const event = {
    Records: purchases(),
    window: { start: '2026-11-20T10:00:00Z', end: '2026-11-20T10:01:00Z' },
    shardId: 'shardId-000000000000',
    isFinalInvokeForWindow: true,
  };
  await createAggregator(pipelineNamed('clickstream'))(event, { remainingMs: () => 60_000 });
  delete process.env.WINDOWS_TABLE;
  mkdirSync(join(folder, 'tables'));
  const items = [...connection.fake.tables.get('windows')!.values()];
  const lines = items.map((item) => `${JSON.stringify(item)}\n`).join('');
  writeFileSync(join(folder, 'tables', 'sluice-local-windows.ndjson'), lines);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const show = (...args: string[]) =>
  execFileSync(process.execPath, [SCRIPT, '--data', folder, ...args], { encoding: 'utf8' });

describe('npm run windows', () => {
  it('shows active users of the last 5 minutes, revenue of each 5 minutes, and the top products', () => {
    const text = show();
    expect(text).toContain('activity: the 5 minutes up to 2026-11-20 10:00');
    expect(text).toMatch(/all +5 +2\n/);
    expect(text).toMatch(/2026-11-20 09:55 +5 +100\.5\n/);
    expect(text).toMatch(/most frequent products\n +Lamp +40\n +Kettle +20\n/);
  });

  it('merges into the windows that are asked for', () => {
    const text = show('--aggregate', 'sales', '--every', '1h', '--last', '15m', '--at', '2026-11-20T09:30:00Z');
    expect(text).not.toContain('activity');
    expect(text).toMatch(/the 15 minutes up to 2026-11-20 09:30\n[\s\S]*EUR +15 +301\.5\n/);
    expect(text).toMatch(/2026-11-20 09:00 +60 +1206\n/);
  });

  it('shows sessions where a gap is given', () => {
    expect(show('--session-gap', '2m')).toMatch(/purchase +2026-11-20 09:00 +2026-11-20 10:00 +60 +2\n/);
  });

  it.each([
    [['--every', 'soon'], 2, '--every'],
    [['--pipeline', 'none'], 1, 'clickstream'],
    [['--aggregate', 'none'], 2, 'no such aggregate'],
    [['--rows', '0'], 2, '--rows'],
    [['--nonsense'], 2, 'nonsense'],
    [['--data', '/nowhere'], 1, 'npm start'],
  ])('says what is wrong with %s', (args, code, words) => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
    expect(status).toBe(code);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
