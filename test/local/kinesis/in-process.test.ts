import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Clock, ShardPosition } from '../../../local/account/contracts.ts';
import { createKinesis, type Kinesis } from '../../../local/kinesis/kinesis.ts';

const SHARD = 'shardId-000000000000';
const FEW = { records: 100, bytes: 6_000_000 };
const START: ShardPosition = { type: 'TRIM_HORIZON' };

let clock: Clock;
let folder: string;
let kinesis: Kinesis;

beforeEach(() => {
  clock = createClock();
  folder = mkdtempSync(join(tmpdir(), 'kinesis-'));
  kinesis = createKinesis({ clock, dataDir: folder });
  kinesis.create({ name: 's', shardCount: 1 });
});

afterEach(() => {
  kinesis.stop();
  rmSync(folder, { recursive: true, force: true });
});

const entries = (texts: readonly string[]) => texts.map((text) => ({ partitionKey: 'k', data: Buffer.from(text) }));
const fill = (count: number, size: number): void => {
  for (let index = 0; index < count; index += 100) {
    kinesis.put(
      's',
      Array.from({ length: 100 }, (_, at) => ({
        partitionKey: `${index + at}`,
        data: Buffer.alloc(size, `${index + at} `),
      })),
    );
  }
};

/** Every record from a position on, by reads of `limit`. */
function readAll(from: ShardPosition, limit = FEW): { partitionKey: string; data: string; number: string }[] {
  const all = [];
  let position = from;
  for (;;) {
    const read = kinesis.read('s', SHARD, position, limit);
    if (read.entries.length === 0) return all;
    for (const each of read.entries) {
      all.push({ partitionKey: each.partitionKey, data: each.data.toString(), number: each.sequenceNumber });
    }
    position = read.next as ShardPosition;
  }
}

describe('reading in process', () => {
  test('a reader at LATEST goes on from `next`, missing nothing', () => {
    kinesis.put('s', entries(['old']));
    const latest = kinesis.read('s', SHARD, { type: 'LATEST' }, FEW);
    expect(latest).toMatchObject({ entries: [], millisBehindLatest: 0, ended: false });
    kinesis.put('s', entries(['new']));
    expect(readAll(latest.next as ShardPosition).map((each) => each.data)).toEqual(['new']);
  });

  test('respects both limits, and gives one record that is larger than the bytes', () => {
    kinesis.put('s', entries(['aaaa', 'bbbb', 'cccc']));
    expect(kinesis.read('s', SHARD, START, { records: 2, bytes: 1000 }).entries).toHaveLength(2);
    expect(kinesis.read('s', SHARD, START, { records: 9, bytes: 11 }).entries).toHaveLength(2);
    expect(kinesis.read('s', SHARD, START, { records: 9, bytes: 1 }).entries).toHaveLength(1);
  });

  test('listeners are told once for all of one turn, until they leave', async () => {
    let told = 0;
    const leave = kinesis.onChange('s', () => {
      told += 1;
    });
    kinesis.put('s', entries(['a']));
    kinesis.put('s', entries(['b']));
    expect(told).toBe(0);
    await Promise.resolve();
    expect(told).toBe(1);
    leave();
    kinesis.put('s', entries(['c']));
    await Promise.resolve();
    expect(told).toBe(1);
  });

  test('no limits hold inside the account', () => {
    fill(5000, 10);
    expect(readAll(START)).toHaveLength(5000);
  });

  test('any mix of puts and reads gives each record once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string(), { maxLength: 20 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        (batches, records) => {
          const own = createKinesis({ clock });
          own.create({ name: 's', shardCount: 1 });
          const seen: string[] = [];
          let position: ShardPosition = START;
          for (const batch of batches) {
            own.put('s', entries(batch));
            const read = own.read('s', SHARD, position, { records, bytes: 1_000_000 });
            seen.push(...read.entries.map((each) => each.data.toString()));
            position = read.next as ShardPosition;
          }
          const rest = own.read('s', SHARD, position, { records: 10_000, bytes: 100_000_000 });
          expect([...seen, ...rest.entries.map((each) => each.data.toString())]).toEqual(batches.flat());
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('segments on disk', () => {
  test('hold what memory lets go of, and give it back exactly', () => {
    fill(20_000, 500);
    expect(readdirSync(join(folder, 'kinesis', 's.1', SHARD)).length).toBeGreaterThan(5);
    const all = readAll(START);
    expect(all).toHaveLength(20_000);
    expect(all.every((each, index) => each.partitionKey === `${index}` && each.data.startsWith(`${index} `))).toBe(
      true,
    );
    const middle = all[7777]?.number as string;
    expect(readAll({ type: 'AT_SEQUENCE_NUMBER', sequenceNumber: middle })[0]?.partitionKey).toBe('7777');
    expect(readAll({ type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: middle })[0]?.partitionKey).toBe('7778');
  });

  test('keep keys and numbers of any length', () => {
    const keys = ['k', 'ключ', '🔑'.repeat(64), 'x'.repeat(256)];
    for (let round = 0; round < 40; round += 1) {
      kinesis.put(
        's',
        keys.map((partitionKey) => ({ partitionKey, data: Buffer.alloc(100_000, partitionKey) })),
      );
    }
    const all = readAll(START);
    expect(all).toHaveLength(160);
    expect(all.slice(0, 4).map((each) => each.partitionKey)).toEqual(keys);
  });

  test('are removed when their retention ends, and with their stream', async () => {
    fill(20_000, 500);
    await clock.advance(25 * 3_600_000);
    kinesis.put('s', entries(['young']));
    expect(readdirSync(join(folder, 'kinesis', 's.1', SHARD)).length).toBeLessThanOrEqual(1);
    expect(readAll(START).map((each) => each.data)).toEqual(['young']);
    kinesis.stop();
    expect(readdirSync(join(folder, 'kinesis')).flatMap((name) => readdirSync(join(folder, 'kinesis', name)))).toEqual(
      [],
    );
  });

  test('of an earlier run are gone', () => {
    fill(20_000, 500);
    createKinesis({ clock, dataDir: folder });
    expect(() => readdirSync(join(folder, 'kinesis'))).toThrow('ENOENT');
  });
});
