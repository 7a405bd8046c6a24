import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTables, type LocalTables } from '../../../local/dynamodb/tables.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

const ACCOUNT = '123456789012';
let local: LocalEndpoint;
let tables: LocalTables;
let client: DynamoDBClient;

/** A table as the compiled template has it. */
const LEDGER = {
  TableName: 'ledger',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  Tags: [{ Key: 'app', Value: 'sluice' }],
};

beforeEach(async () => {
  local = await openEndpoint(({ clock }) => {
    tables = createTables({ clock, accountId: ACCOUNT, region: 'us-east-1' });
    return [tables];
  });
  client = new DynamoDBClient(local.client);
  await tables.createTable(LEDGER);
});

afterEach(async () => {
  client.destroy();
  tables.stop();
  await local.stop();
});

const put = (id: string, more: Record<string, { S: string } | { N: string }> = {}) =>
  client.send(new PutItemCommand({ TableName: 'ledger', Item: { id: { S: id }, ...more } }));
const get = async (id: string) =>
  (await client.send(new GetItemCommand({ TableName: 'ledger', Key: { id: { S: id } }, ConsistentRead: true }))).Item;

describe('a table', () => {
  test('is made of the template’s properties, ready at once', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'ledger' }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/ledger`,
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'ledger' }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: tables.arnOf('ledger') }));
    expect(Tags).toEqual([{ Key: 'app', Value: 'sluice' }]);
  });

  test('with indexes and numbers written as text', async () => {
    await tables.createTable({
      TableName: 'windows',
      ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: '5' },
      AttributeDefinitions: ['pk', 'sk', 'day'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-day',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
          ProvisionedThroughput: { ReadCapacityUnits: '1', WriteCapacityUnits: '1' },
        },
      ],
    });
    for (const sk of ['b', 'a', 'c']) {
      await client.send(
        new PutItemCommand({
          TableName: 'windows',
          Item: { pk: { S: 'p' }, sk: { S: sk }, day: { S: sk === 'c' ? 'tue' : 'mon' } },
        }),
      );
    }
    const query = async (more: object) =>
      (await client.send(new QueryCommand({ TableName: 'windows', ...more } as never))).Items?.map(
        (item) => item.sk?.S,
      );
    expect(await query({ KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'p' } } })).toEqual(
      ['a', 'b', 'c'],
    );
    const byDay = await query({
      IndexName: 'by-day',
      KeyConditionExpression: '#d = :d',
      ExpressionAttributeNames: { '#d': 'day' },
      ExpressionAttributeValues: { ':d': { S: 'mon' } },
    });
    expect(new Set(byDay)).toEqual(new Set(['a', 'b']));
  });

  test('created by a client can be written to at once', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: 'mine',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
      }),
    );
    await client.send(new PutItemCommand({ TableName: 'mine', Item: { k: { N: '1' } } }));
    await expect(put('x')).resolves.toBeDefined();
    await expect(tables.createTable(LEDGER)).rejects.toMatchObject({
      code: expect.stringContaining('ResourceInUseException'),
    });
    await expect(client.send(new DescribeTableCommand({ TableName: 'gone' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('keeps its backups’ setting', async () => {
    const status = async () =>
      (await client.send(new DescribeContinuousBackupsCommand({ TableName: 'ledger' }))).ContinuousBackupsDescription
        ?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'ledger',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    expect(await status()).toBe('ENABLED');
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'ledger',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      }),
    );
    expect(await status()).toBe('DISABLED');
  });
});

describe('items', () => {
  test('are put, got, updated and deleted, on conditions', async () => {
    await put('a', { count: { N: '1' } });
    const once = new PutItemCommand({
      TableName: 'ledger',
      Item: { id: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    await expect(client.send(once)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: 'ledger',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'ADD #c :one',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ id: { S: 'a' }, count: { N: '2' } });
    await client.send(new DeleteItemCommand({ TableName: 'ledger', Key: { id: { S: 'a' } } }));
    expect(await get('a')).toBeUndefined();
  });

  test('a failed condition can hand out the item as it was', async () => {
    await put('a', { owner: { S: 'first' } });
    const claim = new PutItemCommand({
      TableName: 'ledger',
      Item: { id: { S: 'a' }, owner: { S: 'second' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(client.send(claim)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'a' }, owner: { S: 'first' } },
    });
  });

  test('of many claims at once, one wins', async () => {
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        client.send(
          new PutItemCommand({
            TableName: 'ledger',
            Item: { id: { S: 'x' }, by: { N: `${index}` } },
            ConditionExpression: 'attribute_not_exists(id)',
          }),
        ),
      ),
    );
    expect(claims.filter((claim) => claim.status === 'fulfilled')).toHaveLength(1);
  });

  test('batches of 25 and no more', async () => {
    const batch = (count: number) =>
      new BatchWriteItemCommand({
        RequestItems: {
          ledger: Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: { id: { S: `${index}` } } } })),
        },
      });
    await client.send(batch(25));
    expect((await client.send(new ScanCommand({ TableName: 'ledger', Select: 'COUNT' }))).Count).toBe(25);
    await expect(client.send(batch(26))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('over 400 KB are refused', async () => {
    await expect(put('a', { big: { S: 'x'.repeat(409_600) } })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('meet the faults of operations', async () => {
    local.faults.operation = (service, operation) =>
      service === 'dynamodb' && operation === 'PutItem' ? 'ProvisionedThroughputExceededException' : undefined;
    await expect(put('a')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
    expect(await get('a')).toBeUndefined();
  });
});

describe('expiry', () => {
  const now = (): number => Math.floor(local.clock.now() / 1000);
  const ids = async (): Promise<(string | undefined)[]> =>
    ((await client.send(new ScanCommand({ TableName: 'ledger' }))).Items ?? []).map((item) => item.id?.S).sort();

  test('removes items by the account’s time, and no others', async () => {
    await put('soon', { expires: { N: `${now() + 100}` } });
    await put('later', { expires: { N: `${now() + 10_000}` } });
    await put('never');
    await put('text', { expires: { S: '1' } });
    await put('ages-ago', { expires: { N: '1' } });
    await local.clock.advance(200_000);
    await expect.poll(ids).toEqual(['ages-ago', 'later', 'never', 'text']);
  });

  test('is switched on and off by clients', async () => {
    const update = (Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: 'ledger',
          TimeToLiveSpecification: { Enabled, AttributeName: 'expires' },
        }),
      );
    await expect(update(true)).rejects.toMatchObject({ name: 'ValidationException' });
    await update(false);
    await put('soon', { expires: { N: `${now() + 1}` } });
    await local.clock.advance(120_000);
    expect(await tables.sweep()).toBe(0);
    await update(true);
    expect(await tables.sweep()).toBe(1);
    expect(await ids()).toEqual([]);
  });
});

describe('transactions', () => {
  const write = (items: TransactWriteItem[], ClientRequestToken?: string) =>
    client.send(
      new TransactWriteItemsCommand({ TransactItems: items, ...(ClientRequestToken ? { ClientRequestToken } : {}) }),
    );
  const Put = (id: string, more: object = {}): TransactWriteItem => ({
    Put: { TableName: 'ledger', Item: { id: { S: id } }, ...more },
  });
  const key = (id: string) => ({ TableName: 'ledger', Key: { id: { S: id } } });

  test('write all or nothing, saying for each why', async () => {
    await put('taken', { by: { S: 'other' } });
    const failed = write([
      Put('new'),
      Put('taken', { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { ConditionCheck: { ...key('absent'), ConditionExpression: 'attribute_exists(id)' } },
    ]);
    await expect(failed).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { by: { S: 'other' } } },
        { Code: 'ConditionalCheckFailed' },
      ],
    });
    expect(await get('new')).toBeUndefined();
  });

  test('put, update, delete and check together', async () => {
    await put('u', { n: { N: '1' } });
    await put('d');
    await write([
      Put('p'),
      {
        Update: {
          ...key('u'),
          UpdateExpression: 'SET n = n + :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
      { Delete: key('d') },
      { ConditionCheck: { ...key('absent'), ConditionExpression: 'attribute_not_exists(id)' } },
    ]);
    expect([await get('p'), await get('u'), await get('d'), await get('absent')]).toEqual([
      { id: { S: 'p' } },
      { id: { S: 'u' }, n: { N: '2' } },
      undefined,
      undefined,
    ]);
    const got = await client.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: key('p') }, { Get: key('d') }] }),
    );
    expect(got.Responses).toEqual([{ Item: { id: { S: 'p' } } }, {}]);
  });

  test('an update that can’t be made puts back what was written before it', async () => {
    await put('old', { v: { S: 'as it was' } });
    await put('text', { n: { S: 'not a number' } });
    const failed = write([
      Put('new'),
      Put('old'),
      { Update: { ...key('text'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } } },
    ]);
    await expect(failed).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'None' }, { Code: 'ValidationError' }],
    });
    expect([await get('new'), await get('old')]).toEqual([undefined, { id: { S: 'old' }, v: { S: 'as it was' } }]);
  });

  test('nobody sees one half done', async () => {
    const both = async (value: string) =>
      write([
        Put('a', { Item: { id: { S: 'a' }, v: { S: value } } }),
        Put('b', { Item: { id: { S: 'b' }, v: { S: value } } }),
      ]);
    await both('0');
    const writers = Promise.all(Array.from({ length: 20 }, (_, index) => both(`${index}`)));
    const seen = await Promise.all(
      Array.from({ length: 40 }, () => client.send(new ScanCommand({ TableName: 'ledger', ConsistentRead: true }))),
    );
    await writers;
    for (const { Items } of seen) expect(Items?.[0]?.v).toEqual(Items?.[1]?.v);
  });

  test('with one token are done once', async () => {
    const add: TransactWriteItem = {
      Update: { ...key('n'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
    };
    await write([add], 'token');
    await write([add], 'token');
    expect((await get('n'))?.n).toEqual({ N: '1' });
    await expect(write([Put('other')], 'token')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    await local.clock.advance(601_000);
    await write([add], 'token');
    expect((await get('n'))?.n).toEqual({ N: '2' });
  });

  test.each([
    ['two of one item', () => [Put('a'), { Delete: key('a') }]],
    ['none', () => []],
    ['a hundred and one', () => Array.from({ length: 101 }, (_, index) => Put(`${index}`))],
    ['two kinds in one', () => [{ ...Put('a'), Delete: key('b') }]],
    ['an expression that is none', () => [Put('a', { ConditionExpression: 'nonsense(' })]],
  ] as [string, () => TransactWriteItem[]][])('%s are refused', async (_, items) => {
    await expect(write(items())).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('tables on disk', () => {
  let folder: string;
  let kept: LocalTables;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'));
    kept = createTables({ clock: local.clock, accountId: ACCOUNT, region: 'us-east-1', dataDir: folder });
  });

  afterEach(() => {
    kept.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(operation: string, input: object): Promise<Record<string, unknown>> {
    const { status, body } = await kept.handle({
      service: 'dynamodb',
      operation,
      method: 'POST',
      url: '/',
      headers: {},
      body: Buffer.from(JSON.stringify(input)),
      signal: new AbortController().signal,
      accessKeyId: undefined,
    });
    expect(status).toBe(200);
    return JSON.parse(String(body));
  }

  test('take what is asked of them while they are being opened', async () => {
    await expect(kept.createTable(LEDGER)).resolves.toContain('table/ledger');
    const { TableNames } = await run('ListTables', {});
    expect(TableNames).toEqual(['ledger']);
  });

  test('give back what was put, as it was last put', async () => {
    await kept.createTable(LEDGER);
    const ids = Array.from({ length: 2_000 }, (_, index) => `id-${index}`);
    const puts = (value: string, some: readonly string[]) =>
      some.map((id) => ({ PutRequest: { Item: { id: { S: id }, value: { S: value } } } }));
    for (let at = 0; at < ids.length; at += 25) {
      await Promise.all([
        run('BatchWriteItem', { RequestItems: { ledger: puts('first', ids.slice(at, at + 25)) } }),
        run('GetItem', { TableName: 'ledger', Key: { id: { S: ids[at] } } }),
      ]);
    }
    const second = ids.slice(0, 25);
    await run('BatchWriteItem', { RequestItems: { ledger: puts('second', second) } });
    await run('DeleteItem', { TableName: 'ledger', Key: { id: { S: 'id-24' } } });
    const found: string[] = [];
    for await (const item of kept.items('ledger')) found.push(`${item.id?.S} ${item.value?.S}`);
    const expected = ids.filter((id) => id !== 'id-24').map((id, index) => `${id} ${index < 24 ? 'second' : 'first'}`);
    expect(found.sort()).toEqual(expected.sort());
  });
});

test('no request, however odd, ends the process', async () => {
  const operation = fc.constantFrom(
    'PutItem',
    'UpdateItem',
    'Query',
    'Scan',
    'GetItem',
    'BatchWriteItem',
    'TransactWriteItems',
    'TransactGetItems',
    'CreateTable',
  );
  const value = fc.anything({ withNullPrototype: false, maxDepth: 3 });
  const odd = fc.record(
    {
      TableName: fc.constantFrom('ledger', 'ledger', 'gone', 5),
      Item: fc.oneof(value, fc.constant({ id: { S: 'x' } })),
      Key: fc.oneof(value, fc.constant({ id: { S: 'x' } })),
      ConditionExpression: fc.oneof(fc.string(), fc.constant('attribute_exists(id) AND id = :v')),
      UpdateExpression: fc.oneof(fc.string(), fc.constant('SET a.b[3] = :v')),
      KeyConditionExpression: fc.oneof(fc.string(), fc.constant('id = :v')),
      ExpressionAttributeValues: fc.oneof(
        value,
        fc.constant({ ':v': { S: '1' } }),
        fc.constant({ ':v': { L: [{ N: 'x' }] } }),
      ),
      RequestItems: value,
      TransactItems: fc.array(value),
      ExclusiveStartKey: value,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(operation, odd, async (name, body) => {
      const response = await fetch(local.gateway.endpoint, {
        method: 'POST',
        headers: {
          authorization:
            'AWS4-HMAC-SHA256 Credential=A/20260131/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${name}`,
        },
        body: JSON.stringify(body, (_, each) => (typeof each === 'bigint' ? `${each}` : each)),
      });
      await response.text();
      expect([200, 400, 500]).toContain(response.status);
    }),
    { numRuns: 200 },
  );
});
