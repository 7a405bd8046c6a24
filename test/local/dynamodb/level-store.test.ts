import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Level } from 'dynalite/db/index.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../../local/dynamodb/engine.ts';
import { createStore } from '../../../local/dynamodb/level-store.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'level-store-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** How many iterators are open. */
function countOpen(db: Level): () => number {
  let open = 0;
  for (const kind of ['keys', 'values'] as const) {
    const iterate = db[kind].bind(db);
    db[kind] = (options) => {
      const iterator = iterate(options);
      const { close } = iterator;
      open += 1;
      iterator.close = async () => {
        open -= 1;
        await close.call(iterator);
      };
      return iterator;
    };
  }
  return () => open;
}

async function fill(engine: Engine): Promise<void> {
  const AttributeDefinitions = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }));
  const KeySchema = [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ];
  await engine.run('CreateTable', {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions,
    KeySchema,
  });
  const table = async () => (await engine.run('DescribeTable', { TableName: 'things' })).Table;
  await expect.poll(table).toMatchObject({ TableStatus: 'ACTIVE' });
  for (let sk = 0; sk < 10; sk++) {
    await engine.run('PutItem', { TableName: 'things', Item: { pk: { S: 'a' }, sk: { S: `${sk}` } } });
  }
}

test.each(['on disk', 'in memory'])('a query %s leaves nothing open, wherever it ends', async (where) => {
  const store = createStore(where === 'on disk' ? folder : undefined);
  const open = countOpen(store.db);
  const engine = createEngine('123456789012', 'us-east-1', store);
  await fill(engine);
  const query = {
    TableName: 'things',
    KeyConditionExpression: 'pk = :a',
    ExpressionAttributeValues: { ':a': { S: 'a' } },
  };
  expect(await engine.run('Query', query)).toMatchObject({ Count: 10 });
  expect(await engine.run('Query', { ...query, Limit: 1 })).toMatchObject({ Count: 1 });
  expect(await engine.run('Scan', { TableName: 'things', Limit: 3 })).toMatchObject({ Count: 3 });
  await expect.poll(open).toBe(0);
});

test('a full disk is told by its code', async () => {
  const store = createStore(folder);
  const engine = createEngine('123456789012', 'us-east-1', store);
  await fill(engine);
  store.db.batch = (_operations, done) => done(new Error('IO error: /data/000003.log: No space left on device'));
  const put = engine.run('PutItem', { TableName: 'things', Item: { pk: { S: 'a' }, sk: { S: 'x' } } });
  await expect(put).rejects.toMatchObject({ code: 'ENOSPC' });
});
