/** DynamoDB by dynalite, in memory or on disk, with what it lacks laid over it: transactions, expiry, backups' settings. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsService, Clock } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonObject, type JsonOperation } from '../gateway/json-service.ts';
import { bool, input, structure, text } from '../gateway/shape.ts';
import { createEngine, ENGINE_OPERATIONS, type Engine, type EngineOperation, errorName, type Item } from './engine.ts';
import { createGate, type Gate } from './gate.ts';
import { createStore } from './level-store.ts';
import { createTimeToLive, type TimeToLive } from './time-to-live.ts';
import { transactionOperations } from './transactions.ts';

export interface TablesOptions {
  readonly clock: Clock;
  /** Where items are kept, in a folder of their own; in memory when absent. Tables don't outlive the account. */
  readonly dataDir?: string;
  readonly accountId?: string;
  readonly region?: string;
}

export interface LocalTables extends AwsService {
  /** Makes a table of an AWS::DynamoDB::Table's properties, ready at once; gives its ARN. */
  createTable(properties: Readonly<Record<string, unknown>>): Promise<string>;
  deleteTable(name: string): Promise<void>;
  arnOf(name: string): string;
  /** Every item of a table, as DynamoDB spells it: `{"pk":{"S":"…"}}`. */
  items(name: string): AsyncIterable<Item>;
  /** Removes expired items now; gives how many. */
  sweep(): Promise<number>;
  stop(): void;
}

export function createTables(options: TablesOptions): LocalTables {
  const { clock, accountId = '000000000000', region = 'us-east-1' } = options;
  const path = options.dataDir === undefined ? undefined : emptyFolder(join(options.dataDir, 'dynamodb'));
  const engine = createEngine(accountId, region, createStore(path));
  const gate = createGate();
  const timeToLive = createTimeToLive({ engine, gate, clock });
  const arnOf = (name: string): string => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  const service = awsJsonService({
    names: ['dynamodb'],
    targetPrefix: 'DynamoDB_20120810',
    version: '1.0',
    errorNamespace: 'com.amazonaws.dynamodb.v20120810#',
    operations: {
      ...singleOperations(engine, gate, timeToLive),
      ...transactionOperations({ engine, gate, clock }),
      ...timeToLive.operations,
      ...backupOperations(engine, arnOf, clock),
    },
  });
  return {
    ...service,
    arnOf,
    async createTable(properties) {
      const { table, expiry, tags } = readProperties(properties);
      await gate.shared(() => engine.run('CreateTable', table));
      const name = String(table.TableName);
      await untilActive(engine, name);
      if (tags.length > 0) await engine.run('TagResource', { ResourceArn: arnOf(name), Tags: tags });
      if (expiry !== undefined) timeToLive.enable(name, expiry);
      return arnOf(name);
    },
    async deleteTable(name) {
      timeToLive.forget(name);
      await gate.shared(() => engine.run('DeleteTable', { TableName: name }));
    },
    items: (name) => scan(engine, name),
    sweep: timeToLive.sweep,
    stop: timeToLive.stop,
  };
}

async function* scan(engine: Engine, TableName: string): AsyncGenerator<Item> {
  for (let from: unknown; ; ) {
    const page = await engine.run('Scan', { TableName, ...(from !== undefined && { ExclusiveStartKey: from }) });
    yield* page.Items as readonly Item[];
    from = page.LastEvaluatedKey;
    if (from === undefined) return;
  }
}

