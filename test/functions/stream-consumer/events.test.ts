import { globSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createConsumer } from '../../../functions/stream-consumer/consume.ts';
import { pipelineNamed } from '../../../pipelines/index.ts';
import { readDeadLetter } from '../../../shared/record/dead-letter.ts';
import { awsError, createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';

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
const CASES = globSync('events/stream-consumer/*.json').filter((file) => !file.endsWith('.expected.json'));

let fake: FakeAws;
beforeEach(() => {
  fake = createFakeAws();
  connection.fake = fake;
  vi.stubEnv('DELIVERY_STREAM', 'sluice-dev-events');
  vi.stubEnv('DEAD_LETTER_QUEUE_URL', QUEUE);
  vi.stubEnv('MASK_KEY', 'a key for tests');
});

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

/** What the destination holds, a document each, without the dead letters. */
function delivered(): unknown[] {
  const letters = new Set(fake.messages.get(QUEUE) ?? []);
  const entries = fake.held.map(({ bytes }) => bytes.toString()).filter((text) => !letters.has(text));
  return entries.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line));
}

function deadLetters(): unknown[] {
  return (fake.messages.get(QUEUE) ?? []).map((body) => {
    const { failure, origin, data } = readDeadLetter(body)!;
    const { code, stage } = failure;
    return { code, stage, origin, data };
  });
}

describe('sample events of the stream consumer', () => {
  it('are there: plain, aggregated, by enhanced fan-out, hostile', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(4);
  });

  it.each(CASES)('%s has what its .expected.json says', async (file) => {
    const answer = await createConsumer(pipelineNamed('clickstream'))(read(file), MINUTE);
    const expected = file.replace('.json', '.expected.json');
    const got = { answer, delivered: delivered(), deadLetters: deadLetters() };
    await expect(`${JSON.stringify(got, null, 2)}\n`).toMatchFileSnapshot(`../../../${expected}`);
  });

  it.each(CASES)('%s is answered as failed from its first record where nothing can be reached', async (file) => {
    fake.failCommand = () => awsError('CredentialsProviderError');
    const event = read(file);
    const answer = await createConsumer(pipelineNamed('clickstream'))(event, MINUTE);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: event.Records[0].kinesis.sequenceNumber }] });
  });
});
