import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
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

/** The compiled template without the policy on the stack's own key, of one role. */
function withoutKey(text: string, role: string): string {
  const compiled = JSON.parse(text) as {
    Resources: Record<string, { Properties: { Policies: { PolicyName?: string }[] } }>;
  };
  const { Properties } = compiled.Resources[role] as { Properties: { Policies: { PolicyName?: string }[] } };
  const kept = Properties.Policies.filter(({ PolicyName }) => PolicyName !== 'data-key');
  expect(kept).toHaveLength(Properties.Policies.length - 1);
  Properties.Policies = kept;
  return JSON.stringify(compiled);
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
    // The rule may invoke the replayer for what comes to lie under the error prefix.
    await account.objects.put(LAKE, 'errors/events/processing-failed/empty', Buffer.from(''));
    await account.drain();
    const replayer = account.functions.figures().find(({ name }) => name === 'sluice-local-deadLetterReplayer');
    expect(replayer).toMatchObject({ invocations: 1, errors: 0 });
    expect(account.iam.access.denials()).toEqual([]);
  });

  it('needs its key: without it the consumer reads nothing, and Firehose writes nothing', async () => {
    const text = await compiledText({ stage: 'local', params: { encryption: 'customer' } });
    const template = join(folder, 'without-key.json');
    writeFileSync(template, withoutKey(text, 'StreamConsumerRole'));
    await expect(startLocal({ template, bundles, limits: false })).rejects.toThrow(/Cannot access stream/);
    writeFileSync(template, withoutKey(text, 'DeliveryRole'));
    account = await startLocal({ template, bundles, limits: false });
    account.streams.put('sluice-local-events', [event(1)]);
    // What Firehose may not write it tries again and again: the account is never drained.
    const { drain, iam } = account;
    const drained = drain({ timeoutMs: 25_000 }).catch((cause: Error) => cause);
    await vi.waitFor(() => expect(iam.access.denials()).not.toEqual([]), { timeout: 25_000 });
    const denied = iam.access.denials().map(({ action, roleArn }) => `${roleArn.split('/').at(-1)} ${action}`);
    expect(denied).toEqual(['sluice-local-DeliveryRole kms:GenerateDataKey']);
    expect(await account.objects.list(LAKE)).toEqual([]);
    await account.stop();
    await drained;
  });
});
