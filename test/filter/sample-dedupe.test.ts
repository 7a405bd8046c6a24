import { describe, expect, it } from 'vitest';
import { dedupe, sample } from '../../shared/filter/index.ts';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import { runThrough } from '../factories/example.ts';
import { pipelineOf } from '../factories/pipeline.ts';

const SESSIONS = Array.from({ length: 4000 }, (_, index) => `{"session":"s-${index}","n":${index % 7}}`);

async function keptAt(share: number): Promise<ReadonlySet<number>> {
  const outcomes = await runThrough({ steps: [sample(share, 'session')] }, ...SESSIONS);
  return new Set(outcomes.flatMap(({ kind }, index) => (kind === 'ok' ? [index] : [])));
}

describe('sample', () => {
  it('keeps about its share', async () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const kept = (await keptAt(share)).size / SESSIONS.length;
      expect(Math.abs(kept - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / SESSIONS.length));
    }
  });

  it('keeps the same at every run, and more of the same with a larger share', async () => {
    const [few, again, many] = [await keptAt(0.1), await keptAt(0.1), await keptAt(0.3)];
    expect([...again]).toEqual([...few]);
    expect([...few].every((index) => many.has(index))).toBe(true);
  });

  it('decides by the key alone', async () => {
    const texts = ['{"session":"s-2","a":1}', '{"b":2,"session":"\\u0073-2"}', '{ "session" : "s-2" }'];
    const outcomes = await runThrough({ steps: [sample(0.5, 'session')] }, ...texts);
    expect(new Set(outcomes.map(({ kind }) => kind)).size).toBe(1);
  });
});

describe('dedupe', () => {
  it('knows a key in any spelling, and text from numbers', async () => {
    const texts = ['{"id":"a"}', '{"id":"\\u0061"}', '{"id":1}', '{"id":"1"}', '{"id":null}', '{"id":null}'];
    const outcomes = await runThrough({ steps: [dedupe('id')] }, ...texts);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'dropped', 'ok', 'ok', 'ok', 'ok']);
  });

  it('forgets when the batch ends', async () => {
    const pipeline = compilePipeline(pipelineOf({ steps: [dedupe('id')] }));
    const batch = [
      { id: 'a', data: '{"id":1}' },
      { id: 'b', data: '{"id":1}' },
    ];
    for (let time = 0; time < 2; time++) {
      expect((await pipeline.run(batch, { now: 0 })).map(({ kind }) => kind)).toEqual(['ok', 'dropped']);
    }
  });
});
