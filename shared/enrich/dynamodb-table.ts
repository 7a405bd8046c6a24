import type { AttributeValue, KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { dynamodb } from '../platform/clients.ts';
import { now, sleep } from '../platform/clock.ts';
import { LIMITS } from '../platform/limits.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import type { JsonText } from '../record/document.ts';
import { itemText } from './attribute-value.ts';
import { errorName, type OpenTable, type ReferenceTable, type TableKey } from './reference-table.ts';

export interface DynamoDbTableOptions {
  /** Name of the table's partition key. Tables with a sort key can't be looked up in. */
  readonly key: string;
  /** How long a row, or its absence, is remembered, in seconds. Default 300. */
  readonly ttlSeconds?: number;
  /** How many rows are remembered. Default 10,000. */
  readonly maxRows?: number;
}

/** Requests at a time, attempts for keys that DynamoDB did not come to, and the first wait between them, in milliseconds. */
const CONCURRENCY = 4;
const ATTEMPTS = 4;
const WAIT_MS = 50;
const REQUEST_MS = 5_000;

interface Row {
  readonly json: JsonText | 'absent';
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Reference data in a DynamoDB table, read by BatchGetItem once a batch for the keys that are not remembered.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
export function dynamoDbTable(table: string, options: DynamoDbTableOptions): ReferenceTable {
  const { key, ttlSeconds = 300, maxRows = 10_000 } = options;
  return {
    name: `dynamoDbTable ${table}`,
    faults: [
      table === '' ? 'dynamoDbTable: the table has no name' : undefined,
      key === '' ? 'dynamoDbTable: key is empty' : undefined,
    ].filter((fault) => fault !== undefined),
    open: () => openTable(table, key, ttlSeconds * 1000, maxRows),
  };
}

function openTable(table: string, keyName: string, ttlMs: number, maxRows: number): OpenTable {
  const remembered = new Map<string, Row>();
  /** Of this batch: never pushed out by others, and none where DynamoDB did not answer. */
  let batch = new Map<string, Row>();
  const remember = (key: TableKey, json: JsonText | 'absent') => {
    const row = { json, until: now() + ttlMs };
    batch.set(identity(key), row);
    remembered.delete(identity(key));
    remembered.set(identity(key), row);
    if (remembered.size > maxRows) remembered.delete(remembered.keys().next().value!);
  };
  return {
    async prepare(keys) {
      batch = new Map();
      const unknown: TableKey[] = [];
      for (const [id, key] of new Map(keys.map((key) => [identity(key), key]))) {
        const row = remembered.get(id);
        if (row !== undefined && row.until > now()) batch.set(id, row);
        else unknown.push(key);
      }
      await fetchAll(table, keyName, unknown, remember);
    },
    find: (key) => batch.get(identity(key))?.json ?? 'down',
  };
}

function identity({ kind, text }: TableKey): string {
  return kind === 'string' ? `S${text}` : `N${Number(text)}`;
}

type Remember = (key: TableKey, json: JsonText | 'absent') => void;

async function fetchAll(table: string, keyName: string, keys: readonly TableKey[], remember: Remember): Promise<void> {
  const pages: TableKey[][] = [];
  // DynamoDB refuses empty keys, and no row has one.
  const askable = keys.filter(({ text }) => text !== '');
  for (const key of keys) if (key.text === '') remember(key, 'absent');
  for (let at = 0; at < askable.length; at += LIMITS.dynamoDb.batchGet) {
    pages.push(askable.slice(at, at + LIMITS.dynamoDb.batchGet));
  }
  const worker = async () => {
    for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
      try {
        await fetchPage(table, keyName, page, remember);
      } catch (error) {
        count('LookupUnavailable', 1);
        logger.warn('reference data could not be read', { table, error: errorName(error), keys: page.length });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, pages.length) }, worker));
}

/** Keys that no attempt had an answer for are not remembered at all. */
async function fetchPage(table: string, keyName: string, page: readonly TableKey[], remember: Remember): Promise<void> {
  const { aws, client } = await dynamodb();
  const waiting = new Map(page.map((key) => [identity(key), key]));
  let pending: KeysAndAttributes = { Keys: page.map((key) => ({ [keyName]: attributeOf(key) })) };
  for (let attempt = 1; ; attempt++) {
    const command = new aws.BatchGetItemCommand({ RequestItems: { [table]: pending } });
    const { Responses, UnprocessedKeys } = await client.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
    const items = Object.values(Responses ?? {}).flat();
    for (const item of items) settle(waiting, item[keyName], itemText(item), remember);
    const left = Object.values(UnprocessedKeys ?? {})[0];
    const unprocessed = new Set((left?.Keys ?? []).map((key) => identityOf(key[keyName])));
    for (const [id, key] of waiting) {
      if (unprocessed.has(id)) continue;
      remember(key, 'absent');
      waiting.delete(id);
    }
    if (left === undefined || waiting.size === 0) return;
    if (attempt >= ATTEMPTS) throw new UnprocessedKeysError();
    pending = left;
    await sleep(WAIT_MS * 2 ** attempt * Math.random());
  }
}

class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeys';
}

function settle(
  waiting: Map<string, TableKey>,
  value: AttributeValue | undefined,
  json: JsonText,
  remember: Remember,
): void {
  const id = identityOf(value);
  const key = waiting.get(id);
  if (key === undefined) return;
  remember(key, json);
  waiting.delete(id);
}

function attributeOf({ kind, text }: TableKey): AttributeValue {
  return kind === 'string' ? { S: text } : { N: text };
}

function identityOf(value: AttributeValue | undefined): string {
  return value?.N === undefined ? `S${value?.S ?? ''}` : `N${Number(value.N)}`;
}
