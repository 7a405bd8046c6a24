import { describe, expect, it } from 'vitest';
import { drop, sample } from '../../shared/filter/index.ts';
import { compilePipeline, PipelineError } from '../../shared/pipeline/compile.ts';
import { day, field, require, set, where } from '../../shared/pipeline/index.ts';
import type { Step } from '../../shared/record/step.ts';
import { pipelineOf } from '../factories/pipeline.ts';

function faultsOf(definition: Parameters<typeof pipelineOf>[0]): readonly string[] {
  try {
    compilePipeline(pipelineOf(definition));
    return [];
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return error.faults;
  }
}

describe('a pipeline’s definition', () => {
  it('compiles once, and says who it is', () => {
    const pipeline = compilePipeline(pipelineOf({ name: 'clicks', version: '7', steps: [require('id')] }));
    expect([pipeline.name, pipeline.version]).toEqual(['clicks', '7']);
  });

  it('is told all its faults at once, each with its place', () => {
    const faults = faultsOf({
      name: 'Click Stream',
      steps: [require('id', 'a..b'), drop('', where('x[').exists()), set('a.*', 1), sample(2, 'id')],
      partition: { 'event type': field('a]'), dt: day('at') },
      iceberg: { database: 'lake', table: field('[') },
      id: field(''),
    });
    expect(faults).toEqual([
      'name "Click Stream": lower case letters, digits and hyphens, a letter first',
      'steps[0] require: path "a..b": a name is missing at 2',
      'steps[1] drop: the reason is empty',
      'steps[1] drop: path "x[": "[" at 1 is not closed',
      'steps[2] set: path "a.*": no wildcards here',
      'steps[3] sample: the share must be from 0 to 1',
      'partition: partition key "event type": letters, digits and _ only',
      'partition: path "a]": a key with brackets or quotes is written ["…"], at 0',
      'iceberg: path "[": "[" at 0 is not closed',
      'id: a path is empty',
    ]);
  });

  it('reports a step that throws while it is compiled', () => {
    const broken: Step = {
      name: 'broken',
      stage: 'enrich',
      compile() {
        throw new Error('no such database');
      },
    };
    expect(faultsOf({ steps: [broken] })).toEqual(['steps[0] broken: no such database']);
  });

  it('puts every fault into the error’s message', () => {
    const definition = pipelineOf({ name: 'clicks', steps: [require('.'), require()] });
    expect(() => compilePipeline(definition)).toThrow(
      /^pipeline clicks: 2 faults:\n- steps\[0\] require: .*\n- steps\[1\] require: it names no path$/,
    );
  });
});

describe('loading', () => {
  const loading = (load: () => Promise<void>): Step => ({
    name: 'keys',
    stage: 'mask',
    compile: () => ({ load, apply: () => undefined }),
  });

  it('happens once, and before the first batch', async () => {
    let loads = 0;
    const pipeline = compilePipeline(pipelineOf({ steps: [loading(async () => void loads++)] }));
    const records = [{ id: 'r', data: '{}' }];
    await Promise.all([pipeline.load(), pipeline.run(records, { now: 0 })]);
    await pipeline.run(records, { now: 0 });
    expect(loads).toBe(1);
  });

  it('that fails is told at start-up, and tried again', async () => {
    let loads = 0;
    const step = loading(async () => {
      if (++loads === 1) throw new Error('the secret is missing');
    });
    const pipeline = compilePipeline(pipelineOf({ steps: [step] }));
    await expect(pipeline.load()).rejects.toThrow('the secret is missing');
    const [outcome] = await pipeline.run([{ id: 'r', data: '{}' }], { now: 0 });
    expect([outcome?.kind, loads]).toEqual(['ok', 2]);
  });

  it('that fails within a batch fails its records, to be tried again', async () => {
    const pipeline = compilePipeline(pipelineOf({ steps: [loading(async () => Promise.reject(new Error('SECRET')))] }));
    const outcomes = await pipeline.run(
      [
        { id: 'a', data: '{}' },
        { id: 'b', data: '{}' },
      ],
      { now: 0 },
    );
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'NotLoaded', retryable: true } });
    expect(JSON.stringify(outcomes)).not.toContain('SECRET');
  });
});
