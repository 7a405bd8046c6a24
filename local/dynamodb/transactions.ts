/**
 * Transactions over single operations: all conditions are checked before anything is written, and nothing else runs
 * meanwhile. Source: TransactWriteItems' and TransactGetItems' API references.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonObject, JsonOperation } from '../gateway/json-service.ts';
import { type Engine, type EngineOperation, errorName, type Item, type Prepared } from './engine.ts';
import type { Gate } from './gate.ts';

const MOST_ITEMS = 100;
const LARGEST_REQUEST = 4 * 1024 * 1024;
const TOKEN_LIFE_MS = 600_000;

/** The engine's operation that each kind of write is; a check is a delete that isn't run. */
const WRITES: Readonly<Record<string, EngineOperation>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
};

export interface Parts {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly clock: Clock;
}

export function transactionOperations(parts: Parts): Record<string, JsonOperation> {
  const done = new Map<string, { readonly at: number; readonly digest: string }>();
  return {
    TransactWriteItems(input) {
      const writes = listOf(input.TransactItems).map((item) => prepareWrite(parts.engine, item));
      return parts.gate.alone(async () => {
        if (isRepeated(done, input, parts.clock.now())) return {};
        await write(parts.engine, writes);
        remember(done, input, parts.clock.now());
        return {};
      });
    },
    TransactGetItems(input) {
      const gets = listOf(input.TransactItems).map((item) =>
        parts.engine.prepare('GetItem', objectOf(item.Get, 'Get')),
      );
      return parts.gate.alone(async () => {
        const responses: object[] = [];
        for (const get of gets) {
          const { Item } = await get.run();
          responses.push(Item === undefined ? {} : { Item });
        }
        return { Responses: responses };
      });
    },
  };
}

function listOf(items: unknown): JsonObject[] {
  if (!Array.isArray(items) || items.length === 0 || items.length > MOST_ITEMS) {
    const length = Array.isArray(items) ? `${items.length}` : 'null';
    throw invalid(
      `1 validation error detected: Value of ${length} members at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ITEMS}, and greater than or equal to 1`,
    );
  }
  if (JSON.stringify(items).length > LARGEST_REQUEST * 2)
    throw invalid('Transaction request cannot include more than 4 MB of data.');
  return items.map((item) => objectOf(item, 'TransactItems'));
}

function objectOf(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new AwsError('SerializationException', `${name} must be a structure.`);
}

interface Write {
  readonly kind: string;
  readonly table: string;
  readonly prepared: Prepared;
  readonly returnsItem: boolean;
}

function prepareWrite(engine: Engine, item: JsonObject): Write {
  const kinds = Object.keys(item).filter((name) => item[name] != null);
  const kind = kinds[0] ?? '';
  const operation = WRITES[kind];
  if (kinds.length !== 1 || operation === undefined || !Object.hasOwn(WRITES, kind)) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const { ReturnValuesOnConditionCheckFailure: returned, ...input } = objectOf(item[kind], kind);
  if (kind === 'ConditionCheck' && typeof input.ConditionExpression !== 'string') {
    throw invalid('The expression can not be empty: a ConditionCheck needs a ConditionExpression.');
  }
  const prepared = engine.prepare(operation, input);
  return { kind, table: String(prepared.data.TableName), prepared, returnsItem: returned === 'ALL_OLD' };
}

interface Found {
  readonly key: Item;
  readonly existing: Item | undefined;
}

async function write(engine: Engine, writes: readonly Write[]): Promise<void> {
  const found: Found[] = [];
  const reasons: object[] = [];
  const targets = new Set<string>();
  for (const each of writes) {
    const { Table } = await engine.run('DescribeTable', { TableName: each.table });
    const key = keyOf(each, Table as TableDescription);
    const existing = await readExisting(engine, each, key);
    if (existing instanceof AwsError) {
      reasons.push({ Code: 'ValidationError', Message: existing.message });
      continue;
    }
    const target = `${each.table}\n${engine.keyText(key, Table as object)}`;
    if (targets.has(target)) throw invalid('Transaction request cannot include multiple operations on one item');
    targets.add(target);
    found.push({ key, existing });
    reasons.push(reasonOf(engine, each, existing));
  }
  cancelUnless(reasons);
  await apply(engine, writes, found);
}

interface TableDescription {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

/** The key of what a write is about: of a put, the item's own. */
function keyOf({ kind, prepared }: Write, table: TableDescription): Item {
  if (kind !== 'Put') return prepared.data.Key as Item;
  const item = prepared.data.Item as Item;
  const entries = table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, Item[string]] => entry[1] !== undefined));
}

async function readExisting(engine: Engine, { table }: Write, Key: Item): Promise<Item | undefined | AwsError> {
  try {
    const { Item } = await engine.run('GetItem', { TableName: table, Key, ConsistentRead: true });
    return Item as Item | undefined;
  } catch (error) {
    if (error instanceof AwsError && errorName(error) === 'ValidationException') return error;
    throw error;
  }
}

function reasonOf(engine: Engine, { prepared, returnsItem }: Write, existing: Item | undefined): object {
  if (engine.meetsCondition(prepared.data, existing)) return { Code: 'None' };
  const item = returnsItem && existing !== undefined ? { Item: existing } : {};
  return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', ...item };
}

/** Writes all; when one can't be written after all, what was written is put back. */
async function apply(engine: Engine, writes: readonly Write[], found: readonly Found[]): Promise<void> {
  for (const [index, each] of writes.entries()) {
    if (each.kind === 'ConditionCheck') continue;
    try {
      await each.prepared.run();
    } catch (error) {
      for (let at = index - 1; at >= 0; at -= 1) await putBack(engine, writes[at] as Write, found[at] as Found);
      if (errorName(error) !== 'ValidationException') throw error;
      const { message } = error as AwsError;
      cancelUnless(
        writes.map((_, at) => (at === index ? { Code: 'ValidationError', Message: message } : { Code: 'None' })),
      );
    }
  }
}

async function putBack(engine: Engine, { kind, table }: Write, { key, existing }: Found): Promise<void> {
  if (kind === 'ConditionCheck') return;
  if (existing === undefined) await engine.run('DeleteItem', { TableName: table, Key: key });
  else await engine.run('PutItem', { TableName: table, Item: existing });
}

function cancelUnless(reasons: readonly object[]): void {
  const codes = reasons.map((reason) => (reason as { Code: string }).Code);
  if (codes.every((code) => code === 'None')) return;
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
    { fields: { CancellationReasons: reasons } },
  );
}

type Done = Map<string, { readonly at: number; readonly digest: string }>;

/** Whether this very request was done within ten minutes, as its token says. */
function isRepeated(done: Done, input: JsonObject, now: number): boolean {
  for (const [token, { at }] of done) {
    if (now - at < TOKEN_LIFE_MS) break;
    done.delete(token);
  }
  const earlier = typeof input.ClientRequestToken === 'string' ? done.get(input.ClientRequestToken) : undefined;
  if (earlier === undefined) return false;
  if (earlier.digest === digestOf(input)) return true;
  throw new AwsError(
    'IdempotentParameterMismatchException',
    'Request parameters for the same ClientRequestToken differ from an earlier request.',
  );
}

function remember(done: Done, input: JsonObject, now: number): void {
  if (typeof input.ClientRequestToken === 'string')
    done.set(input.ClientRequestToken, { at: now, digest: digestOf(input) });
}

function digestOf(input: JsonObject): string {
  return createHash('sha256').update(JSON.stringify(input.TransactItems)).digest('hex');
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
