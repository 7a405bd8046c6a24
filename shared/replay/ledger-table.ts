import { createHash } from 'node:crypto';
import { dynamodb } from '../platform/clients.ts';
import { sleep } from '../platform/clock.ts';
import { LIMITS } from '../platform/limits.ts';
import type { Ledger, Progress, Story } from './ledger.ts';

/** How long the ledger remembers, in seconds: longer than any dead letter lives. */
const REMEMBERS_SECONDS = 90 * 24 * 3600;
/** Requests at a time when many items are read or written. */
const CONCURRENCY = 8;
const ATTEMPTS = 8;

type Item = Record<string, { S?: string; N?: string }>;

/**
 * The ledger in a DynamoDB table with keys `pk` and `sk` and the TTL attribute `expires`. A source costs one write for its
 * lease and two for each chunk of up to 500 letters; a record costs one read and one write of its story.
 */
export function ledgerTable(table: string): Ledger {
  return {
    lease: (source, owner, untilMs) => lease(table, source, owner, untilMs),
    release: (source, owner) => release(table, source, owner),
    progress: (source) => progress(table, source),
    claim: (source, letters, at) => claim(table, source, letters, at),
    confirm: (source, chunk, letters, at) => confirm(table, source, chunk, letters, at),
    stories: (digests) => stories(table, digests),
    keep: (changed) => keep(table, changed),
  };
}

async function lease(table: string, source: string, owner: string, untilMs: number): Promise<boolean> {
  const { aws, client } = await dynamodb();
  const command = new aws.PutItemCommand({
    TableName: table,
    Item: { ...key(source, 'lease'), owner: { S: owner }, until: { N: String(untilMs) }, ...expiry() },
    ConditionExpression: 'attribute_not_exists(pk) OR #until < :now OR #owner = :owner',
    ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
    ExpressionAttributeValues: { ':now': { N: String(Date.now()) }, ':owner': { S: owner } },
  });
  return await client.send(command).then(() => true, isRefused);
}

/** Gives the lease back by letting it end; only its owner can. */
async function release(table: string, source: string, owner: string): Promise<void> {
  const { aws, client } = await dynamodb();
  const command = new aws.UpdateItemCommand({
    TableName: table,
    Key: key(source, 'lease'),
    UpdateExpression: 'SET #until = :zero',
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
    ExpressionAttributeValues: { ':zero': { N: '0' }, ':owner': { S: owner } },
  });
  await client.send(command).catch(isRefused);
}

async function progress(table: string, source: string): Promise<Progress> {
  const { aws, client } = await dynamodb();
  const done = new Set<string>();
  const claimed = new Set<string>();
  let from: Item | undefined;
  do {
    const answer = await client.send(
      new aws.QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :chunk)',
        ExpressionAttributeValues: { ':pk': { S: sourceKey(source) }, ':chunk': { S: 'chunk#' } },
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from as never }),
      }),
    );
    for (const item of (answer.Items ?? []) as Item[]) {
      for (const letter of lettersOf(item.claimed)) claimed.add(letter);
      for (const letter of lettersOf(item.done)) done.add(letter);
    }
    from = answer.LastEvaluatedKey as Item | undefined;
  } while (from !== undefined);
  return { done, uncertain: new Set([...claimed].filter((letter) => !done.has(letter))) };
}

async function claim(table: string, source: string, letters: readonly string[], at: number): Promise<string> {
  const { aws, client } = await dynamodb();
  const chunk = `chunk#${letters[0]}#${at}`;
  const item = { ...key(source, chunk), claimed: { S: letters.join(' ') }, at: { N: String(at) }, ...expiry() };
  await client.send(new aws.PutItemCommand({ TableName: table, Item: item }));
  return chunk;
}

/** Letters of the chunk that are not confirmed are no longer claimed: their put is known to have failed. */
async function confirm(
  table: string,
  source: string,
  chunk: string,
  letters: readonly string[],
  at: number,
): Promise<void> {
  const { aws, client } = await dynamodb();
  const item = { ...key(source, chunk), done: { S: letters.join(' ') }, at: { N: String(at) }, ...expiry() };
  await client.send(new aws.PutItemCommand({ TableName: table, Item: item }));
}

async function stories(table: string, digests: readonly string[]): Promise<ReadonlyMap<string, Story>> {
  const found = new Map<string, Story>();
  await inParallel(slices([...new Set(digests)], LIMITS.dynamoDb.batchGet), async (slice) => {
    const { aws, client } = await dynamodb();
    let keys: Item[] = slice.map((digest) => ({ pk: { S: recordKey(digest) }, sk: { S: 'story' } }));
    for (let attempt = 1; keys.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw new Error('DynamoDB left keys unread.');
      if (attempt > 1) await sleep(2 ** attempt * 10);
      const request = { [table]: { Keys: keys as never, ConsistentRead: true } };
      const answer = await client.send(new aws.BatchGetItemCommand({ RequestItems: request }));
      for (const item of (answer.Responses?.[table] ?? []) as Item[]) {
        found.set((item.pk?.S ?? '').slice('record#'.length), JSON.parse(item.story?.S ?? '[]'));
      }
      keys = (answer.UnprocessedKeys?.[table]?.Keys ?? []) as Item[];
    }
  });
  return found;
}

async function keep(table: string, changed: ReadonlyMap<string, Story>): Promise<void> {
  await inParallel(slices([...changed], LIMITS.dynamoDb.batchWrite), async (slice) => {
    const { aws, client } = await dynamodb();
    let requests: object[] = slice.map(([digest, story]) => ({
      PutRequest: {
        Item: { pk: { S: recordKey(digest) }, sk: { S: 'story' }, story: { S: JSON.stringify(story) }, ...expiry() },
      },
    }));
    for (let attempt = 1; requests.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw new Error('DynamoDB left items unwritten.');
      if (attempt > 1) await sleep(2 ** attempt * 10);
      const answer = await client.send(new aws.BatchWriteItemCommand({ RequestItems: { [table]: requests as never } }));
      requests = answer.UnprocessedItems?.[table] ?? [];
    }
  });
}

function key(source: string, sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: sourceKey(source) }, sk: { S: sk } };
}

/** Keys of a table hold at most 2,048 bytes: an object's key can be longer with its bucket. */
function sourceKey(source: string): string {
  return `source#${source.length > 1000 ? createHash('sha256').update(source).digest('hex') : source}`;
}

function recordKey(digest: string): string {
  return `record#${digest}`;
}

function expiry(): { expires: { N: string } } {
  return { expires: { N: String(Math.floor(Date.now() / 1000) + REMEMBERS_SECONDS) } };
}

function lettersOf(attribute: { S?: string } | undefined): readonly string[] {
  return attribute?.S === undefined || attribute.S === '' ? [] : attribute.S.split(' ');
}

function isRefused(error: unknown): boolean {
  if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
  throw error;
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}
