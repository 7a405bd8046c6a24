import { createHash } from 'node:crypto';
import { dynamodb } from '../platform/clients.ts';
import { now, sleep } from '../platform/clock.ts';
import { ASIDE, type Claim, type Lease, LeaseLostError, type Ledger, type Progress } from './ledger.ts';
import { readPasses, takePasses } from './passes-table.ts';
import { keepStories, readStories } from './stories-table.ts';
import { expiry, type Item, isConditionFailed } from './table.ts';

/** How far the clocks of two invocations may be apart. */
const SKEW_MS = 2_000;
const ATTEMPTS = 6;

/**
 * The ledger in a DynamoDB table with keys `pk` and `sk` and the TTL attribute `expires`. What it costs is written in
 * docs/decisions/replay.md.
 */
export function ledgerTable(table: string): Ledger {
  return {
    lease: (source, owner, untilMs) => lease(table, source, owner, untilMs),
    release: (source, owner, settled) => release(table, source, owner, settled),
    progress: (source) => progress(table, source),
    claim: (source, owner, claimed) => claim(table, source, owner, claimed),
    confirm: (source, name, letters, at) => confirm(table, source, name, letters, at),
    stories: (digests) => readStories(table, digests),
    keep: (stories) => keepStories(table, stories),
    passes: (tokens) => readPasses(table, tokens),
    close: (token) => close(table, token),
  };
}

async function lease(table: string, source: string, owner: string, untilMs: number): Promise<Lease | undefined> {
  const { aws, client } = await dynamodb();
  const command = new aws.UpdateItemCommand({
    TableName: table,
    Key: key(source, LEASE),
    UpdateExpression: 'SET #owner = :owner, #until = :until, expires = :expires',
    ConditionExpression: 'attribute_not_exists(pk) OR #until < :past OR #owner = :owner',
    ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
    ExpressionAttributeValues: {
      ':owner': { S: owner },
      ':until': { N: String(untilMs) },
      ':past': { N: String(now() - SKEW_MS) },
      ':expires': expiry().expires,
    },
    ReturnValues: 'ALL_OLD',
  });
  try {
    const { Attributes: before } = await client.send(command);
    return { begun: before !== undefined, settled: before?.settled !== undefined };
  } catch (error) {
    // A claim that is being written is another invocation's at work, or this one's own, which keeps the lease too.
    if (isConditionFailed(error) || isConflict(error)) return undefined;
    throw error;
  }
}

/** Lets the lease end; only its owner can. */
async function release(table: string, source: string, owner: string, settled: boolean): Promise<void> {
  const { aws, client } = await dynamodb();
  const command = new aws.UpdateItemCommand({
    TableName: table,
    Key: key(source, LEASE),
    UpdateExpression: `SET #until = :zero${settled ? ', settled = :now' : ''}`,
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':owner': { S: owner },
      ...(settled ? { ':now': { N: String(now()) } } : {}),
    },
  });
  try {
    await client.send(command);
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}

async function progress(table: string, source: string): Promise<Progress> {
  const { aws, client } = await dynamodb();
  const done = new Set<string>();
  const claimed = new Map<string, number>();
  let from: Item | undefined;
  do {
    const answer = await client.send(
      new aws.QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :claim)',
        ExpressionAttributeValues: { ':pk': { S: sourceKey(source) }, ':claim': { S: CLAIM } },
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from as never }),
      }),
    );
    for (const item of (answer.Items ?? []) as Item[]) {
      // Of several claims the first matters: a record may have been put from then on.
      for (const letter of lettersOf(item.claimed))
        if (!claimed.has(letter)) claimed.set(letter, Number(item.at?.N ?? 0));
      for (const letter of lettersOf(item.done)) done.add(letter);
    }
    from = answer.LastEvaluatedKey as Item | undefined;
  } while (from !== undefined);
  for (const letter of done) claimed.delete(letter);
  return { done, uncertain: claimed };
}

/** Names sort by time, so that the first claim of a letter is read first. */
async function claim(table: string, source: string, owner: string, { letters, at, untilMs }: Claim): Promise<string> {
  const { aws, client } = await dynamodb();
  const name = `${CLAIM}${String(at).padStart(15, '0')}#${shortName(`${owner} ${letters[0]}`)}`;
  const item = { ...key(source, name), claimed: { S: letters.join(' ') }, at: { N: String(at) }, ...expiry() };
  const keepLease = {
    TableName: table,
    Key: key(source, LEASE),
    UpdateExpression: 'SET #until = :until',
    ConditionExpression: '#owner = :owner',
    ExpressionAttributeNames: { '#until': 'until', '#owner': 'owner' },
    ExpressionAttributeValues: { ':until': { N: String(untilMs) }, ':owner': { S: owner } },
  };
  const TransactItems = [{ Update: keepLease }, { Put: { TableName: table, Item: item } }];
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new aws.TransactWriteItemsCommand({ TransactItems }));
      return name;
    } catch (error) {
      const reasons = reasonsOf(error);
      if (reasons.includes('ConditionalCheckFailed'))
        throw new LeaseLostError('Another invocation replays this source.');
      // The lease was being kept at the same moment.
      if (!reasons.includes('TransactionConflict') || attempt === ATTEMPTS) throw error;
      await sleep(20 * 2 ** attempt);
    }
  }
}

async function confirm(
  table: string,
  source: string,
  name: string,
  letters: readonly string[],
  at: number,
): Promise<void> {
  const { aws, client } = await dynamodb();
  const item = { ...key(source, name), done: { S: letters.join(' ') }, at: { N: String(at) }, ...expiry() };
  await client.send(new aws.PutItemCommand({ TableName: table, Item: item }));
}

const CLOSING_MS = 10_000;

async function close(table: string, token: string): Promise<void> {
  await takePasses(table, [{ token, put: ASIDE, holder: ASIDE }], AbortSignal.timeout(CLOSING_MS));
}

const LEASE = 'lease';
const CLAIM = 'claim#';

function key(source: string, sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: sourceKey(source) }, sk: { S: sk } };
}

/** Keys of a table hold at most 2,048 bytes: an object's key can be longer with its bucket. */
function sourceKey(source: string): string {
  return `source#${source.length > 1000 ? createHash('sha256').update(source).digest('hex') : source}`;
}

function shortName(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function lettersOf(attribute: { S?: string } | undefined): readonly string[] {
  return attribute?.S === undefined || attribute.S === '' ? [] : attribute.S.split(' ');
}

/** Why a transaction was cancelled; empty for every other error. */
function reasonsOf(error: unknown): readonly (string | undefined)[] {
  const { CancellationReasons: reasons } = (error ?? {}) as { CancellationReasons?: readonly { Code?: string }[] };
  return (reasons ?? []).map(({ Code }) => Code);
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && error.name === 'TransactionConflictException';
}
