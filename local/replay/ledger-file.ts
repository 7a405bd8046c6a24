/** The replayer's ledger outlives the account: without it, what one command put back the next would put back again. */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LocalAccount } from '../account/start-local.ts';
import { keepTable } from '../run/keep-table.ts';

const MOST_A_WRITE = 25;

export async function keepLedger(account: LocalAccount, dataDir: string): Promise<void> {
  await keepTable(account.tables, ledgerOf(account), dataDir);
}

/** Puts what was kept into the account's table. */
export async function readLedger(account: LocalAccount, dataDir: string): Promise<void> {
  const table = ledgerOf(account);
  const path = join(dataDir, 'tables', `${table}.ndjson`);
  if (!existsSync(path)) return;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: account.endpoint, region: 'us-east-1', credentials });
  let items: object[] = [];
  const write = async (): Promise<void> => {
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    items = [];
    if (requests.length > 0)
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests as never } }));
  };
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      items.push(JSON.parse(line) as object);
      if (items.length === MOST_A_WRITE) await write();
    }
    await write();
  } finally {
    client.destroy();
  }
}

function ledgerOf({ template }: LocalAccount): string {
  return String(template.refs.LedgerTable);
}
