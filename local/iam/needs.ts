/**
 * What a request needs: the actions, and the ARNs of the resources that they are on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import type { AwsRequest } from '../account/contracts.ts';
import { streamOfIterator } from '../kinesis/tokens.ts';
import { s3Needs } from './s3-needs.ts';
import type { Need } from './statement.ts';

export interface NeedsOptions {
  readonly accountId: string;
  readonly region: string;
  /** The ARN of the key that an alias names. */
  readonly keyArn?: (reference: string) => string | undefined;
}

type Input = Readonly<Record<string, unknown>>;

interface Place {
  readonly request: AwsRequest;
  readonly operation: string;
  readonly input: Input;
  readonly keyArn: (reference: string) => string | undefined;
  arn(service: string, resource: string): string;
}

type Read = (place: Place) => readonly Need[];

const READERS: Readonly<Record<string, Read>> = {
  kinesis: ({ operation, input, arn }) => {
    const name = text(input.StreamName) ?? streamOfIterator(text(input.ShardIterator) ?? '');
    const stream = text(input.ConsumerARN) ?? text(input.StreamARN) ?? (name && arn('kinesis', `stream/${name}`));
    return one(`kinesis:${operation}`, stream || '*');
  },
  firehose: ({ operation, input, arn }) => {
    const name = text(input.DeliveryStreamName);
    return one(`firehose:${operation}`, name === undefined ? '*' : arn('firehose', `deliverystream/${name}`));
  },
  sqs: ({ operation, input, arn }) => {
    const name = text(input.QueueUrl)?.split('/').at(-1) ?? text(input.QueueName);
    const task = text(input.SourceArn);
    return one(`sqs:${operation.replace(/Batch$/, '')}`, task ?? (name === undefined ? '*' : arn('sqs', name)));
  },
  s3: ({ request }) => s3Needs(request),
  dynamodb: dynamodbNeeds,
  secretsmanager: ({ operation, input, arn }) => {
    const id = text(input.SecretId) ?? text(input.Name);
    const secret = id === undefined || id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}`);
    return one(`secretsmanager:${operation}`, secret ?? '*');
  },
  ssm: ({ operation, input, arn }) => {
    const names = [input.Name, input.Path, ...((input.Names as unknown[] | undefined) ?? [])].flatMap(textOf);
    const parameter = (name: string): string =>
      name.startsWith('arn:') ? name : arn('ssm', `parameter/${name.replace(/^\//, '')}`);
    return names.length === 0
      ? one(`ssm:${operation}`, '*')
      : names.map((name) => need(`ssm:${operation}`, parameter(name)));
  },
  kms: ({ operation, input, arn, keyArn }) => {
    const key = text(input.KeyId);
    const resource =
      key === undefined ? '*' : (keyArn(key) ?? (key.startsWith('arn:') ? key : arn('kms', `key/${key}`)));
    const given = Object.entries((input.EncryptionContext ?? {}) as Readonly<Record<string, string>>);
    const context = Object.fromEntries(given.map(([name, value]) => [`kms:EncryptionContext:${name}`, String(value)]));
    return [{ ...need(`kms:${operation}`, resource), context }];
  },
  lambda: ({ request, operation, input, arn }) => {
    const name = decodeURIComponent(/\/functions\/([^/?]+)/.exec(request.url)?.[1] ?? '') || text(input.FunctionName);
    const action = operation === 'Invoke' ? 'InvokeFunction' : operation;
    const resource = name === undefined || name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
    return one(`lambda:${action}`, resource ?? '*');
  },
  logs: ({ operation, input, arn }) => {
    const group = text(input.logGroupName) ?? text(input.logGroupIdentifier);
    if (group === undefined) return one(`logs:${operation}`, '*');
    return one(`logs:${operation}`, arn('logs', `log-group:${group}:log-stream:${text(input.logStreamName) ?? ''}`));
  },
  events: ({ operation, input, arn }) => {
    if (operation !== 'PutEvents') return one(`events:${operation}`, '*');
    const entries = (input.Entries ?? []) as readonly { EventBusName?: string }[];
    const buses = new Set(entries.map(({ EventBusName: bus = 'default' }) => bus));
    return [...buses].map((bus) =>
      need('events:PutEvents', bus.startsWith('arn:') ? bus : arn('events', `event-bus/${bus}`)),
    );
  },
  sts: ({ operation, input }) => {
    // Who one is, one may always ask.
    return operation === 'GetCallerIdentity' ? [] : one(`sts:${operation}`, text(input.RoleArn) ?? '*');
  },
};

const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
};

function dynamodbNeeds({ operation, input, arn }: Place): readonly Need[] {
  const table = (name: unknown): string => {
    const given = String(name);
    return given.startsWith('arn:') ? given : arn('dynamodb', `table/${given}`);
  };
  const index = text(input.IndexName);
  if (input.TableName !== undefined) {
    const resource = table(input.TableName);
    return one(`dynamodb:${operation}`, index === undefined ? resource : `${resource}/index/${index}`);
  }
  if (input.RequestItems !== undefined) {
    return Object.keys(input.RequestItems as object).map((name) => need(`dynamodb:${operation}`, table(name)));
  }
  const items = (input.TransactItems ?? []) as readonly Readonly<Record<string, { TableName?: unknown }>>[];
  const needs = items.flatMap((item) =>
    Object.entries(item).map(([kind, { TableName }]) =>
      need(`dynamodb:${TRANSACTION_ACTIONS[kind] ?? operation}`, table(TableName)),
    ),
  );
  return needs.length === 0 ? one(`dynamodb:${operation}`, text(input.ResourceArn) ?? '*') : needs;
}

/** Every action that a request needs, each with its resource. */
export function needsOf(request: AwsRequest, options: NeedsOptions): readonly Need[] {
  const operation = request.operation ?? 'Unknown';
  const read = Object.hasOwn(READERS, request.service) ? READERS[request.service] : undefined;
  if (read === undefined) return one(`${request.service}:${operation}`, '*');
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${options.region}:${options.accountId}:${resource}`;
  return read({ request, operation, input: inputOf(request), keyArn: options.keyArn ?? (() => undefined), arn });
}

/** A body that can't be read is refused by the service that reads it. */
function inputOf({ body, headers }: AwsRequest): Input {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(body.toString()));
  if (body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : {};
  } catch {
    return {};
  }
}

function one(action: string, resource: string): readonly Need[] {
  return [need(action, resource)];
}

function need(action: string, resource: string): Need {
  return { action, resource };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function textOf(value: unknown): string[] {
  const found = text(value);
  return found === undefined ? [] : [found];
}
