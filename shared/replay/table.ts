import { dynamodb } from '../platform/clients.ts';
import { now, sleep } from '../platform/clock.ts';
import { LIMITS } from '../platform/limits.ts';

/** An item of a table with keys `pk` and `sk` and the TTL attribute `expires`. */
export type Item = Record<string, { S?: string; N?: string }>;

/** How long the ledger remembers, in seconds: longer than any dead letter lives. */
const REMEMBERS_SECONDS = 90 * 24 * 3600;
/** Requests at a time when many items are read or written. */
const CONCURRENCY = 8;
const ATTEMPTS = 8;

export function expiry(): { expires: { N: string } } {
  return { expires: { N: String(Math.floor(now() / 1000) + REMEMBERS_SECONDS) } };
}

/** Reads items by their keys, 100 a request. */
export async function readItems(table: string, keys: readonly Item[]): Promise<readonly Item[]> {
  const found: Item[] = [];
  await inParallel(slices(keys, LIMITS.dynamoDb.batchGet), CONCURRENCY, async (slice) => {
    const { aws, client } = await dynamodb();
    let waiting: readonly Item[] = slice;
    for (let attempt = 1; waiting.length > 0; attempt++) {
      await pause(attempt, 'keys unread');
      const request = { [table]: { Keys: waiting as never, ConsistentRead: true } };
      const answer = await client.send(new aws.BatchGetItemCommand({ RequestItems: request }));
      found.push(...((answer.Responses?.[table] ?? []) as Item[]));
      waiting = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as Item[];
    }
  });
  return found;
}

/** Writes items, 25 a request. */
export async function writeItems(table: string, items: readonly Item[]): Promise<void> {
  await inParallel(slices(items, LIMITS.dynamoDb.batchWrite), CONCURRENCY, async (slice) => {
    const { aws, client } = await dynamodb();
    let waiting: readonly object[] = slice.map((item) => ({ PutRequest: { Item: item } }));
    for (let attempt = 1; waiting.length > 0; attempt++) {
      await pause(attempt, 'items unwritten');
      const answer = await client.send(new aws.BatchWriteItemCommand({ RequestItems: { [table]: waiting as never } }));
      waiting = answer.UnprocessedItems?.[table] ?? [];
    }
  });
}

/** Runs a task for each item, some at a time; rejects with the first error, when all that ran have ended. */
export async function inParallel<T>(items: readonly T[], most: number, run: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await run(next.value);
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

async function pause(attempt: number, what: string): Promise<void> {
  if (attempt > ATTEMPTS) throw new Error(`DynamoDB left ${what}.`);
  if (attempt > 1) await sleep(2 ** attempt * 10);
}
