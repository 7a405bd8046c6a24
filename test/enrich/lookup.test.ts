import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamoDbTable, lookup, s3Table } from '../../shared/enrich/index.ts';
import { csv, json, ndjson } from '../../shared/formats/index.ts';
import { compilePipeline, PipelineError } from '../../shared/pipeline/compile.ts';
import { definePipeline } from '../../shared/pipeline/definition.ts';
import { logger } from '../../shared/platform/logger.ts';
import type { Step } from '../../shared/record/step.ts';
import { awsEndpoint, type Reply, type Respond } from '../factories/aws-endpoint.ts';
import { inWords } from '../factories/example.ts';

let respond: Respond;
let calls: { operation: string; body: string; etag: string | undefined }[] = [];
let endpoint: Awaited<ReturnType<typeof awsEndpoint>>;

beforeAll(async () => {
  vi.spyOn(logger, 'warn').mockImplementation(() => {});
  endpoint = await awsEndpoint((operation, body, headers) => {
    calls.push({ operation, body, etag: headers['if-none-match'] });
    return respond(operation, body, headers);
  });
});
afterAll(() => endpoint.close());
beforeEach(() => {
  calls = [];
  vi.useRealTimers();
});

function pipelineOf(...steps: Step[]) {
  const pipeline = compilePipeline(definePipeline({ name: 'example', input: json(), steps, output: ndjson() }));
  return {
    load: pipeline.load,
    run: async (...records: string[]) => {
      const outcomes = await pipeline.run(
        records.map((data, index) => ({ id: `r${index}`, data })),
        { now: 0 },
      );
      return outcomes.map(inWords);
    },
  };
}

const DOWN: Reply = { status: 503, body: '<Error><Code>ServiceUnavailable</Code></Error>' };
const rows = 'sku,name,price\nA1,"Lamp, small",1.50\nB2,Desk,20\n';
const format = csv({ header: ['sku', 'name', 'price'], types: { price: 'number' } });
const lamp = '{"sku":"A1","name":"Lamp, small","price":1.50}';

