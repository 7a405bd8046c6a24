/** Items that expire by an attribute of theirs. AWS takes up to days for it; here a sweep runs each minute. */
import type { Clock } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonObject, JsonOperation } from '../gateway/json-service.ts';
import { bool, input, structure, text } from '../gateway/shape.ts';
import { type Engine, errorName, type Item } from './engine.ts';
import type { Gate } from './gate.ts';

const tableName = text({ min: 1, max: 1024 });
const readUpdate = input({
  TableName: tableName,
  TimeToLiveSpecification: structure({ Enabled: bool(), AttributeName: text({ min: 1, max: 255 }) }),
});
const readDescribe = input({ TableName: tableName });
const SWEEP_MS = 60_000;

export interface TimeToLive {
  readonly operations: Record<string, JsonOperation>;
  /** Sets a table's expiry attribute. */
  enable(table: string, attribute: string): void;
  forget(table: string): void;
  /** Removes what has expired; gives how many. */
  sweep(): Promise<number>;
  stop(): void;
}

export function createTimeToLive({ engine, gate, clock }: { engine: Engine; gate: Gate; clock: Clock }): TimeToLive {
  const attributes = new Map<string, string>();
  let cancel: (() => void) | undefined;
  let sweeping: Promise<number> | undefined;
  let again = false;

  function schedule(): void {
    cancel ??= clock.after(SWEEP_MS, () => {
      cancel = undefined;
      void sweep().catch(() => 0);
      if (attributes.size > 0) schedule();
    });
  }

  /** One at a time; what is asked for meanwhile is one more, since time has gone on: a clock that is pushed an hour asks for sixty. */
  function sweep(): Promise<number> {
    again = sweeping !== undefined;
    sweeping ??= sweepWhileAsked().finally(() => {
      sweeping = undefined;
    });
    return sweeping;
  }

  async function sweepWhileAsked(): Promise<number> {
    let removed = 0;
    do {
      again = false;
      removed += await sweepTables(engine, gate, attributes, clock.now());
    } while (again);
    return removed;
  }

  function enable(table: string, attribute: string): void {
    attributes.set(table, attribute);
    schedule();
  }

  return {
    enable,
    forget: (table) => void attributes.delete(table),
    sweep,
    stop: () => cancel?.(),
    operations: {
      async UpdateTimeToLive(raw) {
        const request = readUpdate(raw);
        await engine.run('DescribeTable', { TableName: request.TableName });
        const { Enabled, AttributeName } = request.TimeToLiveSpecification;
        if (Enabled === attributes.has(request.TableName)) {
          throw new AwsError('ValidationException', `TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
        }
        if (Enabled) enable(request.TableName, AttributeName);
        else attributes.delete(request.TableName);
        return { TimeToLiveSpecification: request.TimeToLiveSpecification };
      },
      async DescribeTimeToLive(raw) {
        const { TableName } = readDescribe(raw);
        await engine.run('DescribeTable', { TableName });
        const AttributeName = attributes.get(TableName);
        const description =
          AttributeName === undefined
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName };
        return { TimeToLiveDescription: description };
      },
    },
  };
}

/** DynamoDB leaves alone what expired more than five years ago. */
const OLDEST_S = 5 * 365 * 86_400;

async function sweepTables(
  engine: Engine,
  gate: Gate,
  attributes: ReadonlyMap<string, string>,
  now: number,
): Promise<number> {
  const seconds = Math.floor(now / 1000);
  const expired = {
    expression: 'attribute_type(#ttl, :n) AND #ttl < :now AND #ttl > :oldest',
    values: { ':n': { S: 'N' }, ':now': { N: `${seconds}` }, ':oldest': { N: `${seconds - OLDEST_S}` } },
  };
  let removed = 0;
  for (const [TableName, attribute] of [...attributes]) {
    const names = { '#ttl': attribute };
    const filter = {
      FilterExpression: expired.expression,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: expired.values,
    };
    const { KeySchema } = await describe(engine, TableName);
    let start: unknown;
    do {
      const from = start === undefined ? {} : { ExclusiveStartKey: start };
      const page: JsonObject = await gate.shared(() => engine.run('Scan', { TableName, ...filter, ...from }));
      for (const item of page.Items as Item[]) {
        const Key = Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));
        const condition = {
          ConditionExpression: expired.expression,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: expired.values,
        };
        if (await removeIf(engine, gate, { TableName, Key, ...condition })) removed += 1;
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return removed;
}

async function describe(
  engine: Engine,
  TableName: string,
): Promise<{ KeySchema: readonly { AttributeName: string }[] }> {
  const { Table } = await engine.run('DescribeTable', { TableName });
  return Table as { KeySchema: readonly { AttributeName: string }[] };
}

/** The item may have been renewed since it was read: then it stays. */
async function removeIf(engine: Engine, gate: Gate, request: JsonObject): Promise<boolean> {
  try {
    await gate.shared(() => engine.run('DeleteItem', request));
    return true;
  } catch (error) {
    if (errorName(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
