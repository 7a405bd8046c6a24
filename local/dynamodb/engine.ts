/** dynalite's operations, called one by one: validated, run, and their errors told as AWS's. */
import { createRequire } from 'node:module';
import database, { type Store } from 'dynalite/db/index.js';
import validations from 'dynalite/validations/index.js';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonObject } from '../gateway/json-service.ts';

export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What dynalite knows; the rest of the API is laid over it. */
export const ENGINE_OPERATIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
] as const;
export type EngineOperation = (typeof ENGINE_OPERATIONS)[number];

/** An operation whose input is valid, ready to run. */
export interface Prepared {
  readonly data: JsonObject;
  run(): Promise<JsonObject>;
}

export interface Engine {
  prepare(operation: EngineOperation, input: JsonObject): Prepared;
  run(operation: EngineOperation, input: JsonObject): Promise<JsonObject>;
  /** Whether an item meets the condition of prepared data. */
  meetsCondition(data: JsonObject, existing: Item | undefined): boolean;
  keyText(item: Item, table: object): string;
}

type Action = (store: Store, data: object, done: (error: Error | null, result?: JsonObject) => void) => void;

interface Operation {
  readonly act: Action;
  readonly types: object;
  readonly custom: unknown;
}

export function createEngine(accountId: string, region: string, store: Store): Engine {
  store.tableDb.awsAccountId = accountId;
  store.tableDb.awsRegion = region;
  const operations = loadOperations();

  function prepare(name: EngineOperation, input: JsonObject): Prepared {
    const { act, types, custom } = operations.get(name) as Operation;
    const data = asAws(() => {
      // dynalite drops what it doesn't know from the object it is given.
      const checked = validations.checkTypes({ ...input }, types);
      validations.checkValidations(checked, types, custom, store);
      return checked;
    });
    return {
      data,
      run: () =>
        new Promise((resolve, reject) => {
          act(store, data, (error, result = {}) => (error ? reject(awsErrorOf(error)) : resolve(result)));
        }),
    };
  }

  return {
    prepare,
    run: (name, input) => prepare(name, input).run(),
    meetsCondition: (data, existing) => database.checkConditional(data, existing) == null,
    keyText: (item, table) => database.createKey(item, table),
  };
}

function loadOperations(): Map<EngineOperation, Operation> {
  const require = createRequire(import.meta.url);
  return new Map(
    ENGINE_OPERATIONS.map((name) => {
      const file = `${name[0]?.toLowerCase()}${name.slice(1)}`;
      const { types, custom } = require(`dynalite/validations/${file}`) as { types: object; custom: unknown };
      return [name, { act: require(`dynalite/actions/${file}`) as Action, types, custom }];
    }),
  );
}

function asAws<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw awsErrorOf(error as Error);
  }
}

/** dynalite's errors carry the body to answer with; anything else is its own fault. */
function awsErrorOf(error: Error): Error {
  const { body, statusCode } = error as {
    body?: { __type?: string; message?: string; Message?: string };
    statusCode?: number;
  };
  if (body?.__type === undefined) return diskError(error) ?? error;
  return new AwsError(body.__type, body.message ?? body.Message ?? '', { status: statusCode ?? 400 });
}

/** What the system said, which LevelDB tells in words alone. */
const DISK_FAULTS: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
  'Permission denied': 'EACCES',
  'Input/output error': 'EIO',
};

/** A disk that can't be written any more, by the code that the rest of the account knows it by. */
function diskError(error: Error): Error | undefined {
  const words = Object.keys(DISK_FAULTS).find((each) => error.message.includes(each));
  if (words === undefined) return undefined;
  return Object.assign(new Error(`The tables' folder can't be written: ${words}`, { cause: error }), {
    code: DISK_FAULTS[words],
  });
}

/** An error's name without its namespace. */
export function errorName(error: unknown): string | undefined {
  return error instanceof AwsError ? error.code.slice(error.code.indexOf('#') + 1) : undefined;
}
