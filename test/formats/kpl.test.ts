import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, deaggregate, isAggregate, type UserRecord } from '../../shared/formats/kpl.ts';
import { byteStringOf, bytesOf } from '../../shared/record/byte-string.ts';

interface AwsUserRecord {
  readonly partitionKey: string;
  readonly explicitPartitionKey?: string;
  readonly data: string;
  readonly subSequenceNumber: number;
}

/** aws-kinesis-agg, with the types that its own declarations borrow from the old SDK. */
const aws = (await import('aws-kinesis-agg' as string)).default as {
  aggregate(
    records: readonly { partitionKey: string; explicitHashKey?: string; data: Buffer }[],
    onEncoded: (encoded: { partitionKey: string; data: Buffer }, done: (error?: Error) => void) => void,
    onEnd: () => void,
    onError: (error: Error) => void,
  ): void;
  deaggregateSync(
    record: { data: string; partitionKey: string; sequenceNumber: string },
    checksums: boolean,
    done: (error: Error | null, records: readonly AwsUserRecord[]) => void,
  ): void;
};

function aggregatedByAws(records: readonly UserRecord[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const encoded: string[] = [];
    aws.aggregate(
      records.map(({ data, ...record }) => ({ ...record, data: bytesOf(data) })),
      (record, done) => {
        encoded.push(byteStringOf(record.data));
        done();
      },
      () => resolve(encoded),
      reject,
    );
  });
}

function deaggregatedByAws(data: string): UserRecord[] {
  let found: UserRecord[] = [];
  const record = { data: bytesOf(data).toString('base64'), partitionKey: 'outer', sequenceNumber: '1' };
  aws.deaggregateSync(record, true, (error, records) => {
    if (error) throw error;
    found = records.map(({ partitionKey, explicitPartitionKey, data: base64 }) => ({
      partitionKey,
      ...(explicitPartitionKey !== undefined && { explicitHashKey: explicitPartitionKey }),
      data: byteStringOf(Buffer.from(base64, 'base64')),
    }));
  });
  return found;
}

// aws-kinesis-agg holds its tables in objects, whose order changes where a key looks like an array's index.
const keys = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter((key) => !/^\d+$/.test(key) && !(key in {}) && key.isWellFormed());
const userRecord = fc.record(
  {
    partitionKey: keys,
    explicitHashKey: fc.bigInt({ min: 2n ** 64n, max: 2n ** 128n - 1n }).map(String),
    data: fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => byteStringOf(bytes)),
  },
  { requiredKeys: ['partitionKey', 'data'] },
);
const userRecords = fc.array(userRecord, { minLength: 1, maxLength: 40 });
const SOME: readonly UserRecord[] = [
  { partitionKey: 'a', data: '{"n":1}' },
  { partitionKey: 'b', explicitHashKey: '170141183460469231731687303715884105728', data: '{"n":2}' },
  { partitionKey: 'a', data: '' },
];

describe('KPL aggregates', () => {
  it('of aws-kinesis-agg give the records that went in', async () => {
    await fc.assert(
      fc.asyncProperty(userRecords, async (records) => {
        const encoded = await aggregatedByAws(records);
        expect(encoded.flatMap(recordsOf)).toEqual(records);
      }),
      { numRuns: 100 },
    );
  });

  it('of our own are read by aws-kinesis-agg', () => {
    fc.assert(
      fc.property(userRecords, (records) => {
        // It reads a hash key that is not there as the first of the table.
        const read = deaggregatedByAws(aggregate(records)).map((record, i) =>
          records[i]?.explicitHashKey === undefined ? { partitionKey: record.partitionKey, data: record.data } : record,
        );
        expect(read).toEqual(records);
      }),
      { numRuns: 100 },
    );
  });

  it('come back from our own with empty data, repeated keys and long keys', () => {
    const records = [...SOME, { partitionKey: 'k'.repeat(256), data: 'x'.repeat(100_000) }];
    expect(deaggregate(aggregate(records))).toEqual({ kind: 'records', records });
  });

  it('are known by their magic alone', () => {
    expect(isAggregate(aggregate(SOME))).toBe(true);
    expect(isAggregate('{"n":1}')).toBe(false);
    expect(isAggregate('\xf3\x89\x9a')).toBe(false);
  });

  it('that are cut, flipped or empty fail as a whole, with one stable code', () => {
    const good = aggregate(SOME);
    for (let length = 4; length < good.length; length++) expectBroken(good.slice(0, length));
    for (let at = 4; at < good.length; at++) {
      expectBroken(good.slice(0, at) + String.fromCharCode(good.charCodeAt(at) ^ 0x10) + good.slice(at + 1));
    }
    expectBroken('\xf3\x89\x9a\xc2');
  });

  it('that are consistent in checksum but not inside fail too', async () => {
    const { hash } = await import('node:crypto');
    const sealed = (message: string) =>
      `\xf3\x89\x9a\xc2${message}${byteStringOf(hash('md5', bytesOf(message), 'buffer'))}`;
    for (const message of [
      '\x1a\x02\x08\x00', // a record without data
      '\x1a\x05\x08\x07\x1a\x01x', // a partition key index beyond the table
      '\x0a\xff\xff\xff\xff\x0f', // a length far beyond the end
      '\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff', // a varint without end
      '\x03', // a wire type that is not used
      '\x00', // field 0
      '\x1a', // a tag, then nothing
    ]) {
      expectBroken(sealed(message));
    }
    expect(deaggregate(sealed(''))).toEqual({ kind: 'records', records: [] });
    // A field that is not known, and tags of records, are passed over.
    expect(deaggregate(sealed('\x0a\x01k\x1a\x09\x08\x00\x1a\x01x\x22\x02\x0a\x00\x50\x01'))).toEqual({
      kind: 'records',
      records: [{ partitionKey: 'k', data: 'x' }],
    });
  });

  it('never throw, whatever follows the magic', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { kind } = deaggregate(`\xf3\x89\x9a\xc2${byteStringOf(bytes)}`);
        expect(['failed', 'records']).toContain(kind);
      }),
    );
  });
});

function recordsOf(data: string): readonly UserRecord[] {
  const result = deaggregate(data);
  return result.kind === 'records' ? result.records : [];
}

function expectBroken(data: string): void {
  expect(deaggregate(data)).toMatchObject({
    kind: 'failed',
    failure: { code: 'BrokenAggregate', stage: 'source', retryable: false },
  });
}
