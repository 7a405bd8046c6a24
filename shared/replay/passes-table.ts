import { dynamodb } from '../platform/clients.ts';
import { expiry, type Item, isConditionFailed, readItems } from './table.ts';

/** Who asks to go on for a token. */
export interface Pass {
  readonly token: string;
  /** The put that brought the record. */
  readonly put: string;
  /** Who the record is at its destination: stays the same when Firehose hands it over again. */
  readonly holder: string;
}

/**
 * Lets the first holder of a token pass, whenever it asks, and nobody else: one conditional write. Rejects where the table
 * can't be reached.
 */
export async function takePass(table: string, { token, put, holder }: Pass, signal: AbortSignal): Promise<boolean> {
  const { aws, client } = await dynamodb();
  const command = new aws.PutItemCommand({
    TableName: table,
    Item: { ...keyOf(token), put: { S: put }, holder: { S: holder }, ...expiry() },
    ConditionExpression: 'attribute_not_exists(pk) OR holder = :holder',
    ExpressionAttributeValues: { ':holder': { S: holder } },
  });
  try {
    await client.send(command, { abortSignal: signal });
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/** For each token with which a record went on: the put that brought it. */
export async function readPasses(table: string, tokens: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const items = await readItems(table, [...new Set(tokens)].map(keyOf));
  return new Map(items.map(({ pk, put }) => [(pk?.S ?? '').slice(PREFIX.length), put?.S ?? '']));
}

const PREFIX = 'redrive#';

function keyOf(token: string): Item {
  return { pk: { S: `${PREFIX}${token}` }, sk: { S: 'pass' } };
}
