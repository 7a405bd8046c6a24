import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  documents,
  type FakeAccount,
  fakeAccount,
  figuresOf,
  lambda,
  partitioned,
  ROLE_ARN,
  resource,
  type TransformEvent,
  text,
} from './account.ts';

/** What the transform does with a record, or with a whole batch. */
const RECORD_WAYS = [
  'ok',
  'ok',
  'ok',
  'dropped',
  'failed',
  'missing',
  'doubled',
  'no-data',
  'no-key',
  'not-json',
] as const;
const BATCH_WAYS = [
  'answer',
  'answer',
  'answer',
  'throw',
  'throw-once',
  'garbage',
  'unknown-result',
  'bad-base64',
] as const;

const scenario = fc.record({
  format: fc.constantFrom('plain', 'gzip', 'parquet', 'partitioned'),
  bufferMb: fc.constantFrom('0.2', '1'),
  retries: fc.integer({ min: 0, max: 2 }),
  memoryBytes: fc.constantFrom(8 * 1024, 64 * 1024 * 1024),
  /** Of each record: its size, and what becomes of it. */
  records: fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), fc.constantFrom(...RECORD_WAYS)), { maxLength: 60 }),
  batches: fc.array(fc.constantFrom(...BATCH_WAYS), { minLength: 1, maxLength: 8 }),
  /** Every so many puts to S3 are refused; 0: none. */
  refuseEvery: fc.integer({ min: 0, max: 3 }),
  /** Milliseconds to let pass after each record. */
  pauses: fc.array(fc.constantFrom(0, 0, 500, 70_000), { minLength: 1, maxLength: 6 }),
  backup: fc.boolean(),
});

interface Returned {
  readonly recordId: string;
  readonly result: string;
  readonly data?: string;
  readonly metadata?: object;
}

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function destination({ format, bufferMb, retries, backup }: Scenario): Record<string, unknown> {
  const processing = lambda({
    BufferSizeInMBs: bufferMb,
    BufferIntervalInSeconds: '60',
    NumberOfRetries: String(retries),
  });
  const prefixes = { Prefix: 'data/', ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/' };
  const backedUp = backup
    ? { S3BackupMode: 'Enabled', S3BackupConfiguration: { RoleARN: ROLE_ARN, BucketARN: 'arn:aws:s3:::backup' } }
    : {};
  const conversion = {
    SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'events' },
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
  };
  switch (format) {
    case 'plain':
      return { ...processing, ...prefixes, ...backedUp, BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 } };
    case 'gzip':
      return { ...processing, ...prefixes, ...backedUp, CompressionFormat: 'GZIP' };
    case 'parquet':
      return { ...processing, ...prefixes, ...backedUp, DataFormatConversionConfiguration: conversion };
    case 'partitioned':
      return { ...partitioned(processing), ...backedUp, DataFormatConversionConfiguration: conversion };
  }
}

/** Records know by their own text what is to become of them: `{"id":3,"way":"ok",…}`. */
function transform(batches: Scenario['batches']): (event: TransformEvent) => Answer {
  let calls = 0;
  const tried = new Set<string>();
  return (event) => {
    const way = batches[calls++ % batches.length];
    const first = event.records[0]!.recordId;
    if (way === 'throw' || (way === 'throw-once' && !tried.has(first))) {
      tried.add(first);
      return { failed: {} };
    }
    if (way === 'garbage') return '{"records":';
    const records = event.records.flatMap(({ recordId, data }): Returned[] => {
      const { id, way } = JSON.parse(text(data)) as { id: number; way: string };
      const metadata = { partitionKeys: way === 'no-key' ? {} : { kind: String(id % 3) } };
      const ok = { recordId, result: 'Ok', data, metadata };
      if (way === 'dropped') return [{ ...ok, result: 'Dropped' }];
      if (way === 'failed') return [{ ...ok, result: 'ProcessingFailed' }];
      if (way === 'missing') return [];
      if (way === 'doubled') return [ok, ok];
      if (way === 'no-data') return [{ recordId, result: 'Ok' }];
      if (way === 'not-json') return [{ ...ok, data: Buffer.from(`not json ${id}\n`).toString('base64') }];
      return [ok];
    });
    if (way === 'unknown-result' && records[0] !== undefined) records[0] = { ...records[0], result: 'Maybe' };
    if (way === 'bad-base64' && records[0] !== undefined) records[0] = { ...records[0], data: '%%%' };
    return { records };
  };
}

/** The id that stands in a delivered line, a raw record or a line that the transform made. */
const idIn = (line: string): number => Number(/(?:"id":|not json )(\d+)/.exec(line)![1]);

async function deliveredIds(account: FakeAccount): Promise<number[]> {
  const ids: number[] = [];
  for (const { key, body } of account.under('data/')) {
    if (key.endsWith('.parquet')) {
      const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer;
      for (const row of await parquetReadObjects({ file })) ids.push(Number((row as { id: bigint }).id));
    } else {
      const content = key.endsWith('.gz') ? gunzipSync(body) : body;
      for (const line of content.toString().split('\n')) if (line !== '') ids.push(idIn(line));
    }
  }
  return ids;
}

function failedIds(account: FakeAccount): number[] {
  return account
    .under('errors/')
    .flatMap(documents)
    .map((document) => idIn(text(document.rawData as string)));
}

describe('every record that was put', () => {
  it('ends exactly once: delivered, dropped or failed', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const account = fakeAccount({ memoryBytes: given.memoryBytes });
        try {
          account.tables.set('lake.events', {
            columns: [
              { name: 'id', type: 'bigint' },
              { name: 'way', type: 'string' },
            ],
            partitionKeys: [],
          });
          let puts = 0;
          account.faults.s3Put = () =>
            given.refuseEvery > 0 && ++puts % (given.refuseEvery + 1) === 0 ? 'SlowDown' : undefined;
          account.setHandler(transform(given.batches));
          account.firehose.create(resource(destination(given)));
          for (const [id, [size, way]] of given.records.entries()) {
            const record = Buffer.from(`${JSON.stringify({ id, way, filler: 'x'.repeat(size) })}\n`);
            await account.firehose.put('delivery', [record]);
            await account.clock.advance(given.pauses[id % given.pauses.length]!);
          }
          for (let round = 0; round < 4 && !account.firehose.idle(); round++) await account.firehose.flush();

          const figures = figuresOf(account);
          const delivered = await deliveredIds(account);
          const failed = failedIds(account);
          const ended = [...delivered, ...failed];
          expect(new Set(ended).size).toBe(ended.length);
          expect(figures).toMatchObject({ recordsIn: given.records.length, delivered: delivered.length, held: 0 });
          expect(ended.length + figures.dropped).toBe(given.records.length);
          const counted = Object.values(figures.failed).flatMap((codes) => Object.values(codes));
          expect(counted.reduce((sum, count) => sum + count, 0)).toBe(failed.length);
          // A record that was dropped is missing from both; all others are there.
          for (const [id, [, way]] of given.records.entries()) {
            if (way !== 'dropped') expect(ended).toContain(id);
          }
          if (given.backup) expect(figures.backupRecords).toBe(given.records.length);
          expect(account.firehose.idle()).toBe(true);
        } finally {
          await account.stop();
        }
      }),
      { numRuns: 300 },
    );
  });
});
