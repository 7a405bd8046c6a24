import { describe, expect, it } from 'vitest';
import { compilePipeline } from '../../shared/pipeline/compile.ts';
import type { PipelineDefinition } from '../../shared/pipeline/definition.ts';
import { day, drop, field, set, where } from '../../shared/pipeline/index.ts';
import { permanent } from '../../shared/record/failure.ts';
import { failed, type Outcome } from '../../shared/record/outcome.ts';
import type { CompiledStep, Step } from '../../shared/record/step.ts';
import { pipelineOf } from '../factories/pipeline.ts';

const LATER = set('seen', true);

function stepOf(compiled: CompiledStep, stage: Step['stage'] = 'enrich'): Step {
  return { name: 'custom', stage, compile: () => compiled };
}

async function run(definition: Partial<PipelineDefinition>, ...texts: readonly string[]): Promise<readonly Outcome[]> {
  const pipeline = compilePipeline(pipelineOf({ steps: [], ...definition }));
  return pipeline.run(
    texts.map((data, index) => ({ id: `r${index}`, data })),
    { now: 0 },
  );
}

const dropX = drop('x', where('x').exists());
const failY: Step = {
  name: 'failY',
  stage: 'filter',
  compile(compiler) {
    const selector = compiler.selector('y');
    return {
      apply: (document) =>
        document.get(selector) ? failed(permanent('MissingField', 'filter', 'y is there')) : undefined,
    };
  },
};
/** Waits for its batch, so that the pipeline runs step group by step group. */
const together = stepOf({ prepare: async () => undefined, apply: () => undefined });

