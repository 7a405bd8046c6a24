import { dynamodb } from '../platform/clients.ts';
import { sleep } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import { isoOf, partitionOf, type WindowItem } from './item.ts';

const DAY_MS = 86_400_000;
const ATTEMPTS = 8;
const BASE_MS = 25;
const CAP_MS = 2_000;
const REQUEST_MS = 5_000;

/** Some results could not be written: the window has to be closed again. */
class WindowsTableError extends Error {
  override readonly name = 'WindowsTableError';
}

/** Writes items, overwriting those of the same key. Rejects where not all could be written in the time that is left. */
export async function writeItems(table: string, items: readonly WindowItem[], deadline: Deadline): Promise<void> {
  for (let at = 0; at < items.length; at += LIMITS.dynamoDb.batchWrite) {
    await writeBatch(table, items.slice(at, at + LIMITS.dynamoDb.batchWrite), deadline);
  }
}

async function writeBatch(table: string, items: readonly WindowItem[], deadline: Deadline): Promise<void> {
  const { aws, client } = await dynamodb();
  let requests = items.map((item) => ({ PutRequest: { Item: attributesOf(item) } }));
  for (let attempt = 1; ; attempt++) {
    const abortSignal = AbortSignal.timeout(Math.max(1, Math.min(REQUEST_MS, Math.floor(deadline.remainingMs()))));
    const command = new aws.BatchWriteItemCommand({ RequestItems: { [table]: requests } });
    const { UnprocessedItems = {} } = await client.send(command, { abortSignal });
    requests = (UnprocessedItems[table] ?? []) as typeof requests;
    if (requests.length === 0) return;
    const waitMs = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
    if (attempt >= ATTEMPTS || deadline.remainingMs() <= waitMs) {
      throw new WindowsTableError(`${requests.length} results of a window could not be written to ${table}.`);
    }
    await sleep(waitMs);
  }
}

function attributesOf({ pk, sk, window, group, shard, measures, expires }: WindowItem) {
  return {
    pk: { S: pk },
    sk: { S: sk },
    window: { N: String(window) },
    group: { S: group },
    shard: { S: shard },
    measures: { S: JSON.stringify(measures) },
    expires: { N: String(expires) },
  };
}

/** What is read back of an item. */
export type StoredItem = Pick<WindowItem, 'window' | 'group' | 'shard' | 'measures'>;

/** An item as DynamoDB spells it. */
export function storedItemOf(item: Readonly<Record<string, { readonly S?: string; readonly N?: string }>>): StoredItem {
  return {
    window: Number(item.window?.N),
    group: item.group?.S ?? '',
    shard: item.shard?.S ?? '',
    measures: JSON.parse(item.measures?.S ?? '{}'),
  };
}

/** The items of an aggregate's windows that start from `from` up to, but not at, `to` (epoch milliseconds). */
export async function readItems(
  table: string,
  pipeline: string,
  aggregate: string,
  from: number,
  to: number,
): Promise<readonly StoredItem[]> {
  const items: StoredItem[] = [];
  for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
    items.push(...(await readDay(table, partitionOf(pipeline, aggregate, day), from, to)));
  }
  return items;
}

async function readDay(table: string, partition: string, from: number, to: number): Promise<readonly StoredItem[]> {
  const { aws, client } = await dynamodb();
  const items: StoredItem[] = [];
  let start: Record<string, { S: string }> | undefined;
  do {
    const command = new aws.QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: isoOf(from) }, ':to': { S: isoOf(to) } },
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    const page = await client.send(command);
    items.push(...(page.Items ?? []).map(storedItemOf));
    start = page.LastEvaluatedKey as Record<string, { S: string }> | undefined;
  } while (start !== undefined);
  return items;
}
