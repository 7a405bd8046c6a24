import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import { createTables } from '../../../local/dynamodb/tables.ts';
import { keepTable } from '../../../local/run/keep-table.ts';

it('a table is kept whole, more than a page of it too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keep-'));
  const tables = createTables({ clock: createClock() });
  await tables.createTable({
    TableName: 'windows',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  const items = Array.from({ length: 30 }, (_, n) => ({ pk: { S: `p${n}` }, text: { S: 'x'.repeat(100_000) } }));
  for (const Item of items) {
    await tables.handle({
      service: 'dynamodb',
      operation: 'PutItem',
      method: 'POST',
      url: '/',
      headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0' },
      body: Buffer.from(JSON.stringify({ TableName: 'windows', Item })),
      accessKeyId: 'local',
    });
  }
  await keepTable(tables, 'windows', folder);
  const lines = readFileSync(join(folder, 'tables', 'windows.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(new Set(lines.map((line) => JSON.parse(line).pk.S)).size).toBe(30);
  tables.stop();
  rmSync(folder, { recursive: true });
});
