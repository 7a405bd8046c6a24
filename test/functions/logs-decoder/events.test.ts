import { globSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDecoder } from '../../../functions/logs-decoder/decode.ts';
import { pipelineNamed } from '../../../pipelines/index.ts';
import { readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';

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
const CASES = globSync('events/logs-decoder/*.json').filter((file) => !file.endsWith('.expected.json'));

let fake: FakeAws;
beforeEach(() => {
  fake = createFakeAws();
  connection.fake = fake;
  vi.stubEnv('DELIVERY_STREAM', 'sluice-local-logs');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', QUEUE);
});

function delivered(): unknown[] {
  const letters = new Set(fake.messages.get(QUEUE) ?? []);
  const entries = fake.held.map(({ bytes }) => bytes.toString()).filter((text) => !letters.has(text));
  return entries.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

function deadLetters(): unknown[] {
  return (fake.messages.get(QUEUE) ?? []).map((body) => {
    const { failure, origin, data } = readDeadLetter(body)!;
    return { code: failure.code, stage: failure.stage, origin, data };
  });
}

describe('sample events of the logs decoder', () => {
  it('are there: an application, Lambda itself, an account policy, a health check, hostile ones', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(6);
    expect(CASES.filter((file) => file.includes('hostile')).length).toBeGreaterThanOrEqual(2);
  });

  it.each(CASES)('%s has what its .expected.json says', async (file) => {
    const decode = createDecoder(pipelineNamed('application-logs'), ['/aws/lambda/sluice-local-']);
    const answer = await decode(JSON.parse(readFileSync(file, 'utf8')), MINUTE, 'r-1');
    const got = { answer, delivered: delivered(), deadLetters: deadLetters() };
    const expected = file.replace('.json', '.expected.json');
    await expect(`${JSON.stringify(got, null, 2)}\n`).toMatchFileSnapshot(`../../../${expected}`);
  });
});
