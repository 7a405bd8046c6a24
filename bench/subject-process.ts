import { setImmediate } from 'node:timers/promises';
import { clickstreamTexts, eventOfTexts, type TransformationEvent } from './clickstream.ts';
import type { Load, Order, Ready, Sample } from './measure.ts';
import { subjectNamed } from './subjects.ts';

/** The process of one subject: `subject-process.ts NAME`, spoken to by measure.ts. */

/** A sample lasts at least this long, so that the clock is fine enough. */
const SAMPLE_MS = 4;
/** So many samples apart, garbage of the samples before is collected outside of what is timed. */
const SAMPLES_BETWEEN = 8;

const transform = await subjectNamed(process.argv[2]!);
let batches: readonly TransformationEvent[] = [];
let round = 0;
let runs = 1;
let samples = 0;

/** Batches enough that what is remembered from one to the next is what a stream would let a function remember. */
function batchesOf({ records, bytes }: Load): readonly TransformationEvent[] {
  const count = Math.max(2, Math.min(32, Math.round(32_000_000 / (records * bytes))));
  return Array.from({ length: count }, (_, batch) => eventOfTexts(clickstreamTexts(batch * records, records, bytes)));
}

/** One batch, in a task of its own, as each invocation is. */
async function run(): Promise<void> {
  await transform(batches[round++ % batches.length]!);
  await setImmediate();
}

async function prepare(load: Load, milliseconds: number): Promise<Ready> {
  batches = batchesOf(load);
  const start = performance.now();
  for (let warm = 0; warm < 10 || performance.now() - start < milliseconds; warm++) await run();
  const last = performance.now();
  await run();
  runs = Math.max(1, Math.ceil(SAMPLE_MS / (performance.now() - last)));
  const sizes = batches.flatMap(({ records }) => records).map(({ data }) => Buffer.byteLength(data, 'base64'));
  return { recordBytes: sizes.reduce((sum, size) => sum + size, 0) / sizes.length };
}

async function sample(): Promise<Sample> {
  if (samples++ % SAMPLES_BETWEEN === 0) globalThis.gc?.();
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i++) await run();
  const { user, system } = process.cpuUsage(before);
  return { microseconds: (user + system) / runs };
}

process.on('message', async (order: Order) => {
  process.send!(order === 'sample' ? await sample() : await prepare(order.load, order.milliseconds));
});