describe('lookup in S3', () => {
  const table = (more = {}) => s3Table('s3://reference/products.csv', { format, key: 'sku', ...more });
  const file =
    (body: string | Buffer, etag = '"1"'): Respond =>
    (_, __, headers) =>
      headers['if-none-match'] === etag ? { status: 304 } : { body, headers: { etag } };

  it('adds the row of a key, numbers spelled as they came', async () => {
    respond = file(rows);
    const { load, run } = pipelineOf(lookup({ from: 'sku', to: 'product', table: table() }));
    await load();
    expect(await run('{"sku":"A1"}', '{"sku":"none"}', '{"other":1}', '{"sku":{}}')).toEqual([
      `{"sku":"A1","product":${lamp}}`,
      '{"sku":"none"}',
      '{"other":1}',
      '{"sku":{}}',
    ]);
    expect(calls.map(({ operation }) => operation)).toEqual(['GET /reference/products.csv']);
  });

  it.each([
    ['an array', '[{"sku":"A1","n":1.0},{"sku":2,"n":3}]', 'sku'],
    ['NDJSON', '{"sku":"A1","n":1.0}\n{"sku":2,"n":3}', 'sku'],
    ['an object of rows', '{"A1":{"sku":"A1","n":1.0},"2":{"sku":2,"n":3}}', undefined],
    ['gzip', gzipSync('[{"sku":"A1","n":1.0},{"sku":2,"n":3}]'), 'sku'],
  ])('reads JSON as %s', async (_, body, key) => {
    respond = file(body);
    const source = s3Table('s3://reference/products.json', { format: json(), ...(key !== undefined && { key }) });
    const { run } = pipelineOf(lookup({ from: 'k', to: 'p', table: source, fields: ['n'] }));
    expect(await run('{"k":"A1"}', '{"k":2}')).toEqual(['{"k":"A1","p":{"n":1.0}}', '{"k":2,"p":{"n":3}}']);
  });

  it('asks again by ETag when its time has come, and takes a new version', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    respond = file(rows);
    const { run } = pipelineOf(
      lookup({ from: 'sku', to: 'p', table: table({ refreshSeconds: 60 }), fields: ['name'] }),
    );
    await run('{"sku":"B2"}');
    await run('{"sku":"B2"}');
    expect(calls).toHaveLength(1);
    vi.setSystemTime(1_061_000);
    expect(await run('{"sku":"B2"}')).toEqual(['{"sku":"B2","p":{"name":"Desk"}}']);
    expect(calls[1]).toMatchObject({ etag: '"1"' });
    respond = file('B2,Table,30\n', '"2"');
    vi.setSystemTime(1_122_000);
    expect(await run('{"sku":"B2"}')).toEqual(['{"sku":"B2","p":{"name":"Table"}}']);
  });

  it('serves the old version while the new one can not be had', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    respond = file(rows);
    const { run } = pipelineOf(
      lookup({ from: 'sku', to: 'p', table: table({ refreshSeconds: 60 }), fields: ['name'] }),
    );
    await run('{"sku":"B2"}');
    for (const answer of [DOWN, { body: 'a,b\n', headers: { etag: '"3"' } }]) {
      respond = () => answer;
      vi.setSystemTime(Date.now() + 61_000);
      expect(await run('{"sku":"B2"}')).toEqual(['{"sku":"B2","p":{"name":"Desk"}}']);
    }
  });

  it.each([
    ['fail', { failed: 'LookupUnavailable' }],
    ['skip', '{"sku":"A1"}'],
    [{ default: { name: 'unknown é' } }, '{"sku":"A1","p":{"name":"unknown é"}}'],
  ] as const)('does what the pipeline says where it is down: %j', async (whenDown, out) => {
    respond = () => DOWN;
    const { load, run } = pipelineOf(lookup({ from: 'sku', to: 'p', table: table(), whenDown }));
    await load();
    expect(await run('{"sku":"A1"}', '{"other":1}')).toEqual([out, '{"other":1}']);
  });

  it.each([
    ['fail', { failed: 'LookupMissing' }],
    [{ default: null }, '{"sku":"Z","p":null}'],
  ] as const)('does what the pipeline says where a row is missing: %j', async (whenMissing, out) => {
    respond = file(rows);
    const { run } = pipelineOf(lookup({ from: 'sku', to: 'p', table: table(), whenMissing }));
    expect(await run('{"sku":"Z"}')).toEqual([out]);
  });

  it('comes up when the file does', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    respond = () => DOWN;
    const { load, run } = pipelineOf(lookup({ from: 'sku', to: 'p', table: table(), fields: ['name'] }));
    await load();
    respond = file(rows);
    expect(await run('{"sku":"B2"}')).toEqual([{ failed: 'LookupUnavailable' }]);
    vi.setSystemTime(1_020_000);
    expect(await run('{"sku":"B2"}')).toEqual(['{"sku":"B2","p":{"name":"Desk"}}']);
  });

  it('does not take a file over its limit', async () => {
    respond = file(rows);
    const { run } = pipelineOf(lookup({ from: 'sku', to: 'p', table: table({ maxBytes: rows.length - 1 }) }));
    expect(await run('{"sku":"A1"}')).toEqual([{ failed: 'LookupUnavailable' }]);
  });
});

