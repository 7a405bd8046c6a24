import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ERRORS, QUARANTINE, type ReplayAccount, replayAccount } from '../../factories/replay-account.ts';

const CASES = globSync('events/dead-letter-replayer/*/*.json').filter((file) => !file.endsWith('.expected.json'));

let account: ReplayAccount;
let handler: (event: unknown, context: Context) => Promise<unknown>;

beforeAll(async () => {
  account = await replayAccount();
  vi.stubEnv('ERRORS', `s3://${ERRORS}/errors/`);
  ({ handler } = await import('../../../functions/dead-letter-replayer/handler.ts'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await account.stop();
});
beforeEach(() => account.clear());

const CONTEXT = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 60_000 } as Context;

/** What lies in the error bucket before: written in the expected file, since it belongs to the case. */
function givenOf(expected: string): Readonly<Record<string, string>> {
  return existsSync(expected) ? (JSON.parse(readFileSync(expected, 'utf8')).given ?? {}) : {};
}

async function quarantined(): Promise<unknown[]> {
  const bodies = (await account.keysOf(QUARANTINE)).map((key) => account.objects.get(QUARANTINE, key));
  return (await Promise.all(bodies)).map((body) => JSON.parse(body.toString()));
}

describe('sample events of the dead-letter replayer', () => {
  it('are there for every kind: two at least, and a hostile one', () => {
    for (const kind of ['command', 'sqs', 's3', 'schedule']) {
      const own = CASES.filter((file) => dirname(file).endsWith(`/${kind}`));
      expect(own.length).toBeGreaterThanOrEqual(3);
      expect(own.some((file) => file.endsWith('/hostile.json'))).toBe(true);
    }
  });

  it.each(CASES)('%s has what its .expected.json says', async (file) => {
    const expected = file.replace('.json', '.expected.json');
    const given = givenOf(expected);
    for (const [key, body] of Object.entries(given)) await account.putObject(key, body);
    const before = new Set(account.streamed());
    const answer = await handler(JSON.parse(readFileSync(file, 'utf8')), CONTEXT).catch(({ name, message }) => ({
      errorType: name,
      errorMessage: message,
    }));
    const got = {
      given,
      answer,
      streamed: account
        .streamed()
        .filter((record) => !before.has(record))
        .toSorted(),
      delivered: await account.delivered(),
      left: await account.keysOf(ERRORS),
      quarantined: await quarantined(),
    };
    await expect(`${JSON.stringify(got, null, 2)}\n`).toMatchFileSnapshot(`../../../${expected}`);
  });
});
