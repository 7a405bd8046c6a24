import { spawnSync } from 'node:child_process';
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
  const work = { microseconds: [7.4, 6.6], memoryMb: 1024, recordsPerInvocation: 500 };
  const of = (load: object, more: object = {}) =>
    monthlyCost({ recordKb: 1, recordsPerSecond: 1000, consumers: 1, ...load }, { ...work, ...more }, PRICES);

  it('bills Firehose for 5 KB where a record has one', () => {
    expect(of({ recordKb: 1 }).firehose).toBeCloseTo(of({ recordKb: 5 }).firehose, 9);
  });

  it('is a shard’s hours and its puts of 25 KB, by the list: 2 shards, 2 records/s of 1,024 KB', () => {
    const puts = (2 * 720 * 3600 * 41) / 1e6;
    expect(of({ recordKb: 1024, recordsPerSecond: 2 }).provisioned).toBeCloseTo(2 * 720 * 0.015 + puts * 0.014, 9);
  });

  it('is by the GB on demand: in, and out to each reader', () => {
    const gb = (1000 * 720 * 3600) / 1024 ** 2;
    expect(of({ consumers: 3 }).onDemand).toBeCloseTo(720 * 0.04 + gb * (0.08 + 3 * 0.04), 9);
  });

  it('counts Lambda’s time by the record, longer for longer ones, in both functions', () => {
    expect(of({}, { microseconds: [14] }).lambda).toBeLessThan(of({}).lambda);
    const alone = of({ recordKb: 0.625 }, { microseconds: [1000], recordsPerInvocation: 1e9 }).lambda;
    const twice = of({ recordKb: 1.25 }, { microseconds: [1000], recordsPerInvocation: 1e9 }).lambda;
    expect(twice / alone).toBeCloseTo(2, 3);
  });
});

/** `npm run plan`, as it is run. */
function plan(...args: readonly string[]): { code: number; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/plan.ts', ...args], { encoding: 'utf8' });
  return { code: status ?? -1, said: stdout + stderr };
}

describe('npm run plan', () => {
  it('prints the published examples, and what is cheapest and why', () => {
    const { code, said } = plan('--record-kb', '1024', '--records-per-second', '2', '--consumers', '1');
    expect(code).toBe(0);
    expect(said).toContain('shards          2 (asked for by bytes in)');
    expect(said).toContain('they take       2 MB/s in, 4 MB/s out');
    expect(said).toMatch(/Cheapest: Firehose only, \$[\d.]+ a month/);
    expect(said).toMatch(
      /With a stream: provisioned, since 2 shards cost \$24\.58, and by the GB the same records cost \$636\.30/,
    );
    expect(said).toContain('1,024 KB is more than the 1,000 KB that Firehose takes');
    for (const line of said.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('tells what buffering saves: 1,000,000 records an hour', () => {
    const { said } = plan('--records-per-hour', '1000000');
    expect(said).toMatch(/S3 PUTs, an object a record +\$3,600\.00\n/);
    expect(said).toMatch(/in objects of 1,000 +\$3\.60 +saves \$3,596\.40\n/);
  });

  it.each([
    [['--record-kb', 'x'], '--record-kb must be a number above 0, not x.'],
    [['--consumers', '1.5'], '--consumers must be a whole number, not 1.5.'],
    [['--price', 'gold=1'], 'There is no price gold; known: lambdaGbSecond, '],
    [['--price', 'firehoseGb'], '--price firehoseGb: a price is NAME=DOLLARS'],
    [['--price', 'firehoseGb=free'], '--price firehoseGb must be a number from 0, not free.'],
    [
      ['--records-per-hour', '1', '--records-per-second', '1'],
      'Give --records-per-second or --records-per-hour, not both.',
    ],
    [['--shards', '3'], "Unknown option '--shards'"],
  ])('refuses %j', (args, message) => {
    const { code, said } = plan(...args);
    expect(said).toContain(message);
    expect(said).toContain('See npm run plan -- --help');
    expect(code).toBe(2);
  });
});
