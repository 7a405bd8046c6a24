import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadataAsync } from 'hyparquet';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  documents,
  type FakeAccount,
  fakeAccount,
  figuresOf,
  lambda,
  NOW,
  ROLE_ARN,
  resource,
  text,
} from './account.ts';

type Columns = Readonly<Record<string, string>>;

function start(columns: Columns, parts: { serde?: object; parquet?: object; rest?: object } = {}): FakeAccount {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  account.tables.set('lake.events', {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    partitionKeys: [{ name: 'dt', type: 'string' }],
  });
  account.firehose.create(
    resource({
      Prefix: 'data/',
      ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
      DataFormatConversionConfiguration: {
        SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'events' },
        InputFormatConfiguration: { Deserializer: parts.serde ?? { OpenXJsonSerDe: {} } },
        OutputFormatConfiguration: { Serializer: { ParquetSerDe: parts.parquet ?? {} } },
      },
      ...parts.rest,
    }),
  );
  return account;
}

const put = (account: FakeAccount, ...records: string[]) =>
  account.firehose.put(
    'delivery',
    records.map((record) => Buffer.from(record)),
  );

/** Rows of all Parquet objects, as DuckDB reads them. */
async function rows(account: FakeAccount): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = account.under('data/').map((object, index) => {
    const file = join(folder, `${index}.parquet`);
    writeFileSync(file, object.body);
    return file;
  });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select * from read_parquet(${JSON.stringify(files).replaceAll('"', "'")})`,
  );
  const found = reader.getRowObjectsJson() as Record<string, unknown>[];
  connection.closeSync();
  instance.closeSync();
  return found;
}

/** What one column holds after each of these JSON values; `'refused'` where the record failed. */
async function held(type: string, values: readonly string[], serde?: object): Promise<unknown[]> {
  const account = start({ n: 'int', v: type }, serde === undefined ? {} : { serde });
  await put(account, '{"n":-1}', ...values.map((value, index) => `{"n":${index},"v":${value}}\n`));
  await account.firehose.flush();
  const byIndex = new Map((await rows(account)).map((row) => [Number(row.n), row.v]));
  return values.map((_value, index) => (byIndex.has(index) ? byIndex.get(index) : 'refused'));
}

const refused = 'refused';

describe('a Parquet object', () => {
  it('holds one row a document, typed by the table', async () => {
    const account = start({ id: 'bigint', name: 'string', at: 'timestamp' });
    await put(account, '{"id":1,"name":"a"}\n', '{"id":2}{"id":3,"name":"c"}', '{"id":4}\n{"id":5}\n');
    await account.firehose.flush();
    const [object] = account.under('data/');
    expect(object!.key).toMatch(/^data\/2026\/11\/20\/09\/delivery-1-2026-11-20-09-30-15-.*\.parquet$/);
    expect(await rows(account)).toEqual([
      { id: '1', name: 'a', at: null },
      { id: '2', name: null, at: null },
      { id: '3', name: 'c', at: null },
      { id: '4', name: null, at: null },
      { id: '5', name: null, at: null },
    ]);
    expect(figuresOf(account)).toMatchObject({ records: 3, delivered: 3, documents: 5, objects: 1 });
  });

  it.each(['SNAPPY', 'GZIP', 'UNCOMPRESSED'])('is compressed by %s', async (Compression) => {
    const account = start({ name: 'string' }, { parquet: { Compression } });
    await put(account, '{"name":"x"}');
    await account.firehose.flush();
    const { body } = account.under('data/')[0]!;
    const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer;
    const metadata = await parquetMetadataAsync(file);
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.codec).toBe(Compression);
    expect(await rows(account)).toEqual([{ name: 'x' }]);
  });

  it('is not written where nothing could be converted', async () => {
    const account = start({ id: 'int' });
    await put(account, 'nonsense');
    await account.firehose.flush();
    expect(account.stored.map((object) => object.key.split('/')[0])).toEqual(['errors']);
  });

  it('is built again under its key when S3 refuses it, and failures are told once', async () => {
    const account = start({ id: 'int' });
    let refusals = 2;
    account.faults.s3Put = (_bucket, key) => (key.startsWith('data/') && refusals-- > 0 ? 'SlowDown' : undefined);
    await put(account, '{"id":1}', 'nonsense');
    await account.firehose.flush();
    expect(await rows(account)).toEqual([{ id: 1 }]);
    expect(account.under('errors/').flatMap(documents)).toHaveLength(1);
  });

  it('holds what the transform made of the records', async () => {
    const account = start({ id: 'int' }, { rest: lambda() });
    account.setHandler((event) => ({
      records: event.records.map(({ recordId, data }) => {
        return { recordId, result: 'Ok', data: Buffer.from(`{"id":${text(data)}0}\n`).toString('base64') };
      }),
    }));
    await put(account, '1', '2');
    await account.firehose.flush();
    expect(await rows(account)).toEqual([{ id: 10 }, { id: 20 }]);
  });
});

describe("a column's values", () => {
  it.each<[string, [string, unknown][]]>([
    [
      'boolean',
      [
        ['true', true],
        ['"FALSE"', false],
        ['"yes"', refused],
        ['1', refused],
        ['null', null],
      ],
    ],
    [
      'tinyint',
      [
        ['-128', -128],
        ['127', 127],
        ['128', refused],
        ['"7"', 7],
        ['1.5', refused],
        ['{}', refused],
      ],
    ],
    [
      'smallint',
      [
        ['-32768', -32768],
        ['32768', refused],
      ],
    ],
    [
      'int',
      [
        ['2147483647', 2147483647],
        ['2147483648', refused],
        ['"x"', refused],
        ['""', refused],
        ['true', refused],
      ],
    ],
    [
      'bigint',
      [
        ['9007199254740993', '9007199254740993'],
        ['-9223372036854775808', '-9223372036854775808'],
        ['9223372036854775808', refused],
        ['"12"', '12'],
      ],
    ],
    [
      'double',
      [
        ['1.5', 1.5],
        ['"2.5"', 2.5],
        ['1e308', 1e308],
        ['1e309', refused],
        ['"oops"', refused],
        ['[]', refused],
      ],
    ],
    [
      'float',
      [
        ['1.5', 1.5],
        ['1e39', refused],
      ],
    ],
    [
      'decimal(5,2)',
      [
        ['1.234', '1.23'],
        ['1.235', '1.24'],
        ['-1.235', '-1.24'],
        ['999.99', '999.99'],
        ['1000', refused],
        ['999.995', refused],
        ['"7"', '7.00'],
        ['1e999999', refused],
        ['0e99', '0.00'],
        ['1e-999', '0.00'],
      ],
    ],
    ['decimal(38,10)', [['1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789']]],
    [
      'string',
      [
        ['"ä"', 'ä'],
        ['1.50', '1.50'],
        ['true', 'true'],
        ['{"B":[1.0,{"C":null}]}', '{"b":[1.0,{"c":null}]}'],
        ['12345678901234567890', '12345678901234567890'],
      ],
    ],
    ['varchar(10)', [['"x"', 'x']]],
    [
      'date',
      [
        ['"2026-11-20"', '2026-11-20'],
        ['"2026-1-2"', '2026-01-02'],
        ['"2026-02-30"', refused],
        ['"20.11.2026"', refused],
        ['1', refused],
      ],
    ],
    [
      'array<int>',
      [
        ['[1,null,2]', [1, null, 2]],
        ['[]', []],
        ['7', [7]],
        ['["x"]', refused],
      ],
    ],
    [
      'map<string,int>',
      [
        [
          '{"A":1,"b":null}',
          [
            { key: 'a', value: 1 },
            { key: 'b', value: null },
          ],
        ],
        ['{}', []],
        ['[["a",1]]', refused],
        ['5', refused],
      ],
    ],
    [
      'struct<a:int,b:struct<c:string>>',
      [
        ['{"A":1,"B":{"c":"x"}}', { a: 1, b: { c: 'x' } }],
        ['{"z":1}', { a: null, b: null }],
        ['""', null],
        ['42', refused],
        ['{"a":"x"}', refused],
      ],
    ],
    [
      'array<struct<sku:string,price:decimal(8,2)>>',
      [['[{"SKU":"s","price":1.5},null]', [{ sku: 's', price: '1.50' }, null]]],
    ],
    ['binary', [['"hey"', 'hey']]],
  ])('%s', async (type, cases) => {
    expect(
      await held(
        type,
        cases.map(([json]) => json),
      ),
    ).toEqual(cases.map(([, value]) => value));
  });

  it.each<[string, unknown]>([
    ['"2026-11-20T09:00:00Z"', '2026-11-20 09:00:00'],
    ['"2026-11-20T09:00:00.123456Z"', '2026-11-20 09:00:00.123456'],
    ['"2026-11-20T09:00:00.1Z"', '2026-11-20 09:00:00.1'],
    ['"2026-11-20 09:00:00"', '2026-11-20 09:00:00'],
    ['"2026-1-2 3:4:5.5"', '2026-01-02 03:04:05.5'],
    ['1518033528', '2018-02-07 19:58:48'],
    ['1518033528.123', '2018-02-07 19:58:48.123'],
    ['1518033528123', '2018-02-07 19:58:48.123'],
    ['"1518033528123"', '2018-02-07 19:58:48.123'],
    ['0', '1970-01-01 00:00:00'],
    ['"2026-11-20T09:00:00+00:00"', refused],
    ['"2026-9-7T12:00:02Z"', refused],
    ['"2026-11-31 00:00:00"', refused],
    ['"yesterday"', refused],
    ['true', refused],
    ['1e400', refused],
  ])('timestamp %s', async (json, value) => {
    expect(await held('timestamp', [json])).toEqual([value]);
  });

  it('by the Hive deserializer, which is stricter', async () => {
    const serde = (TimestampFormats: string[]) => ({ HiveJsonSerDe: { TimestampFormats } });
    expect(await held('int', ['1', '"1"'], serde([]))).toEqual([1, refused]);
    expect(await held('array<int>', ['[1]', '1'], serde([]))).toEqual([[1], refused]);
    expect(await held('string', ['"x"', '5', '{}'], serde([]))).toEqual(['x', '5', refused]);
    const times = ['"20/11/2026 09:05:00.25"', '"2026-11-20 09:05:00"', '1518033528123', '"2026-11-20T09:05:00+0100"'];
    expect(
      await held('timestamp', times, serde(['dd/MM/yyyy HH:mm:ss.SSS', 'millis', "yyyy-MM-dd'T'HH:mm:ssZ"])),
    ).toEqual(['2026-11-20 09:05:00.25', '2026-11-20 09:05:00', '2018-02-07 19:58:48.123', '2026-11-20 08:05:00']);
  });
});

describe("a document's keys", () => {
  const one = async (columns: Columns, document: string, options: object = {}) => {
    const account = start(columns, { serde: { OpenXJsonSerDe: options } });
    await put(account, document);
    await account.firehose.flush();
    return (await rows(account))[0];
  };

  it('match columns in any case, the exact one first, and the rest is left out', async () => {
    const document = '{"eventId":"x","EVENTTYPE":"y","extra":{"a":1},"A":1,"a":2,"B":1,"b":null}';
    const columns = { eventid: 'string', eventtype: 'string', a: 'int', b: 'int' };
    expect(await one(columns, document)).toEqual({ eventid: 'x', eventtype: 'y', a: 2, b: null });
  });

  it('match exactly where the deserializer is told so', async () => {
    expect(await one({ a: 'int', b: 'int' }, '{"A":1,"b":2}', { CaseInsensitive: false })).toEqual({ a: null, b: 2 });
  });

  it('can be renamed, and their dots be underscores', async () => {
    const options = { ColumnToJsonKeyMappings: { ts: 'timestamp' }, ConvertDotsInJsonKeysToUnderscores: true };
    expect(await one({ ts: 'bigint', a_b: 'int' }, '{"timestamp":5,"a.b":6}', options)).toEqual({ ts: '5', a_b: 6 });
  });

  it('may be hostile', async () => {
    const document = '{"__proto__":{"a":1},"constructor":2,"hasOwnProperty":3}';
    const columns = { a: 'int', constructor: 'int', hasownproperty: 'int' };
    expect(await one(columns, document)).toEqual({ a: null, constructor: 2, hasownproperty: 3 });
  });
});

describe('a record that can not be converted', () => {
  it('is kept with exactly the members of the contract', async () => {
    const account = start({ id: 'int' });
    await put(account, '{"id":1}', '{"id":"secret"}');
    await account.firehose.flush();
    const [object] = account.under('errors/format-conversion-failed/');
    expect(object!.key).toMatch(/delivery-1-2026-11-20-09-30-15-[0-9a-f-]{36}$/);
    expect(documents(object!)).toEqual([
      {
        attemptsMade: 1,
        arrivalTimestamp: NOW,
        ErrorCode: 'DataFormatConversion.MalformedData',
        ErrorMessage:
          'Data does not match the schema. Column id is an integer of 32 bits and cannot hold this JSON string.',
        attemptEndingTimestamp: NOW,
        rawData: Buffer.from('{"id":"secret"}').toString('base64'),
        sequenceNumber: expect.stringMatching(/^\d{56}$/),
        subSequenceNumber: 0,
        dataCatalogTable: {
          catalogId: '123456789012',
          databaseName: 'lake',
          tableName: 'events',
          region: 'us-east-1',
          versionId: 'LATEST',
          roleArn: ROLE_ARN,
        },
      },
    ]);
  });

  it.each([
    ['', 'MalformedData'],
    [' \n', 'MalformedData'],
    ['5', 'MalformedData'],
    ['"text"', 'MalformedData'],
    ['null', 'MalformedData'],
    ['[{"id":1},{"id":2}]', 'MalformedData'],
    ['{"id":1', 'ParseError'],
    ['{"id":1},{"id":2}', 'ParseError'],
    ['{"id":1}junk', 'ParseError'],
    ['{"id":1}{"id":"x"}', 'MalformedData'],
    ['{"id":1}\n{oops}', 'ParseError'],
  ])('%j fails whole', async (record, code) => {
    const account = start({ id: 'int' });
    await put(account, record);
    await account.firehose.flush();
    expect(account.under('data/')).toHaveLength(0);
    expect(account.under('errors/').flatMap(documents)).toMatchObject([{ ErrorCode: `DataFormatConversion.${code}` }]);
    expect(figuresOf(account)).toMatchObject({ delivered: 0, held: 0 });
  });

  it('fails with all others while the table is gone', async () => {
    const account = start({ id: 'int' });
    account.tables.clear();
    await put(account, '{"id":1}');
    await account.firehose.flush();
    expect(account.under('errors/').flatMap(documents)).toMatchObject([
      { ErrorCode: 'DataFormatConversion.EntityNotFound' },
    ]);
  });
});

it('converts many records in row groups, from disk', async () => {
  const account = fakeAccount({ memoryBytes: 256 * 1024 });
  onTestFinished(() => account.stop());
  account.tables.set('lake.events', {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'tags', type: 'array<string>' },
    ],
    partitionKeys: [],
  });
  const format = {
    SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'lake', TableName: 'events' },
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
  };
  account.firehose.create(resource({ Prefix: 'data/', DataFormatConversionConfiguration: format }));
  const count = 60_000;
  await put(account, ...Array.from({ length: count }, (_, id) => `{"id":${id},"tags":["t${id % 7}"]}\n`));
  await account.firehose.flush();
  const found = await rows(account);
  expect(found).toHaveLength(count);
  expect(found[count - 1]).toEqual({ id: String(count - 1), tags: [`t${(count - 1) % 7}`] });
});
