import type { Prices } from './prices.ts';

/** Work of one function, measured on a whole core. */
export interface Work {
  /** Processor time of a record, microseconds. */
  readonly microseconds: number;
  readonly bytes: number;
  /** Records of one invocation. */
  readonly batch: number;
  readonly memoryMb: number;
}

/**
 * Processor time of a record of 640 bytes in the functions that it passes, microseconds, as `npm run bench:cost` measured it
 * on one core of a server: clickstream, of November 2026. Longer records take longer in proportion.
 */
export const MEASURED = { bytes: 640, streamConsumer: 7.4, firehoseTransform: 6.6, on: '2026-11' };

/** At this much memory a function has one processor: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const ONE_PROCESSOR_MB = 1769;
const BYTES_A_GB = 1024 ** 3;
/** What an invocation takes beside its records, microseconds. */
const INVOCATION = 2_000;
const FIREHOSE_STEP = 5 * 1024;

/** GB-seconds and dollars (compute and requests) for each GB that comes in. */
export function computePerGb(work: Work, prices: Prices): { gbSeconds: number; dollars: number } {
  const records = BYTES_A_GB / work.bytes;
  const invocations = records / work.batch;
  const slowdown = Math.max(1, ONE_PROCESSOR_MB / work.memoryMb);
  const seconds = ((records * work.microseconds + invocations * INVOCATION) / 1e6) * slowdown;
  const gbSeconds = seconds * (work.memoryMb / 1024);
  const dollars = gbSeconds * prices.lambdaGbSecond + (invocations / 1e6) * prices.lambdaMillionRequests;
  return { gbSeconds, dollars };
}

/** Dollars for each GB that comes in, with each record rounded up to 5 KB. */
export function firehosePerGb(recordBytes: number, prices: Prices): number {
  return (Math.ceil(recordBytes / FIREHOSE_STEP) * FIREHOSE_STEP * prices.firehoseGb) / recordBytes;
}
