import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../../shared/formats/index.ts';
import { permanent } from '../../shared/record/failure.ts';
import { dropped, failed, type Outcome } from '../../shared/record/outcome.ts';
import { readFirehoseEvent } from '../../shared/sources/firehose.ts';
import { createEndings } from '../../shared/sources/firehose-answer.ts';
import type { FirehoseBatch } from '../../shared/sources/firehose-batch.ts';
import { type ReingestEntry, type RespondOptions, respondFirehose } from '../../shared/sources/firehose-respond.ts';
import { directPutEvent, kinesisSourceEvent } from '../factories/firehose-event.ts';

const BUDGET = 20_000;
const deadline = { remainingMs: () => 60_000 };
const ok = (bytes: number, more: object = {}): Outcome => ({
  kind: 'ok',
  data: 'x'.repeat(bytes),
  documents: 1,
  ...more,
});
const bad = failed(permanent('InvalidJson', 'decode', 'byte 0: …'));

function reingesting(confirms: (entry: ReingestEntry) => boolean = () => true) {
  const entries: ReingestEntry[] = [];
  const options: RespondOptions = {
    deadline,
    budget: BUDGET,
    split: json().split!,
    reingest: async (_, given) => {
      entries.push(...given);
      return given.map(confirms);
    },
  };
  return { entries, options };
}

async function answer(batch: FirehoseBatch, outcomes: readonly Outcome[], options: RespondOptions) {
  const endings = createEndings();
  const result = await respondFirehose(batch, outcomes.map(endings.of), options);
  return { ...result, combinations: endings.combinations() };
}

function respond(
  records: readonly string[],
  outcomes: readonly Outcome[],
  options: RespondOptions = { deadline, budget: BUDGET },
) {
  return answer(readFirehoseEvent(kinesisSourceEvent(records)), outcomes, options);
}

function results(result: Awaited<ReturnType<typeof respond>>): string[] {
  return result.response.records.map((answer) => answer.result);
}

