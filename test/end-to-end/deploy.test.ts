import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAccount, startLocal } from '../../local/account/start-local.ts';
import { COMPILED_CODE } from '../../local/stack/compiled-code.ts';
import { waitForLock } from '../../local/stack/wait-for-lock.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SLS = fileURLToPath(import.meta.resolve('serverless/bin/serverless.js'));
const EVENT = {
  eventId: '7b6f1c9e-2b1a-4c7d-9f5e-000000000001',
  eventType: 'page_view',
  timestamp: '2026-11-20T09:00:00.000Z',
  sessionId: 's-1',
  user: { id: 'u-1', email: 'ines@example.org', internal: false },
  context: { ip: '5.160.74.136', userAgent: 'curl/8', page: 'https://shop.example/' },
};

let account: LocalAccount;
let folder: string;
let release: () => void;

/** Runs the Serverless Framework against the account, as a person would against AWS. */
async function sls(...args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [SLS, ...args], {
    cwd: ROOT,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      HOME: folder,
      AWS_ENDPOINT_URL: account.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SLS_AWS_MONITORING_FREQUENCY: '100',
      NODE_COMPILE_CACHE: COMPILED_CODE,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`sls ${args.join(' ')} failed:\n${said}`);
  return said;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  account = await startLocal({ empty: true, limits: false });
  // `sls` works in one folder of the repository.
  release = await waitForLock(join(ROOT, 'node_modules', '.cache', 'sluice', 'compiling'));
}, 120_000);

afterAll(async () => {
  release?.();
  await account?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('sls, against the local account', () => {
  it('deploys the stack: the package goes to S3, a change set to CloudFormation', async () => {
    const said = await sls('deploy');
    expect(said).toContain('Service deployed to stack sluice-dev');
    const [stack] = account.cloudFormation.stacks();
    expect(stack).toMatchObject({ name: 'sluice-dev', status: 'UPDATE_COMPLETE' });
    expect([...(stack?.resources.values() ?? [])].filter(({ status }) => !status.endsWith('_COMPLETE'))).toEqual([]);
    expect(account.functions.figures()).toHaveLength(5);
  }, 120_000);

  it('invokes what it deployed', async () => {
    const record = {
      recordId: '1',
      approximateArrivalTimestamp: 1,
      data: Buffer.from(JSON.stringify(EVENT)).toString('base64'),
    };
    const event = join(folder, 'event.json');
    const deliveryStreamArn = 'arn:aws:firehose:us-east-1:000000000000:deliverystream/sluice-dev-events';
    writeFileSync(
      event,
      JSON.stringify({ invocationId: 'i', deliveryStreamArn, region: 'us-east-1', records: [record] }),
    );
    const said = await sls('invoke', '-f', 'firehoseTransform', '-p', event);
    const answer = JSON.parse(said.slice(said.indexOf('{'), said.lastIndexOf('}') + 1));
    expect(answer.records).toMatchObject([{ recordId: '1', result: 'Ok' }]);
    expect(Buffer.from(answer.records[0].data, 'base64').toString()).not.toContain('ines@example.org');
  }, 60_000);

  it('shows its logs', async () => {
    expect(await sls('logs', '-f', 'firehoseTransform')).toMatch(/END Duration: [0-9.]+ ms/);
  }, 60_000);

  it('works: what is put into the stream arrives in the lake, masked', async () => {
    account.streams.put('sluice-dev-events', [{ partitionKey: 'k', data: Buffer.from(JSON.stringify(EVENT)) }]);
    await account.drain();
    const lake = await account.objects.list('sluice-dev-lake-000000000000', 'clickstream/');
    expect(lake.map(({ key }) => key)).toEqual([
      expect.stringMatching(/event_type=page_view\/dt=2026-11-20\/.*\.parquet$/),
    ]);
    expect(account.iam.access.denials()).toEqual([]);
  }, 60_000);

  it('removes the stack, but for what holds data', async () => {
    const said = await sls('remove');
    expect(said).toContain('successfully removed');
    const [stack] = account.cloudFormation.stacks();
    expect(stack).toMatchObject({ status: 'DELETE_COMPLETE' });
    expect(account.functions.figures()).toEqual([]);
    expect(() => account.streams.shards('sluice-dev-events')).toThrow();
    expect(await account.objects.list('sluice-dev-lake-000000000000')).toHaveLength(1);
  }, 60_000);
});
