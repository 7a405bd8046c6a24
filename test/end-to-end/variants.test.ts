import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../local/account/start-local.ts';
import { compileStack } from '../../local/stack/compile.ts';
import { compiledText } from '../../packaging/check/compile.ts';

/** The stack with what is off by default: it is held to its roles here as the default is elsewhere. */
const folder = mkdtempSync(join(tmpdir(), 'variants-'));
const { bundles } = await compileStack({ pipeline: 'clickstream', stage: 'local' });
let account: LocalAccount | undefined;
afterEach(async () => {
  await account?.stop();
  account = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LAKE = 'sluice-local-lake-000000000000';
const RECORDS = 40;

async function start(params: Readonly<Record<string, string>>): Promise<LocalAccount> {
  const template = join(folder, `${Object.keys(params).join('-')}.json`);
  writeFileSync(template, await compiledText({ stage: 'local', params }));
  account = await startLocal({ template, bundles, limits: false });
  return account;
}

function event(n: number): { partitionKey: string; data: Buffer } {
  const eventId = `7b6f1c9e-2b1a-4c7d-9f5e-${String(n).padStart(12, '0')}`;
  const document = { eventId, eventType: 'page_view', timestamp: '2026-11-20T09:00:00.000Z', user: { id: `u-${n}` } };
  return { partitionKey: `k-${n % 7}`, data: Buffer.from(JSON.stringify(document)) };
}

/** Rows that the lake holds when all has come through. */
async function run({ streams, drain, clock, objects }: LocalAccount): Promise<number> {
  streams.put(
    'sluice-local-events',
    Array.from({ length: RECORDS }, (_, n) => event(n)),
  );
  await clock.advance(61_000);
  await drain();
  let rows = 0;
  for (const { key } of await objects.list(LAKE, 'clickstream/')) {
    const file = await objects.get(LAKE, key);
    rows += Number(parquetMetadata(new Uint8Array(file).buffer).num_rows);
  }
  return rows;
}

describe('the stack', () => {
  it('delivers what Firehose reads from the stream by itself', async () => {
    const account = await start({ source: 'stream' });
    expect(await run(account)).toBe(RECORDS);
    expect(account.functions.figures().find(({ name }) => name === 'sluice-local-streamConsumer')?.invocations).toBe(0);
    expect(account.iam.access.denials()).toEqual([]);
  });

  it('works with keys of its own, fan-out, an on-demand stream, traces, and all the account’s log groups', async () => {
    const account = await start({
      encryption: 'customer',
      fanOut: 'true',
      streamMode: 'on-demand',
      tracing: 'true',
      accountLogs: 'true',
      logGroups: '/app/web',
      autoReplay: 'true',
    });
    expect(await run(account)).toBe(RECORDS);
    account.logs.append('/app/web', 'one', 'GET / 200');
    account.logs.append('/another', 'one', 'GET / 200');
    await account.drain();
    const logs = account.firehose.figures().find(({ name }) => name === 'sluice-local-logs');
    // Of /app/web twice: by its own subscription, and by that of the account.
    expect(logs?.delivered).toBe(3);
    expect(account.iam.access.denials()).toEqual([]);
  });
});
