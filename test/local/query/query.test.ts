import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TemplateResource } from '../../../local/account/contracts.ts';
import { keepTables, lakeTables } from '../../../local/query/catalog.ts';
import { resultJson, resultTable } from '../../../local/query/result-text.ts';
import { type QueryResult, runQuery } from '../../../local/query/run-query.ts';
import { fakeAccount, ROLE_ARN, resource } from '../firehose/account.ts';

const PARQUET = 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe';
const JSON_SERDE = 'org.openx.data.jsonserde.JsonSerDe';
const TEXT = 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe';

type Columns = Readonly<Record<string, string>>;
const members = (columns: Columns) => Object.entries(columns).map(([Name, Type]) => ({ Name, Type }));

function table(name: string, serde: string, columns: Columns, keys: Columns = {}): TemplateResource {
  return {
    logicalId: name,
    type: 'AWS::Glue::Table',
    properties: {
      DatabaseName: 'sluice_local',
      TableInput: {
        Name: name,
        PartitionKeys: members(keys),
        StorageDescriptor: {
          Location: `s3://lake/${name}/`,
          Columns: members(columns),
          SerdeInfo: { SerializationLibrary: serde },
        },
      },
    },
  };
}

/** A data folder with these tables and objects of the bucket `lake`. */
function lake(tables: readonly TemplateResource[], objects: Readonly<Record<string, Buffer | string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'lake [test]*-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  keepTables(folder, tables);
  for (const [key, body] of Object.entries(objects)) {
    const file = join(folder, 's3', 'lake', key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
  }
  return folder;
}

const rowsOf = async (folder: string, sql: string, limit = 100) => (await runQuery(sql, folder, limit)).rows;

/** Parquet as the local Firehose writes it. */
async function parquet(columns: Columns, ...documents: string[]): Promise<Buffer> {
  const account = fakeAccount();
  onTestFinished(() => account.stop());
  const list = Object.entries(columns).map(([name, type]) => ({ name, type }));
  account.tables.set('d.t', { columns: list, partitionKeys: [] });
  const conversion = {
    SchemaConfiguration: { RoleARN: ROLE_ARN, DatabaseName: 'd', TableName: 't' },
    InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
    OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
  };
  account.firehose.create(resource({ DataFormatConversionConfiguration: conversion }));
  await account.firehose.put(
    'delivery',
    documents.map((document) => Buffer.from(document)),
  );
  await account.firehose.flush();
  return account.stored[0]!.body;
}

describe('a table of Parquet', () => {
  const columns = { id: 'bigint', price: 'decimal(8,2)', at: 'timestamp', small: 'tinyint', user: 'struct<id:string>' };

  it('is read over all partitions, whose keys are columns', async () => {
    const one = await parquet(columns, '{"id":1,"price":1.5,"at":"2026-11-20T09:00:00Z","small":3,"user":{"id":"x"}}');
    const two = await parquet(columns, '{"id":2}', '{"id":9007199254740993}');
    const folder = lake([table('clicks', PARQUET, columns, { event_type: 'string', dt: 'date' })], {
      'clicks/event_type=a%2Fb/dt=2026-11-20/2026/11/20/09/one.parquet': one,
      'clicks/event_type=c/dt=2026-11-21/two.parquet': two,
    });
    expect(await rowsOf(folder, 'select * from clicks order by id')).toEqual([
      ['1', '1.50', '2026-11-20 09:00:00', 3, { id: 'x' }, 'a/b', '2026-11-20'],
      ['2', null, null, null, null, 'c', '2026-11-21'],
      ['9007199254740993', null, null, null, null, 'c', '2026-11-21'],
    ]);
    const counts = 'select event_type, count(*) from clicks group by 1 order by 1';
    expect(await rowsOf(folder, counts)).toEqual([
      ['a/b', '1'],
      ['c', '2'],
    ]);
    expect(await rowsOf(folder, 'select count(*) from sluice_local.clicks')).toEqual([['3']]);
  });

  it('may hold objects from before it had a column', async () => {
    const before = await parquet({ id: 'bigint' }, '{"id":1}');
    const after = await parquet({ id: 'bigint', name: 'string' }, '{"id":2,"name":"x"}');
    const tables = [table('clicks', PARQUET, { id: 'bigint', name: 'string', later: 'array<int>' })];
    const folder = lake(tables, { 'clicks/a.parquet': before, 'clicks/b.parquet': after });
    expect(await rowsOf(folder, 'select * from clicks order by id')).toEqual([
      ['1', null, null],
      ['2', 'x', null],
    ]);
  });

  it('may be empty', async () => {
    const folder = lake([table('clicks', PARQUET, columns, { dt: 'string' })]);
    const result = await runQuery('select * from clicks', folder, 10);
    expect(result.rows).toEqual([]);
    expect(result.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
      'id BIGINT',
      'price DECIMAL(8,2)',
      'at TIMESTAMP',
      'small TINYINT',
      expect.stringMatching(/^user STRUCT/),
      'dt VARCHAR',
    ]);
  });
});

