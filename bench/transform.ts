import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { PipelineDefinition } from '../shared/pipeline/index.ts';
import { clickstreamTexts, eventOfTexts, type TransformationEvent } from './clickstream.ts';
import { type Subject, type Timing, timeInTurns } from './measure.ts';

/**
 * `npm run bench [-- --json FILE]`: what a Firehose transform costs, from the event that Lambda hands over to the answer,
 * against parsing and writing JSON alone (the floor) and against the same work written the usual way. One process, one core.
 */

// Before the platform's modules are loaded: what is measured is the work, not the terminal.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';
process.env.MASK_KEY ??= 'a key for the bench, of 32 bytes';
const KEY = process.env.MASK_KEY;

const { compilePipeline } = await import('../shared/pipeline/compile.ts');
const { pipelineNamed } = await import('../pipelines/index.ts');
const { allOutcomes, readableRecords, readFirehoseEvent } = await import('../shared/sources/firehose.ts');
const { respondFirehose } = await import('../shared/sources/firehose-respond.ts');
const { powertoolsWay } = await import('./powertools-way.ts');
const { usualWay } = await import('./usual-way.ts');

const DEADLINE = { remainingMs: () => 60_000 };

type Transform = (batch: TransformationEvent) => unknown;

/** The transform's work on an event, as its handler does it: read, run, answer. */
async function sluice(definition: PipelineDefinition): Promise<Transform> {
  const pipeline = compilePipeline(definition);
  await pipeline.load();
  return async (event) => {
    const batch = readFirehoseEvent(event);
    const ran = await pipeline.run(readableRecords(batch), { now: Date.now() });
    return (await respondFirehose(batch, allOutcomes(batch, ran), { deadline: DEADLINE })).response;
  };
}

/** Base64-decode, JSON.parse, JSON.stringify, base64-encode: the least that a transform which parses can do. */
function floor(batch: TransformationEvent) {
  return {
    records: batch.records.map(({ recordId, data }) => {
      const parsed = JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
      return { recordId, result: 'Ok', data: Buffer.from(JSON.stringify(parsed)).toString('base64') };
    }),
  };
}

/** The same over atob and btoa, which are faster but read UTF-8 as Latin-1: for comparison only. */
function floorOfBytes(batch: TransformationEvent) {
  return {
    records: batch.records.map(({ recordId, data }) => ({
      recordId,
      result: 'Ok',
      data: btoa(JSON.stringify(JSON.parse(atob(data)))),
    })),
  };
}

const whole = pipelineNamed('clickstream');
const undetected = { ...whole, steps: whole.steps.filter(({ name }) => name !== 'maskDetected') };

const TRANSFORMS: readonly (readonly [string, Transform])[] = [
  ['floor', floor],
  ['floor over atob/btoa', floorOfBytes],
  ['clickstream without detection', await sluice(undetected)],
  ['clickstream', await sluice(whole)],
  ['the usual way', (batch) => usualWay(batch, KEY)],
  ['powertools parser + the usual way', (batch) => powertoolsWay(batch, KEY)],
];

/** Batches enough that what is remembered from one to the next is what a stream would let a function remember. */
function batchesOf(records: number, bytes: number): readonly TransformationEvent[] {
  const count = Math.max(2, Math.min(32, Math.round(32_000_000 / (records * bytes))));
  return Array.from({ length: count }, (_, batch) => eventOfTexts(clickstreamTexts(batch * records, records, bytes)));
}

interface Row {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  readonly microseconds: number;
  readonly mbPerSecond: number;
  /** Time as a multiple of the floor's. */
  readonly floors: number;
}

async function measure(
  names: readonly string[],
  records: number,
  bytes: number,
  milliseconds: number,
): Promise<readonly Row[]> {
  const batches = batchesOf(records, bytes);
  const decoded = batches.flatMap((batch) => batch.records).map(({ data }) => Buffer.byteLength(data, 'base64'));
  const mean = decoded.reduce((sum, size) => sum + size, 0) / decoded.length;
  const subjects: Subject[] = TRANSFORMS.filter(([name]) => names.includes(name)).map(([name, transform]) => ({
    name,
    run: (round) => transform(batches[round % batches.length]!),
  }));
  const timings = await timeInTurns(subjects, milliseconds);
  const base = timings.find(({ name }) => name === 'floor')!;
  return timings.map((timing) => rowOf(timing, base, records, mean));
}

function rowOf({ name, median }: Timing, base: Timing, records: number, bytes: number): Row {
  const microseconds = median / records;
  return {
    name,
    records,
    bytes: Math.round(bytes),
    microseconds,
    mbPerSecond: bytes / microseconds,
    floors: median / base.median,
  };
}

function show(title: string, rows: readonly Row[]): void {
  console.log(
    `\n${title}\n${'records × bytes'.padStart(52)}${'CPU µs/record'.padStart(16)}${'MB/s'.padStart(8)}${'× floor'.padStart(10)}`,
  );
  for (const { name, records, bytes, microseconds, mbPerSecond, floors } of rows) {
    const size = `${records.toLocaleString('en-US')} × ${bytes.toLocaleString('en-US')}`;
    console.log(
      `${name.padEnd(34)}${size.padStart(18)}${microseconds.toFixed(2).padStart(16)}${mbPerSecond.toFixed(0).padStart(8)}${floors.toFixed(2).padStart(10)}`,
    );
  }
}

interface Bar {
  readonly says: string;
  readonly measured: number;
  readonly holds: boolean;
}

function barsOf(rows: readonly Row[]): readonly Bar[] {
  const of = (name: string) => rows.find((row) => row.name === name)!;
  const [fast, full, usual] = [of('clickstream without detection'), of('clickstream'), of('the usual way')];
  const faster = usual.microseconds / full.microseconds;
  return [
    { says: 'without detection: at most 0.75 × the floor', measured: fast.floors, holds: fast.floors <= 0.75 },
    { says: 'with detection on every string: at most 1.0 × the floor', measured: full.floors, holds: full.floors <= 1 },
    { says: 'with detection: at least 3.5 × as fast as the usual way', measured: faster, holds: faster >= 3.5 },
  ];
}

const { values } = parseArgs({ options: { json: { type: 'string' }, seconds: { type: 'string', default: '1.5' } } });
const milliseconds = Number(values.seconds) * 1000;
const every = TRANSFORMS.map(([name]) => name);
const compared = ['floor', 'clickstream without detection', 'clickstream'];

const main = await measure(every, 1000, 640, milliseconds);
show('1,000 clickstream events of about 640 bytes: the whole transform, from event to answer', main);
const bars = barsOf(main);
for (const { says, measured, holds } of bars)
  console.log(`${holds ? 'holds  ' : 'MISSED '} ${says}: ${measured.toFixed(2)}`);

const bySize: Row[] = [];
for (const [bytes, records] of [
  [200, 1000],
  [2_000, 1000],
  [20_000, 100],
  [200_000, 10],
] as const) {
  bySize.push(...(await measure(compared, records, bytes, milliseconds / 3)));
}
show('by size of a record', bySize);

const byBatch: Row[] = [];
for (const records of [10, 100, 1000, 10_000])
  byBatch.push(...(await measure(compared, records, 640, milliseconds / 3)));
show('by size of a batch', byBatch);

if (values.json !== undefined) {
  const figures = { node: process.version, transform: main, bars, bySize, byBatch };
  writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}
