import { describe, expect, it } from 'vitest';
import { computePerGb, firehosePerGb } from '../../bench/lambda-cost.ts';
import { PRICES } from '../../bench/prices.ts';

const work = { microseconds: 10, bytes: 1024, batch: 1000, memoryMb: 1769 };

describe("what a GB costs in Lambda's time", () => {
  it('is the same at every memory size below one processor: less memory takes longer', () => {
    const small = computePerGb({ ...work, memoryMb: 512 }, PRICES);
    const whole = computePerGb(work, PRICES);
    expect(small.gbSeconds).toBeCloseTo(whole.gbSeconds, 9);
  });

  it('grows with memory above one processor, since one thread gains nothing', () => {
    const twice = computePerGb({ ...work, memoryMb: 2 * 1769 }, PRICES);
    expect(twice.gbSeconds).toBeCloseTo(2 * computePerGb(work, PRICES).gbSeconds, 9);
  });

  it('is the time of 1,048,576 records and 1,049 invocations for records of 1 KiB', () => {
    const seconds = 1_048_576 * 10e-6 + 1048.576 * 2e-3;
    expect(computePerGb(work, PRICES).gbSeconds).toBeCloseTo(seconds * (1769 / 1024), 6);
  });
});

describe("Firehose's price of a GB", () => {
  it('counts each record as 5 KB at least', () => {
    expect(firehosePerGb(5 * 1024, PRICES)).toBeCloseTo(PRICES.firehoseGb, 9);
    expect(firehosePerGb(1024, PRICES)).toBeCloseTo(5 * PRICES.firehoseGb, 9);
  });
});