describe('the answer to a delivery stream', () => {
  it('has one answer a record, in order, with data always', async () => {
    const { response } = await respond(['a', 'b', 'c'], [ok(3), dropped('test'), bad]);
    expect(response).toEqual({
      records: [
        { recordId: 'r0', result: 'Ok', data: 'eHh4' },
        { recordId: 'r1', result: 'Dropped', data: 'Yg==' },
        { recordId: 'r2', result: 'ProcessingFailed', data: 'Yw==' },
      ],
    });
  });

  it('carries partition keys and Iceberg targets', async () => {
    const iceberg = { destinationDatabaseName: 'd', destinationTableName: 't', operation: 'insert' } as const;
    const { response, combinations } = await respond(
      ['a', 'b', 'c'],
      [
        ok(1, { partitionKeys: { dt: '1' } }),
        ok(1, { partitionKeys: { dt: '2' }, iceberg }),
        ok(1, { partitionKeys: { dt: '1' } }),
      ],
    );
    expect(response.records.map(({ metadata }) => metadata)).toEqual([
      { partitionKeys: { dt: '1' } },
      { partitionKeys: { dt: '2' }, otfMetadata: iceberg },
      { partitionKeys: { dt: '1' } },
    ]);
    expect(combinations).toBe(2);
  });

  it('puts back what has no room, the original bytes, and drops it only when that is confirmed', async () => {
    const records = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100));
    const outcomes = records.map(() => ok(6_000));
    const { entries, options } = reingesting(({ data }) => !data.startsWith('d'));
    const result = await respond(records, outcomes, options);
    expect(results(result)).toEqual(['Ok', 'Ok', 'Dropped', 'ProcessingFailed']);
    expect(entries.map(({ data, partitionKey }) => [data, partitionKey])).toEqual([
      [records[2], 'k2'],
      [records[3], 'k3'],
    ]);
    expect(atob(result.response.records[3]!.data)).toBe(records[3]);
    expect(result.endings[3]).toMatchObject({ kind: 'failed', failure: { code: 'NoRoomInAnswer', retryable: true } });
  });

  it.each([
    ['there is nowhere to put it', { deadline, budget: BUDGET }],
    ['putting back throws', { deadline, budget: BUDGET, reingest: () => Promise.reject(new Error('x')) }],
    ['nothing is answered', { deadline, budget: BUDGET, reingest: async () => [] }],
  ])('fails what has no room where %s', async (_, options) => {
    const result = await respond(['a', 'b'], [ok(10_000), ok(10_000)], options);
    expect(results(result)).toEqual(['Ok', 'ProcessingFailed']);
  });

  it('fails at once what fits no answer and can not be taken apart', async () => {
    const { entries, options } = reingesting();
    const result = await respond(['{"one":1}', '{}'], [ok(30_000), ok(10)], options);
    expect(results(result)).toEqual(['ProcessingFailed', 'Ok']);
    expect(result.endings[0]).toMatchObject({
      failure: { code: 'AnswerTooLarge', stage: 'respond', retryable: false },
    });
    expect(entries).toEqual([]);
  });

  it('takes a record that fits no answer apart by its documents, each piece smaller than the whole', async () => {
    const record = Array.from({ length: 10 }, (_, n) => `{"n":${n}}`).join('\n');
    const { entries, options } = reingesting();
    const result = await respond([record], [ok(30_000)], options);
    expect(results(result)).toEqual(['Dropped']);
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.every(({ data }) => data.length < record.length)).toBe(true);
    expect(entries.map(({ data }) => data).join('')).toBe(`${record}\n`);
    expect(entries.every(({ partitionKey }) => partitionKey === 'k0')).toBe(true);
  });

  it('fails the whole of a record when one of its pieces is not confirmed', async () => {
    const { options } = reingesting(({ data }) => !data.includes('9'));
    const late = { ...options, deadline: { remainingMs: () => -1 } };
    expect((await respond(['{}{}'], [ok(30_000)], late)).endings).toMatchObject([
      { failure: { code: 'NoRoomInAnswer' } },
    ]);
    const result = await respond(
      [Array.from({ length: 10 }, (_, n) => `{"n":${n}}`).join('\n')],
      [ok(30_000)],
      options,
    );
    expect(results(result)).toEqual(['ProcessingFailed']);
  });

  it('puts documents that belong in different partitions back one by one', async () => {
    const conflict = failed(permanent('PartitionConflict', 'partition', '…'));
    const { entries, options } = reingesting();
    const result = await respond(['{"a":1}{"a":2}\n{"a":3}', '{"a":1}'], [conflict, conflict], options);
    expect(results(result)).toEqual(['Dropped', 'ProcessingFailed']);
    expect(entries.map(({ data }) => data)).toEqual(['{"a":1}\n', '{"a":2}\n', '{"a":3}\n']);
    expect(results(await respond(['{}{}'], [conflict]))).toEqual(['ProcessingFailed']);
  });

  it('keeps room for the originals of what fails', async () => {
    const records = ['a'.repeat(6_000), 'b'.repeat(3_000), 'c'];
    const { options } = reingesting();
    const result = await respond(records, [bad, ok(6_000), ok(10)], options);
    expect(results(result)).toEqual(['ProcessingFailed', 'Ok', 'Ok']);
    const full = await respond(records, [bad, ok(9_000), ok(10)], options);
    expect(results(full)).toEqual(['ProcessingFailed', 'Dropped', 'Ok']);
  });

  it('answers the largest even where that leaves no room for the bytes of those that wait', async () => {
    const records = Array.from({ length: 4 }, (_, n) => String(n).repeat(3_000));
    const { entries, options } = reingesting();
    const result = await respond(records, [ok(3_500), ok(14_000), ok(3_500), ok(3_500)], options);
    expect(results(result)).toEqual(['Dropped', 'Ok', 'Dropped', 'Dropped']);
    expect(entries.map(({ data }) => data)).toEqual([records[0], records[2], records[3]]);
    const unconfirmed = await respond(
      records,
      [ok(3_500), ok(14_000), ok(3_500), ok(3_500)],
      reingesting(() => false).options,
    );
    expect(results(unconfirmed)).toEqual([
      'ProcessingFailed',
      'ProcessingFailed',
      'ProcessingFailed',
      'ProcessingFailed',
    ]);
    expect(unconfirmed.response.records.map(({ data }) => atob(data))).toEqual(records);
  });

  it('is as large as it was counted, to a byte, whatever the ids and keys are', async () => {
    const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
    const record = fc.record({
      id: fc.string({ unit: 'binary' }),
      bytes: fc.uint8Array({ maxLength: 400 }),
      out: fc.nat(800),
      kind: fc.constantFrom('ok', 'dropped', 'failed'),
      keys: fc.option(fc.dictionary(fc.string(), fc.string())),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 12 }), fc.boolean(), async (records, confirms) => {
        const event = { ...directPutEvent(records.map(({ bytes }) => bytes)) };
        for (const [index, entry] of event.records.entries()) entry.recordId = records[index]!.id;
        const outcomes = records.map(({ kind, out, keys }) =>
          kind === 'ok'
            ? ok(out, keys === null ? {} : { partitionKeys: keys })
            : kind === 'dropped'
              ? dropped('x')
              : bad,
        );
        const batch = readFirehoseEvent(event);
        const free = await answer(batch, outcomes, { deadline, budget: Number.MAX_SAFE_INTEGER });
        expect(free.response.records.map(({ recordId }) => recordId)).toEqual(records.map(({ id }) => id));
        const size = sizeOf(free.response);
        const originals = sizeOf({
          records: event.records.map(({ recordId, data }) => ({ recordId, result: 'ProcessingFailed', data })),
        });
        const { options } = reingesting(() => confirms);
        const exact = await answer(batch, outcomes, { ...options, budget: size + 1 });
        expect(exact.response).toEqual(free.response);
        for (const budget of [size - 1, Math.floor((size + originals) / 2), originals + 1]) {
          if (budget <= originals) continue;
          const tight = await answer(batch, outcomes, { ...options, budget });
          expect(sizeOf(tight.response)).toBeLessThanOrEqual(budget);
          expect(tight.response.records.map(({ recordId }) => recordId)).toEqual(records.map(({ id }) => id));
          for (const [index, { result, data }] of tight.response.records.entries()) {
            if (result === 'ProcessingFailed') expect(data).toBe(event.records[index]!.data);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('putting back', () => {
  /** A delivery stream in memory: batches of what is waiting, until nothing waits. `grow` makes answers of records. */
  async function drain(records: readonly string[], grow: (record: string) => Outcome, batchBytes: number) {
    let waiting = [...records];
    const delivered: string[] = [];
    const failures: string[] = [];
    let invocations = 0;
    while (waiting.length > 0) {
      if (++invocations > 10_000) throw new Error('it does not end');
      let [bytes, size] = [0, 0];
      while (size < waiting.length && (size === 0 || bytes + waiting[size]!.length <= batchBytes))
        bytes += waiting[size++]!.length;
      const batch = waiting.slice(0, size);
      waiting = waiting.slice(size);
      const { entries, options } = reingesting();
      const result = await answer(readFirehoseEvent(directPutEvent(batch)), batch.map(grow), options);
      expect(Buffer.byteLength(JSON.stringify(result.response))).toBeLessThanOrEqual(BUDGET);
      waiting.push(...entries.map(({ data }) => data));
      for (const [index, answer] of result.response.records.entries()) {
        if (answer.result === 'Ok') delivered.push(batch[index]!);
        if (answer.result === 'ProcessingFailed') failures.push(batch[index]!);
      }
    }
    return { delivered, failures, invocations };
  }

  it('ends when every record expands 50-fold', async () => {
    const records = Array.from({ length: 120 }, (_, n) => `${n}:`.padEnd(200, 'x'));
    const { delivered, failures } = await drain(records, (record) => ok(record.length * 50), 10_000);
    expect(delivered.toSorted()).toEqual(records.toSorted());
    expect(failures).toEqual([]);
  });

  it('ends when each record alone fills an answer', async () => {
    const records = Array.from({ length: 30 }, (_, n) => `${n}:`.padEnd(300, 'x'));
    const { delivered, invocations } = await drain(records, () => ok(13_500), 10_000);
    expect(delivered).toHaveLength(30);
    expect(invocations).toBeLessThanOrEqual(30);
  });

  it('ends when records have to be taken apart again and again', async () => {
    const documents = Array.from({ length: 64 }, (_, n) => `{"n":${n}}`);
    const grow = (record: string) => ok(record.trim().split('\n').length * 5_000);
    const { delivered, failures } = await drain([documents.join('\n')], grow, 10_000);
    expect(delivered.flatMap((record) => record.trim().split('\n')).toSorted()).toEqual(documents.toSorted());
    expect(failures).toEqual([]);
  });

  it('ends for any sizes, losing nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.nat(18_000)), { maxLength: 30 }),
        async (sizes) => {
          const records = sizes.map(([size, grown], n) => `${n}:${grown}:`.padEnd(size, 'x'));
          const { delivered, failures } = await drain(records, (record) => ok(Number(record.split(':')[1])), 4_000);
          expect([...delivered, ...failures].toSorted()).toEqual(records.toSorted());
          expect(failures.every((record) => Number(record.split(':')[1]) > 13_000)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
