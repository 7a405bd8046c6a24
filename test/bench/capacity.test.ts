import { describe, expect, it } from 'vitest';
import { capacityFor, monthlyCost, putCost } from '../../bench/capacity.ts';
import { PRICES } from '../../bench/prices.ts';

describe('the shards a load asks for', () => {
  it('are the published example: 1,024 KB, 2 records/s, 1 consumer give 2 shards, 2 MB/s in, 4 MB/s out', () => {
    const capacity = capacityFor({ recordKb: 1024, recordsPerSecond: 2, consumers: 1 });
    expect(capacity).toMatchObject({ shards: 2, writeMb: 2, readMb: 4, bound: 'bytes in' });
  });

  it('are 21 for 6 records/s and 7 consumers: reading asks for more than writing', () => {
    expect(capacityFor({ recordKb: 1024, recordsPerSecond: 6, consumers: 7 })).toMatchObject({
      shards: 21,
      bound: 'bytes out',
    });
  });

  it('follow the number of records where these are small', () => {
    expect(capacityFor({ recordKb: 0.1, recordsPerSecond: 4500, consumers: 1 })).toMatchObject({
      shards: 5,
      bound: 'records in',
    });
  });

  it('are at least one', () => {
    expect(capacityFor({ recordKb: 1, recordsPerSecond: 0.1, consumers: 1 }).shards).toBe(1);
  });
});

describe('the cost of S3 PUTs', () => {
  it('is $3,600 a month for 1,000,000 records an hour one by one, and $3.60 in objects of 1,000', () => {
    const { single, buffered } = putCost(1_000_000, 1000, PRICES);
    expect(single).toBeCloseTo(3600, 6);
    expect(buffered).toBeCloseTo(3.6, 6);
  });
});

describe('the cost of a month', () => {
  it('bills Firehose for 5 KB where a record has one', () => {
    const work = { microsecondsPerRecord: 1, memoryMb: 1024, recordsPerInvocation: 500 };
    const small = monthlyCost({ recordKb: 1, recordsPerSecond: 100, consumers: 1 }, work, PRICES);
    const full = monthlyCost({ recordKb: 5, recordsPerSecond: 100, consumers: 1 }, work, PRICES);
    expect(small.firehose).toBeCloseTo(full.firehose, 9);
  });
});
