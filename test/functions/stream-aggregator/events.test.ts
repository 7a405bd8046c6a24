import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createAggregator } from '../../../functions/stream-aggregator/aggregate.ts';
import { pipelineNamed, pipelines } from '../../../pipelines/index.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  process.env.MASK_KEY = 'a key for tests, of more than 32 bytes';
});

const CASES = globSync('events/stream-aggregator/*.json').filter((file) => !file.endsWith('.expected.json'));

describe('sample events of the stream aggregator', () => {
  it('are there: a window’s first batch, one with a state, a last call, a hostile one', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(4);
  });

  // None of them closes a window that has figures, so that each can be tried without a table.
  it.each(CASES)('%s is answered as its .expected.json says', async (file) => {
    const event = JSON.parse(readFileSync(file, 'utf8'));
    const answer = await createAggregator(pipelineNamed('clickstream'))(event, { remainingMs: () => 60_000 });
    const expected = file.replace('.json', '.expected.json');
    await expect(`${JSON.stringify(answer, null, 2)}\n`).toMatchFileSnapshot(`../../../${expected}`);
  });

  it.each(pipelines.map((pipeline) => [pipeline.name, pipeline]))('%s can be counted', (_, pipeline) => {
    expect(() => createAggregator(pipeline)).not.toThrow();
  });
});
