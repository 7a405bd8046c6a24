import { afterEach, describe, expect, it } from 'vitest';
import type { Faults } from '../../local/account/contracts.ts';
import { type LocalAccount, startLocal } from '../../local/account/start-local.ts';
import { createIndexSet } from '../../local/accounting/index-set.ts';
import { readLake } from '../../local/accounting/lake.ts';
import { GENERATORS } from '../../local/generator/index.ts';
import type { Generator } from '../../local/generator/records.ts';
import { produce } from '../../local/producer/kinesis.ts';
import { lakeTable, stackParts } from '../../local/run/stack.ts';

const clickstream = GENERATORS.clickstream as Generator;
const TOTAL = 2_000;
const SEED = 3;

const accounts: LocalAccount[] = [];
afterEach(async () => {
  for (const account of accounts.splice(0)) await account.stop();
});

/** Indices of events that the pipeline lets through, told by their content. */
const good = Array.from({ length: TOTAL }, (_, index) => index).filter((index) => {
  const { data } = clickstream.record(index, TOTAL, SEED);
  if (clickstream.isDropped(index, TOTAL, SEED)) return false;
  try {
    return (JSON.parse(data.toString()) as { timestamp?: string }).timestamp !== undefined;
  } catch {
    return false;
  }
});

/** Sends the good events through an account with these faults; gives what the lake then holds. */
async function sendThrough(faults: Faults) {
  const account = await startLocal({ faults, limits: false });
  accounts.push(account);
  const parts = stackParts(account.template.resources);
  const figures = { sent: 0, refused: 0 };
  const entries = good.map((index) => clickstream.record(index, TOTAL, SEED));
  await produce([entries], { endpoint: account.endpoint, stream: parts.stream }, figures);
  await account.drain({ timeoutMs: 40_000 });
  const seen = createIndexSet(TOTAL);
  const table = lakeTable(account.template.resources, 'EventsTable', account.objects.folderOf(parts.lakeBucket));
  const lake = await readLake(table, seen);
  const missing = good.filter((index) => !seen.has(index)).length;
  return { account, parts, figures, lake, missing };
}

describe('through faults of AWS, every event reaches the lake once', () => {
  it('when puts are throttled, into the stream and into the delivery stream', async () => {
    let draw = 0;
    const throttled = { kinesis: 0, firehose: 0 };
    const { figures, lake, missing } = await sendThrough({
      kinesisPut: () => {
        if (draw++ % 9 !== 0) return undefined;
        throttled.kinesis += 1;
        return 'ProvisionedThroughputExceededException';
      },
      firehosePut: () => {
        if (draw++ % 5 !== 0) return undefined;
        throttled.firehose += 1;
        return 'ServiceUnavailableException';
      },
    });
    expect(throttled.kinesis).toBeGreaterThan(100);
    expect(throttled.firehose).toBeGreaterThan(5);
    expect(figures).toEqual({ sent: good.length, refused: throttled.kinesis });
    expect({ missing, ...lake }).toEqual({ missing: 0, rows: good.length, duplicates: 0 });
  }, 60_000);

  it('when S3 refuses objects for a while', async () => {
    let refusals = 0;
    const { lake, missing, account, parts } = await sendThrough({
      s3Put: (bucket) => {
        if (!bucket.includes('lake') || refusals >= 6) return undefined;
        refusals += 1;
        return refusals % 2 === 0 ? 'SlowDown' : 'InternalError';
      },
    });
    expect(refusals).toBe(6);
    expect({ missing, ...lake }).toEqual({ missing: 0, rows: good.length, duplicates: 0 });
    expect(account.firehose.figures().find(({ name }) => name === parts.eventsDelivery)?.undelivered).toBe(0);
  }, 60_000);

  it('when functions are killed, before and after they worked, and answer late', async () => {
    let invocations = 0;
    const { lake, missing, account } = await sendThrough({
      invoke: (name) => {
        if (!/streamConsumer|firehoseTransform/.test(name)) return undefined;
        invocations += 1;
        if (invocations % 4 === 2) return 'crash';
        return invocations % 4 === 3 ? { delayMs: 100 } : undefined;
      },
    });
    const errors = account.functions.figures().reduce((sum, figures) => sum + figures.errors, 0);
    expect(errors).toBeGreaterThan(0);
    expect(missing).toBe(0);
    expect({ ...lake }).toEqual({ rows: good.length, duplicates: 0 });
  }, 60_000);
});