describe('a table of JSON', () => {
  const columns = {
    loggroup: 'string',
    timestamp: 'timestamp',
    level: 'int',
    user: 'struct<id:bigint,tags:array<struct<name:string>>>',
    counts: 'map<string,int>',
    missing: 'double',
  };

  it('is read as the OpenX SerDe does: keys in any case, text of any value, times in several forms', async () => {
    const plain = '{"logGroup":"g","timestamp":1518033528123,"Level":3,"User":{"ID":7,"Tags":[{"Name":"x"},null]}}\n';
    const packed = gzipSync(
      '{"LOGGROUP":{"a":[1]},"timestamp":"2026-11-20T09:00:00.5Z","counts":{"K":1}}\n{"timestamp":1518033528,"user":null}\n',
    );
    const tables = [table('logs', JSON_SERDE, columns, { dt: 'string' })];
    const folder = lake(tables, { 'logs/dt=1/a.json': plain, 'logs/dt=2/b.json.gz': packed });
    expect(await rowsOf(folder, 'select * from logs order by timestamp')).toEqual([
      [null, '2018-02-07 19:58:48', null, null, null, null, '2'],
      ['g', '2018-02-07 19:58:48.123', 3, { id: '7', tags: [{ name: 'x' }, null] }, null, null, '1'],
      ['{"a":[1]}', '2026-11-20 09:00:00.5', null, null, [{ key: 'K', value: 1 }], null, '2'],
    ]);
  });

  it('tells what it can not read', async () => {
    const tables = [table('logs', JSON_SERDE, columns)];
    const folder = lake(tables, { 'logs/a.json': '{"level":"high"}\n' });
    await expect(rowsOf(folder, 'select level from logs')).rejects.toThrow(/Could not convert string 'high' to INT32/);
    // Others are not looked into.
    await expect(rowsOf(folder, 'select 1')).resolves.toEqual([[1]]);
  });
});

it('a table of text is read line by line', async () => {
  const long = 'x'.repeat(3_000_000);
  const folder = lake([table('redact', TEXT, { document: 'string' }, { dt: 'string' })], {
    'redact/dt=1/a': `{"a": "1,2"}\nplain "quoted\n${long}\n`,
  });
  expect(await rowsOf(folder, 'select length(document), dt from redact')).toEqual([
    ['12', '1'],
    ['13', '1'],
    [String(long.length), '1'],
  ]);
});

describe('the tables of a template', () => {
  it('are found with their place, format and columns', () => {
    expect(lakeTables([table('t', TEXT, { a: 'int' }, { dt: 'string' }), resource()])).toEqual([
      {
        database: 'sluice_local',
        name: 't',
        format: 'text',
        delimiter: '\u0001',
        bucket: 'lake',
        prefix: 't/',
        columns: [{ name: 'a', type: 'int' }],
        partitionKeys: [{ name: 'dt', type: 'string' }],
      },
    ]);
  });
});

/** Without the colours. */
const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

describe('a result', () => {
  const result: QueryResult = {
    columns: [
      { name: 'name', type: 'VARCHAR' },
      { name: 'n', type: 'BIGINT' },
      { name: 'sum', type: 'DECIMAL(38,2)' },
    ],
    rows: [
      ['日本', '12', '1.50'],
      ['a\u001b[31m\n', '9007199254740993', null],
    ],
    more: false,
    milliseconds: 12.4,
  };

  it('is shown under its columns, numbers to the right, without what a terminal would obey', () => {
    expect(plain(resultTable(result, 80)).split('\n')).toEqual([
      'name                          n   sum',
      '─────────────  ────────────────  ────',
      '日本                         12  1.50',
      'a\\u001b[31m\\n  9007199254740993  NULL',
      '',
      '2 rows, 12 ms',
      '',
    ]);
    expect(resultTable(result, 5)).toContain('a\\u0…');
  });

  it('is printed as JSON, no digit lost', () => {
    expect(JSON.parse(resultJson(result))).toEqual([
      { name: '日本', n: 12, sum: 1.5 },
      { name: 'a\u001b[31m\n', n: '9007199254740993', sum: null },
    ]);
    expect(resultJson({ ...result, rows: [] })).toBe('[]\n');
  });
});

describe('npm run sql', () => {
  const script = fileURLToPath(new URL('../../../local/query/sql.ts', import.meta.url));
  const run = (folder: string, args: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--data', folder, ...args], {
      input,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const withLogs = () => lake([table('logs', JSON_SERDE, { a: 'int' })], { 'logs/x.json': '{"a":1}\n{"a":2}\n' });

  it('answers as a table or as JSON, and lists the tables', () => {
    const folder = withLogs();
    expect(run(folder, ['select sum(a) as total from logs']).stdout).toMatch(
      /^total\n─────\n {4}3\n\n1 row, \d+ ms\n$/,
    );
    expect(run(folder, ['--json', '-'], 'select a from logs order by a\n').stdout).toBe('[\n{"a":1},\n{"a":2}\n]\n');
    expect(run(folder, []).stdout).toContain('logs');
  });

  it('says clearly what is wrong', () => {
    const folder = withLogs();
    expect(run(folder, ['select * from nope'])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/Table with name nope does not exist!.*Tables of this run: logs\n$/s),
    });
    expect(run(folder, ['selec 1'])).toMatchObject({ status: 1, stderr: expect.stringContaining('syntax error') });
    expect(run(folder, ['select 1', 'select 2'])).toMatchObject({ status: 2 });
    expect(run(folder, ['--nope'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--nope') });
    expect(run(join(folder, 'gone'), ['select 1'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('run `npm start` first'),
    });
    expect(run(folder, ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--data DIR') });
  });
});
