import { computePerGb, MEASURED } from './lambda-cost.ts';
import { MONTH_HOURS, type Prices } from './prices.ts';

/** A stream's load. */
export interface Load {
  readonly recordKb: number;
  readonly recordsPerSecond: number;
  /** Readers that share the shards' read throughput. */
  readonly consumers: number;
}

export interface Capacity {
  readonly incomingKb: number;
  readonly outgoingKb: number;
  readonly shards: number;
  /** Which limit asks for the shards. */
  readonly bound: 'bytes in' | 'bytes out' | 'records in';
  /** What so many shards take and give, MB a second. */
  readonly writeMb: number;
  readonly readMb: number;
}

/** A shard takes 1 MB and 1,000 records a second, and gives 2 MB a second to all its readers. */
const SHARD = { writeKb: 1024, readKb: 2048, records: 1000 };

/**
 * Shards by the published formula: incoming KB = size × rate, outgoing KB = incoming × consumers,
 * shards = max(incoming / 1024, outgoing / 2048), rounded up; and by 1,000 records a second a shard.
 * https://docs.aws.amazon.com/streams/latest/dev/amazon-kinesis-streams.html
 */
export function capacityFor({ recordKb, recordsPerSecond, consumers }: Load): Capacity {
  const incomingKb = recordKb * recordsPerSecond;
  const outgoingKb = incomingKb * consumers;
  const needs = [
    ['bytes in', incomingKb / SHARD.writeKb],
    ['bytes out', outgoingKb / SHARD.readKb],
    ['records in', recordsPerSecond / SHARD.records],
  ] as const;
  const [bound, most] = needs.reduce((one, other) => (other[1] > one[1] ? other : one));
  const shards = Math.max(1, Math.ceil(most - 1e-9));
  return { incomingKb, outgoingKb, shards, bound, writeMb: shards, readMb: 2 * shards };
}

/** Dollars a month of each way to take the load in. */
export interface MonthlyCost {
  readonly provisioned: number;
  readonly onDemand: number;
  /** Producers put into Firehose: no stream, no replay from it, no second reader. */
  readonly firehoseOnly: number;
  /** What Firehose costs behind either stream. */
  readonly firehose: number;
  readonly lambda: number;
}

const KB_A_GB = 1024 * 1024;
const SECONDS = MONTH_HOURS * 3600;
const FIREHOSE_STEP_KB = 5;
const PUT_UNIT_KB = 25;

export interface LambdaWork {
  /** Processor time of a record of 640 bytes in each function that it passes, microseconds. */
  readonly microseconds: readonly number[];
  readonly memoryMb: number;
  readonly recordsPerInvocation: number;
}

export function monthlyCost(load: Load, lambda: LambdaWork, prices: Prices): MonthlyCost {
  const records = load.recordsPerSecond * SECONDS;
  const gb = (records * load.recordKb) / KB_A_GB;
  const { shards } = capacityFor(load);
  const putUnits = records * Math.max(1, Math.ceil(load.recordKb / PUT_UNIT_KB));
  const billedKb = Math.max(1, Math.ceil(load.recordKb / FIREHOSE_STEP_KB)) * FIREHOSE_STEP_KB;
  const firehose = ((records * billedKb) / KB_A_GB) * prices.firehoseGb;
  return {
    provisioned: shards * MONTH_HOURS * prices.kinesisShardHour + (putUnits / 1e6) * prices.kinesisMillionPutUnits,
    onDemand:
      MONTH_HOURS * prices.kinesisOnDemandStreamHour +
      gb * prices.kinesisOnDemandGbIn +
      gb * load.consumers * prices.kinesisOnDemandGbOut,
    firehoseOnly: firehose,
    firehose,
    lambda: gb * lambdaPerGb(load.recordKb * 1024, lambda, prices),
  };
}

/** Of every function together. */
function lambdaPerGb(
  bytes: number,
  { microseconds, memoryMb, recordsPerInvocation }: LambdaWork,
  prices: Prices,
): number {
  const longer = Math.max(1, bytes / MEASURED.bytes);
  const each = microseconds.map((one) =>
    computePerGb({ microseconds: one * longer, bytes, batch: recordsPerInvocation, memoryMb }, prices),
  );
  return each.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Dollars a month for S3 PUTs: one object a record, and one for so many records. */
export function putCost(
  recordsPerHour: number,
  recordsPerObject: number,
  prices: Prices,
): { single: number; buffered: number } {
  const single = ((recordsPerHour * MONTH_HOURS) / 1000) * prices.s3ThousandPuts;
  return { single, buffered: single / recordsPerObject };
}