function emptyFolder(path: string): string {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

function singleOperations(engine: Engine, gate: Gate, timeToLive: TimeToLive): Record<string, JsonOperation> {
  const plain =
    (name: EngineOperation): JsonOperation =>
    (request) =>
      gate.shared(() => engine.run(name, request));
  const operations: Record<string, JsonOperation> = Object.fromEntries(
    ENGINE_OPERATIONS.map((name) => [name, plain(name)]),
  );
  for (const name of ['PutItem', 'UpdateItem', 'DeleteItem'] as const)
    operations[name] = (request) => conditional(engine, gate, name, request);
  return {
    ...operations,
    async CreateTable(request) {
      const answer = await gate.shared(() => engine.run('CreateTable', request));
      const { TableArn } = answer.TableDescription as { TableArn: string };
      if (Array.isArray(request.Tags) && request.Tags.length > 0) {
        await engine.run('TagResource', { ResourceArn: TableArn, Tags: request.Tags });
      }
      return answer;
    },
    DeleteTable(request) {
      timeToLive.forget(String(request.TableName));
      return gate.shared(() => engine.run('DeleteTable', request));
    },
  };
}

/** A write; when its condition fails and it asks for that, the error holds the item as it was. */
function conditional(
  engine: Engine,
  gate: Gate,
  name: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  request: JsonObject,
): Promise<JsonObject> {
  const { ReturnValuesOnConditionCheckFailure: returned, ...rest } = request;
  const run = async (): Promise<JsonObject> => {
    const prepared = engine.prepare(name, rest);
    try {
      return await prepared.run();
    } catch (error) {
      if (returned !== 'ALL_OLD' || errorName(error) !== 'ConditionalCheckFailedException') throw error;
      const { code, message } = error as AwsError;
      const item = await itemOf(engine, prepared.data);
      throw new AwsError(code, message, { fields: item === undefined ? {} : { Item: item } });
    }
  };
  // Between the failed condition and the reading of the item nothing else may write.
  return returned === 'ALL_OLD' ? gate.alone(run) : gate.shared(run);
}

async function itemOf(engine: Engine, { TableName, Key, Item }: JsonObject): Promise<unknown> {
  const { Table } = await engine.run('DescribeTable', { TableName });
  const schema = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema;
  const key =
    Key ?? Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, (Item as Item)[AttributeName]]));
  return (await engine.run('GetItem', { TableName, Key: key, ConsistentRead: true })).Item;
}

const readBackups = input({ TableName: text({ min: 1, max: 1024 }) });
const readUpdateBackups = input({
  TableName: text({ min: 1, max: 1024 }),
  PointInTimeRecoverySpecification: structure({ PointInTimeRecoveryEnabled: bool() }),
});

/** Point-in-time recovery as a setting alone: what is in memory is not restored. */
function backupOperations(
  engine: Engine,
  arnOf: (name: string) => string,
  clock: { now(): number },
): Record<string, JsonOperation> {
  const since = new Map<string, number>();
  const describe = async (TableName: string): Promise<object> => {
    await engine.run('DescribeTable', { TableName });
    const from = since.get(arnOf(TableName));
    const recovery =
      from === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            EarliestRestorableDateTime: from / 1000,
            LatestRestorableDateTime: clock.now() / 1000,
          };
    return {
      ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: recovery },
    };
  };
  return {
    DescribeContinuousBackups: (raw) => describe(readBackups(raw).TableName),
    async UpdateContinuousBackups(raw) {
      const request = readUpdateBackups(raw);
      if (request.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)
        since.set(arnOf(request.TableName), clock.now());
      else since.delete(arnOf(request.TableName));
      return describe(request.TableName);
    },
  };
}

interface TableProperties {
  readonly table: JsonObject;
  readonly expiry: string | undefined;
  readonly tags: readonly unknown[];
}

/** CloudFormation's properties are CreateTable's input, but for what is set by operations of its own. */
function readProperties(properties: Readonly<Record<string, unknown>>): TableProperties {
  const { TimeToLiveSpecification: ttl, Tags: tags, ...rest } = properties;
  const { Enabled, AttributeName } = (ttl ?? {}) as { Enabled?: unknown; AttributeName?: string };
  const on = Enabled === true || Enabled === 'true';
  const indexes = rest.GlobalSecondaryIndexes as readonly JsonObject[] | undefined;
  const table = {
    ...withNumbers(rest),
    ...(indexes === undefined ? {} : { GlobalSecondaryIndexes: indexes.map(withNumbers) }),
  };
  return { table, expiry: on ? AttributeName : undefined, tags: Array.isArray(tags) ? tags : [] };
}

/** A template may write its numbers as text. */
function withNumbers(of: JsonObject): JsonObject {
  const throughput = of.ProvisionedThroughput as Readonly<Record<string, unknown>> | undefined;
  if (throughput === undefined) return of;
  const numbers = Object.fromEntries(Object.entries(throughput).map(([name, value]) => [name, Number(value)]));
  return { ...of, ProvisionedThroughput: numbers };
}

const MOST_TURNS = 10_000;

/** dynalite makes a table active a little later: as soon as its disk, or a busy machine, lets it. */
async function untilActive(engine: Engine, TableName: string): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const { Table } = await engine.run('DescribeTable', { TableName });
    if ((Table as { TableStatus: string }).TableStatus === 'ACTIVE') return;
    await sleep(1);
  }
  throw new Error(`Table ${TableName} did not become active.`);
}