describe.each([
  ['record by record', [] as Step[]],
  ['all records together', [together]],
])('a batch that is run %s', (_, extra) => {
  it('gives one outcome a record, in order', async () => {
    const outcomes = await run(
      { steps: [dropX, ...extra, failY] },
      '{"a":1}',
      '{"x":1}',
      '{"y":1}',
      'nonsense',
      '{"b":2}',
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'dropped', 'failed', 'failed', 'ok']);
  });

  it('leaves a record that no step touched as it came, with a newline', async () => {
    const texts = [
      '{"a" : 1.0}',
      ' {"b":-0,"b":1e2 }\t',
      '12345678901234567890',
      '"\\ud800"',
      '{"a":1}\n',
      '{"a":1}\r\n',
    ];
    const outcomes = await run({ steps: [...extra] }, ...texts);
    expect(outcomes.map((outcome) => outcome.kind === 'ok' && outcome.data)).toEqual([
      '{"a" : 1.0}\n',
      ' {"b":-0,"b":1e2 }\t\n',
      '12345678901234567890\n',
      '"\\ud800"\n',
      '{"a":1}\n',
      '{"a":1}\n',
    ]);
  });

  it('reads several documents of a record, and ends each with a newline', async () => {
    const [outcome] = await run({ steps: [...extra, LATER] }, '{"a":1}{"a":2}\r\n\r\n{"a":3}');
    expect(outcome).toEqual({
      kind: 'ok',
      documents: 3,
      data: '{"a":1,"seen":true}\n{"a":2,"seen":true}\n{"a":3,"seen":true}\n',
    });
  });

  it('leaves out dropped documents among kept ones, and counts them', async () => {
    const [some, all] = await run({ steps: [dropX, ...extra, LATER] }, '{"x":1}{"a":1}{"x":2}', '{"x":1}{"x":2}');
    expect(some).toEqual({ kind: 'ok', documents: 1, data: '{"a":1,"seen":true}\n', droppedDocuments: { x: 2 } });
    expect(all).toEqual({ kind: 'dropped', reason: 'x', documents: 2 });
  });

  it('fails a record at its bad document, and says which', async () => {
    const [notJson, failing, alone] = await run(
      { steps: [...extra, failY] },
      '{"a":1}\n{"a":}\n',
      '{"a":1}{"y":1}',
      '{"y":1}',
    );
    expect(notJson).toMatchObject({ kind: 'failed', failure: { code: 'InvalidJson', stage: 'decode', document: 1 } });
    expect(failing).toMatchObject({ kind: 'failed', failure: { code: 'MissingField', document: 1 } });
    expect(alone).toMatchObject({ kind: 'failed', failure: { code: 'MissingField' } });
    expect(alone?.kind === 'failed' && 'document' in alone.failure).toBe(false);
  });

  it('fails a record that holds nothing', async () => {
    const outcomes = await run({ steps: [...extra] }, '', ' \r\n');
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'EmptyRecord' } });
  });

  it('fails a record whose step throws, without what was thrown', async () => {
    const throwing = stepOf(
      {
        apply(document) {
          throw new Error(document.text());
        },
      },
      'mask',
    );
    const outcomes = await run({ steps: [...extra, throwing] }, '{"secret":"4111"}', 'x');
    expect(outcomes[0]).toEqual({
      kind: 'failed',
      failure: { code: 'StepFailed', stage: 'mask', message: 'custom threw an error', retryable: false },
    });
    expect(outcomes[1]).toMatchObject({ failure: { code: 'InvalidJson' } });
  });

  it('fails a record that a step broke, where a later step looks', async () => {
    const breaking = stepOf({
      apply: (document) => void document.each({ ...selectorOfA }, (node) => node.replace('{')),
    });
    const [outcome] = await run({ steps: [breaking, ...extra, dropInsideA] }, '{"a":1}');
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'StepFailed', stage: 'filter' } });
  });

  it('answers what is left as out of time', async () => {
    const pipeline = compilePipeline(pipelineOf({ steps: [...extra] }));
    const large = JSON.stringify('x'.repeat(40_000));
    let asked = 0;
    const outcomes = await pipeline.run(
      Array.from({ length: 6 }, (_, index) => ({ id: `r${index}`, data: large })),
      { now: 0, outOfTime: () => ++asked > 3 },
    );
    expect(outcomes).toHaveLength(6);
    expect(outcomes.at(-1)).toMatchObject({ kind: 'failed', failure: { code: 'OutOfTime', retryable: true } });
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds).toEqual([...kinds].sort().reverse());
  });

  it('does nothing more once it is out of time', async () => {
    let applied = 0;
    const counting = stepOf({
      apply: () => {
        applied++;
        return undefined;
      },
    });
    const pipeline = compilePipeline(pipelineOf({ steps: [...extra, counting] }));
    const outcomes = await pipeline.run(
      [
        { id: 'a', data: '{}' },
        { id: 'b', data: '{}' },
      ],
      { now: 0, outOfTime: () => true },
    );
    expect(outcomes.map((outcome) => outcome.kind === 'failed' && outcome.failure.code)).toEqual([
      'OutOfTime',
      'OutOfTime',
    ]);
    expect(applied).toBe(0);
  });

  it('gives partition keys, and tells a conflict', async () => {
    const partition = { kind: field('type'), dt: day('at') };
    const outcomes = await run(
      { steps: [...extra], partition },
      '{"type":"view","at":"2026-11-20T09:22:11Z"}',
      '{}',
      '{"type":"a","at":0}{"type":"a","at":1}',
      '{"type":"a","at":0}{"type":"b","at":0}',
    );
    expect(outcomes.slice(0, 3).map((outcome) => outcome.kind === 'ok' && outcome.partitionKeys)).toEqual([
      { kind: 'view', dt: '2026-11-20' },
      { kind: '__HIVE_DEFAULT_PARTITION__', dt: '__HIVE_DEFAULT_PARTITION__' },
      { kind: 'a', dt: '1970-01-01' },
    ]);
    expect(outcomes[3]).toMatchObject({
      kind: 'failed',
      failure: { code: 'PartitionConflict', document: 1, retryable: false },
    });
  });

  it('gives Iceberg targets, and tells where there is none', async () => {
    const iceberg = { database: 'lake', table: field('type'), operation: field('op', { default: 'insert' }) };
    const outcomes = await run(
      { steps: [...extra], iceberg },
      '{"type":"view"}',
      '{"type":"view","op":"delete"}',
      '{}',
      '{"type":"view","op":"merge"}',
      '{"type":"a"}{"type":"b"}',
    );
    expect(outcomes[0]).toMatchObject({
      iceberg: { destinationDatabaseName: 'lake', destinationTableName: 'view', operation: 'insert' },
    });
    expect(outcomes[1]).toMatchObject({ iceberg: { operation: 'delete' } });
    expect(outcomes.slice(2).map((outcome) => outcome.kind === 'failed' && outcome.failure.code)).toEqual([
      'NoIcebergTarget',
      'NoIcebergTarget',
      'PartitionConflict',
    ]);
  });

  it('fails what a format could not read or write, without its words', async () => {
    const input = {
      name: 'odd',
      decode: (data: string) => {
        throw new Error(data);
      },
    };
    const output = {
      name: 'odd',
      encode: (texts: readonly string[]) => {
        throw new Error(texts[0]);
      },
    };
    const [decoding] = await run({ steps: [...extra], input }, 'SECRET');
    expect(decoding).toMatchObject({ failure: { code: 'DecodeFailed', message: 'odd could not read the record' } });
    const [encoding] = await run({ steps: [...extra], output }, '"SECRET"');
    expect(encoding).toMatchObject({ failure: { code: 'EncodeFailed', message: 'the record could not leave as odd' } });
  });
});

