import { setImmediate } from 'node:timers/promises';
import { clickstreamTexts, eventOfTexts, type TransformationEvent } from './clickstream.ts';
import type { Load, Order, Ready, Sample } from './measure.ts';
import { subjectNamed } from './subjects.ts';

/** The process of one subject: `subject-process.ts NAME`, spoken to by measure.ts. */

/**
 * A sample lasts at least this long: some batches, so that what other processes left in the processor's caches weighs little,
 * and so that collecting garbage, which V8 does when it likes to and nobody forces here, is in every sample.
 */
const SAMPLE_MS = 25;

const transform = await subjectNamed(process.argv[2]!);
let batches: readonly TransformationEvent[] = [];
let round = 0;
let runs = 1;

/** Events of the stream, and bytes of it, that come round again and again. */
const EVENTS = 32_000;
const BYTES = 32_000_000;

/**
 * The same part of the stream whatever the size of a batch, as far as memory allows: so that the same visitors come, and
 * what is remembered from one batch to the next is what a stream would let a function remember.
 */
function batchesOf({ records, bytes }: Load): readonly TransformationEvent[] {
  const count = Math.max(2, Math.round(Math.min(EVENTS, BYTES / bytes) / records));
  return Array.from({ length: count }, (_, batch) => eventOfTexts(clickstreamTexts(batch * records, records, bytes)));
}

/** One batch, in a task of its own, as each invocation is. */
async function run(): Promise<void> {
  await transform(batches[round++ % batches.length]!);
  await setImmediate();
}

async function prepare(load: Load, milliseconds: number): Promise<Ready> {
  batches = batchesOf(load);
  const start = process.cpuUsage();
  let microseconds = 0;
  let warm = 0;
  for (; warm < 10 || microseconds < milliseconds * 1000; warm++) {
    await run();
    microseconds = spent(start);
  }
  runs = Math.max(1, Math.ceil((SAMPLE_MS * 1000 * warm) / microseconds));
  const sizes = batches.flatMap(({ records }) => records).map(({ data }) => Buffer.byteLength(data, 'base64'));
  return { recordBytes: sizes.reduce((sum, size) => sum + size, 0) / sizes.length };
}

async function sample(): Promise<Sample> {
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i++) await run();
  return { microseconds: spent(before) / runs };
}

/** Microseconds of processor time since then. */
function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

process.on('message', async (order: Order) => {
  process.send!(order === 'sample' ? await sample() : await prepare(order.load, order.milliseconds));
});