describe('lookup in DynamoDB', () => {
  const item = {
    id: { S: 'a' },
    n: { N: '1.50' },
    ok: { BOOL: true },
    no: { NULL: true },
    l: { L: [{ S: 'é"' }, { M: { x: { NS: ['1', '2'] } } }] },
    b: { B: 'AQI=' },
    s: { SS: ['x'] },
  };
  const step = (more = {}, options = {}) =>
    lookup({ from: 'id', to: 'row', table: dynamoDbTable('Users', { key: 'id', ...options }), ...more });
  const keysOf = (body: string): Record<string, Record<string, string>>[] => JSON.parse(body).RequestItems.Users.Keys;
  const answering =
    (...items: object[]): Respond =>
    () => ({ body: JSON.stringify({ Responses: { Users: items }, UnprocessedKeys: {} }) });

  it('adds the item of a key as JSON', async () => {
    respond = answering(item);
    const { run } = pipelineOf(step());
    expect(await run('{"id":"a"}')).toEqual([
      '{"id":"a","row":{"id":"a","n":1.50,"ok":true,"no":null,"l":["é\\"",{"x":[1,2]}],"b":"AQI=","s":["x"]}}',
    ]);
  });

  it('asks once a batch, for each key once, in requests of 100, and remembers what was there and what was not', async () => {
    respond = (_, body) =>
      answering(
        ...keysOf(body)
          .filter(({ id }) => Number(id!.S) % 2 === 0)
          .map((key) => ({ ...key, n: { N: '1' } })),
      )('', '', {});
    const { run } = pipelineOf(step({ whenMissing: { default: 0 } }));
    const records = Array.from({ length: 250 }, (_, n) => `{"id":"${n % 220}"}`);
    const out = await run(...records);
    expect(calls.map(({ body }) => keysOf(body).length).toSorted()).toEqual([100, 100, 20]);
    expect(out[4]).toBe('{"id":"4","row":{"id":"4","n":1}}');
    expect(out[5]).toBe('{"id":"5","row":0}');
    expect(await run(...records)).toEqual(out);
    expect(calls).toHaveLength(3);
  });

  it('asks again when the time to live is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    respond = answering(item);
    const { run } = pipelineOf(step({ fields: ['n'] }, { ttlSeconds: 10 }));
    await run('{"id":"a"}');
    vi.setSystemTime(1_011_000);
    expect(await run('{"id":"a"}')).toEqual(['{"id":"a","row":{"n":1.50}}']);
    expect(calls).toHaveLength(2);
  });

  it('tells strings from numbers, and asks for no empty key', async () => {
    respond = answering({ id: { N: '7' }, n: { S: 'number' } });
    const { run } = pipelineOf(step({ whenMissing: { default: 0 } }));
    expect(await run('{"id":7.0}', '{"id":"7"}', '{"id":""}')).toEqual([
      '{"id":7.0,"row":{"id":7,"n":"number"}}',
      '{"id":"7","row":0}',
      '{"id":"","row":0}',
    ]);
    expect(keysOf(calls[0]!.body)).toEqual([{ id: { N: '7.0' } }, { id: { S: '7' } }]);
  });

  it('asks again for keys that were not come to, and fails what it never gets', async () => {
    let left = 2;
    respond = (_, body) => {
      const keys = keysOf(body);
      if (left-- > 0)
        return { body: JSON.stringify({ Responses: { Users: [] }, UnprocessedKeys: { Users: { Keys: keys } } }) };
      return answering(item)('', '', {});
    };
    const { run } = pipelineOf(step({ fields: ['n'] }));
    expect(await run('{"id":"a"}')).toEqual(['{"id":"a","row":{"n":1.50}}']);
    left = Number.POSITIVE_INFINITY;
    expect(await run('{"id":"b"}', '{"id":"a"}')).toEqual([
      { failed: 'LookupUnavailable' },
      '{"id":"a","row":{"n":1.50}}',
    ]);
  });

  it('does what the pipeline says where it is down, and does not remember that', async () => {
    respond = () => ({ status: 400, body: '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}' });
    const { run } = pipelineOf(step({ whenDown: 'skip' }));
    expect(await run('{"id":"a"}')).toEqual(['{"id":"a"}']);
    respond = answering(item);
    expect((await run('{"id":"a"}'))[0]).toContain('"row":');
  });

  it('keeps every row of a batch, however few it may remember', async () => {
    respond = (_, body) => answering(...keysOf(body))('', '', {});
    const { run } = pipelineOf(step({}, { maxRows: 2 }));
    const records = Array.from({ length: 20 }, (_, n) => `{"id":"${n}"}`);
    expect(await run(...records)).toEqual(records.map((_, n) => `{"id":"${n}","row":{"id":"${n}"}}`));
  });
});

describe('lookup', () => {
  it('tells what is wrong with its settings when the pipeline is compiled', () => {
    const wrong = () =>
      pipelineOf(
        lookup({ from: 'a.*', to: 'b', table: s3Table('products.csv', { format: json(), refreshSeconds: 0 }) }),
        lookup({ from: 'a', to: 'b', table: dynamoDbTable('', { key: '' }) }),
      );
    expect(wrong).toThrow(PipelineError);
    expect(wrong).toThrow(
      /no wildcards here[\s\S]*"products.csv" is no s3:\/\/bucket\/key[\s\S]*refreshSeconds[\s\S]*has no name[\s\S]*key is empty/,
    );
  });
});
