import { createHash } from 'node:crypto';
import { dynamodb } from '../platform/clients.ts';
import { expiry, type Item, readItems } from './table.ts';
import { partsOf } from './token.ts';

/** Who asks to go on for a token. */
export interface Pass {
  readonly token: string;
  /** The put that brought the record. */
  readonly put: string;
  /** Who the record is at its destination: stays the same when Firehose hands it over again. */
  readonly holder: string;
}

/** Names in one expression, which may have 4 KB and 300 operators: see DynamoDB's service quotas. */
const MOST_NAMES = 100;

/**
 * Lets the first holder of each token pass, whenever it asks, and nobody else. All tokens are of one group; one update a
 * hundred of them. Aligned with the passes. Rejects where the table can't be reached.
 */
export async function takePasses(
  table: string,
  passes: readonly Pass[],
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  const asked = new Map<string, string>();
  for (const pass of passes) {
    const { name } = partsOf(pass.token);
    // Of two in one batch the first asks.
    if (!asked.has(name)) asked.set(name, heldBy(pass));
  }
  const held = new Map<string, string>();
  const { group } = partsOf(passes[0]!.token);
  const entries = [...asked];
  for (let at = 0; at < entries.length; at += MOST_NAMES) {
    for (const [name, value] of await update(table, group, entries.slice(at, at + MOST_NAMES), signal))
      held.set(name, value);
  }
  return passes.map(({ token, holder }) => holderOf(held.get(partsOf(token).name)) === shortName(holder));
}

/** Sets what is not set, and gives what is. */
async function update(
  table: string,
  group: string,
  entries: readonly (readonly [name: string, value: string])[],
  signal: AbortSignal,
): Promise<readonly (readonly [name: string, value: string])[]> {
  const { aws, client } = await dynamodb();
  const sets = entries.map((_, index) => `#${index} = if_not_exists(#${index}, :${index})`);
  const command = new aws.UpdateItemCommand({
    TableName: table,
    Key: keyOf(group) as never,
    UpdateExpression: `SET expires = :expires, ${sets.join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#${index}`, ATTRIBUTE + name])),
    ExpressionAttributeValues: {
      ':expires': expiry().expires,
      ...Object.fromEntries(entries.map(([, value], index) => [`:${index}`, { S: value }])),
    },
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes = {} } = await client.send(command, { abortSignal: signal });
  return entries.map(([name]) => [name, Attributes[ATTRIBUTE + name]?.S ?? '']);
}

/** For each token with which a record went on: the put that brought it. */
export async function readPasses(table: string, tokens: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const groups = new Set(tokens.map((token) => partsOf(token).group));
  const items = new Map((await readItems(table, [...groups].map(keyOf))).map((item) => [item.pk?.S, item]));
  return new Map(
    tokens.flatMap((token) => {
      const { group, name } = partsOf(token);
      const value = items.get(PREFIX + group)?.[ATTRIBUTE + name]?.S;
      return value === undefined ? [] : [[token, value.slice(value.indexOf(' ') + 1)] as const];
    }),
  );
}

const PREFIX = 'redrive#';
/** Before the names, so that none is one of the item's own. */
const ATTRIBUTE = 'n-';

function keyOf(group: string): Item {
  return { pk: { S: `${PREFIX}${group}` }, sk: { S: 'passes' } };
}

function heldBy({ put, holder }: Pass): string {
  return `${shortName(holder)} ${put}`;
}

function holderOf(value: string | undefined): string | undefined {
  return value?.slice(0, value.indexOf(' '));
}

function shortName(holder: string): string {
  return createHash('sha256').update(holder).digest('base64url').slice(0, 16);
}