describe('steps that prepare', () => {
  it('see at once every document that reached them', async () => {
    const seen: string[][] = [];
    const preparing = stepOf({
      async prepare(documents) {
        seen.push(documents.map((document) => document.text()));
      },
      apply: () => undefined,
    });
    await run(
      { steps: [dropX, failY, preparing, LATER, preparing] },
      '{"a":1}',
      '{"x":1}{"a":2}',
      '{"y":1}',
      'bad',
      '{"a":3}',
    );
    expect(seen).toEqual([
      ['{"a":1}', '{"a":2}', '{"a":3}'],
      ['{"a":1,"seen":true}', '{"a":2,"seen":true}', '{"a":3,"seen":true}'],
    ]);
  });

  it('that reject fail the records that had come so far, to be tried again', async () => {
    const rejecting = stepOf({ prepare: () => Promise.reject(new Error('SECRET')), apply: () => undefined });
    const outcomes = await run({ steps: [dropX, rejecting, LATER] }, '{"a":1}', '{"x":1}');
    expect(outcomes[0]).toMatchObject({ kind: 'failed', failure: { code: 'StepFailed', retryable: true } });
    expect(outcomes[1]).toMatchObject({ kind: 'dropped' });
    expect(JSON.stringify(outcomes)).not.toContain('SECRET');
  });

  it('are not asked when no document is left', async () => {
    let asked = 0;
    const preparing = stepOf({ prepare: async () => void asked++, apply: () => undefined });
    await run({ steps: [dropX, preparing] }, '{"x":1}');
    expect(asked).toBe(0);
  });
});

describe('steps that refresh', () => {
  it('are awaited once a batch, and leave the batch one pass', async () => {
    const order: string[] = [];
    const refreshing = stepOf({
      refresh: async () => void order.push('refresh'),
      apply: () => void order.push('apply'),
    });
    await run({ steps: [refreshing] }, '{}', '{}');
    expect(order).toEqual(['refresh', 'apply', 'apply']);
  });

  it('that reject fail the batch, to be tried again', async () => {
    const refreshing = stepOf({ refresh: () => Promise.reject(new Error('x')), apply: () => undefined });
    const outcomes = await run({ steps: [refreshing] }, '{}', '{}');
    for (const outcome of outcomes) expect(outcome).toMatchObject({ failure: { code: 'StepFailed', retryable: true } });
    expect(outcomes).toHaveLength(2);
  });
});

const selectorOfA = (await import('../../shared/json/index.ts')).selectorOf('a');
const dropInsideA = drop('inside', where('a.b').exists());
