/** An error as the SDK throws it. */
export function awsError(name: string, status = 400): Error {
  return Object.assign(new Error('the service said something that may quote what was sent'), {
    name,
    $metadata: { httpStatusCode: status },
  });
}

/** One entry as a service took it: its bytes, and the key that order is kept by, where the service knows one. */
interface Held {
  readonly bytes: Buffer;
  readonly key?: string;
}

export interface FakeAws {
  /** What each service holds, in the order it took it. */
  readonly held: Held[];
  /** Every request's entries, as bytes. */
  readonly requests: (readonly Buffer[])[];
  readonly objects: Map<string, Buffer>;
  /** Messages of each queue. */
  readonly messages: Map<string, string[]>;
  /** Items of each table, by `pk` and `sk`. */
  readonly tables: Map<string, Map<string, Input>>;
  /** Commands that are never answered, by name. */
  hangs: (command: string) => boolean;
  /** Fails any request, by the command's name. */
  failCommand: (command: string) => Error | undefined;
  /** Fails a whole request: an error to throw. `n` counts requests from 1. */
  failRequest: (n: number, entries: readonly Buffer[]) => Error | undefined;
  /** Fails an entry of a request: an error code. */
  failEntry: (bytes: Buffer, n: number) => string | undefined;
  send(command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown>;
}

const KiB = 1024;
const LIMITS: Record<string, { records: number; bytes: number; record: number }> = {
  PutRecordBatchCommand: { records: 500, bytes: 4 * KiB * KiB, record: 1000 * KiB },
  PutRecordsCommand: { records: 500, bytes: 10 * KiB * KiB, record: KiB * KiB },
  SendMessageBatchCommand: { records: 10, bytes: KiB * KiB, record: KiB * KiB },
  PutEventsCommand: { records: 10, bytes: 256 * KiB, record: 256 * KiB },
};

interface Sent {
  readonly bytes: Buffer;
  readonly size: number;
  readonly key?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: the inputs of five services' commands
type Input = Record<string, any>;

/** The services that records are put into, in memory, with their limits; it takes the SDK's own command objects. */
export function createFakeAws(): FakeAws {
  const fake: FakeAws = {
    held: [],
    requests: [],
    objects: new Map(),
    messages: new Map(),
    tables: new Map(),
    hangs: () => false,
    failCommand: () => undefined,
    failRequest: () => undefined,
    failEntry: () => undefined,
    send: async (command, { abortSignal } = {}) => {
      abortSignal?.throwIfAborted();
      const { input, constructor: type } = command as { constructor: { name: string }; input: Input };
      if (fake.hangs(type.name)) await aborted(abortSignal);
      const down = fake.failCommand(type.name);
      if (down !== undefined) throw down;
      if (type.name in TABLE_COMMANDS) return TABLE_COMMANDS[type.name]!(fake.tables, input);
      const sent = entriesOf(type.name, input);
      fake.requests.push(sent.map(({ bytes }) => bytes));
      const error = fake.failRequest(fake.requests.length, fake.requests.at(-1)!) ?? overLimit(type.name, sent);
      if (error !== undefined) throw error;
      const codes = sent.map(({ bytes }) => fake.failEntry(bytes, fake.requests.length));
      sent.forEach(({ bytes, key }, i) => {
        if (codes[i] === undefined) fake.held.push({ bytes, ...(key !== undefined && { key }) });
      });
      if (type.name === 'PutObjectCommand') fake.objects.set(`${input.Bucket}/${input.Key}`, sent[0]!.bytes);
      if (type.name === 'SendMessageBatchCommand') keepMessages(fake, input, codes);
      return answer(type.name, input, codes);
    },
  };
  return fake;
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

function entriesOf(command: string, input: Input): readonly Sent[] {
  switch (command) {
    case 'PutRecordBatchCommand':
      return input.Records.map(({ Data }: Input) => ({ bytes: Buffer.from(Data), size: Data.length }));
    case 'PutRecordsCommand':
      return input.Records.map(({ Data, PartitionKey }: Input) => ({
        bytes: Buffer.from(Data),
        size: Data.length + Buffer.byteLength(PartitionKey),
        key: PartitionKey,
      }));
    case 'SendMessageBatchCommand':
      return input.Entries.map(messageOf);
    case 'PutEventsCommand':
      return input.Entries.map(({ Detail, Source, DetailType }: Input) => ({
        bytes: Buffer.from(Detail),
        size: Buffer.byteLength(Detail) + Buffer.byteLength(Source) + Buffer.byteLength(DetailType),
      }));
    case 'PutObjectCommand':
      return [{ bytes: Buffer.from(input.Body), size: 0 }];
    default:
      throw awsError(`UnknownOperation${command}`);
  }
}

function keepMessages(fake: FakeAws, input: Input, codes: readonly (string | undefined)[]): void {
  const messages = fake.messages.get(input.QueueUrl) ?? [];
  fake.messages.set(input.QueueUrl, messages);
  input.Entries.forEach(({ MessageBody }: Input, i: number) => {
    if (codes[i] === undefined) messages.push(MessageBody);
  });
}

/** What the suite asks of DynamoDB: new items, changed items, and queries of one partition by sort key. */
const TABLE_COMMANDS: Readonly<Record<string, (tables: FakeAws['tables'], input: Input) => unknown>> = {
  PutItemCommand: (tables, { TableName, Item, ConditionExpression }) => {
    const table = tableOf(tables, TableName);
    const key = `${Item.pk.S}\n${Item.sk.S}`;
    if (ConditionExpression !== undefined && table.has(key)) throw awsError('ConditionalCheckFailedException');
    table.set(key, Item);
    return {};
  },
  BatchWriteItemCommand: (tables, { RequestItems }) => {
    for (const [table, requests] of Object.entries<Input[]>(RequestItems)) {
      for (const { PutRequest } of requests) {
        tableOf(tables, table).set(`${PutRequest.Item.pk.S}\n${PutRequest.Item.sk.S}`, PutRequest.Item);
      }
    }
    return { UnprocessedItems: {} };
  },
  QueryCommand: (tables, input) => {
    const { ':pk': pk, ':behind': behind, ':from': first, ':to': last } = input.ExpressionAttributeValues;
    const inRange = (sk: string) => (behind === undefined ? sk >= first.S && sk <= last.S : sk < behind.S);
    const items = [...tableOf(tables, input.TableName).values()]
      .filter((item) => item.pk.S === pk.S && inRange(item.sk.S))
      .sort((a, b) => (a.sk.S < b.sk.S ? -1 : 1));
    if (input.ScanIndexForward === false) items.reverse();
    const from = input.ExclusiveStartKey === undefined ? 0 : Number(input.ExclusiveStartKey.at.N);
    const to = from + (input.Limit ?? 400);
    return { Items: items.slice(from, to), ...(to < items.length && { LastEvaluatedKey: { at: { N: String(to) } } }) };
  },
};

function tableOf(tables: FakeAws['tables'], name: string): Map<string, Input> {
  const table = tables.get(name) ?? new Map();
  tables.set(name, table);
  return table;
}

function messageOf({ MessageBody, MessageAttributes = {}, MessageGroupId }: Input): Sent {
  const base64 = MessageAttributes.ContentEncoding?.StringValue === 'base64';
  let size = Buffer.byteLength(MessageBody);
  for (const [name, { DataType, StringValue }] of Object.entries<Input>(MessageAttributes)) {
    size += name.length + DataType.length + StringValue.length;
  }
  return { bytes: Buffer.from(MessageBody, base64 ? 'base64' : 'utf8'), size, key: MessageGroupId };
}

function overLimit(command: string, sent: readonly Sent[]): Error | undefined {
  const limits = LIMITS[command];
  if (limits === undefined) return undefined;
  const total = sent.reduce((sum, { size }) => sum + size, 0);
  const over = sent.length > limits.records || total > limits.bytes || sent.some(({ size }) => size > limits.record);
  return over || sent.length === 0 ? awsError('ValidationException') : undefined;
}

function answer(command: string, input: Input, codes: readonly (string | undefined)[]): unknown {
  const coded = codes.map((ErrorCode) => (ErrorCode === undefined ? {} : { ErrorCode, ErrorMessage: 'not now' }));
  const failedCount = codes.filter((code) => code !== undefined).length;
  switch (command) {
    case 'PutRecordBatchCommand':
      return { FailedPutCount: failedCount, RequestResponses: coded };
    case 'PutRecordsCommand':
      return { FailedRecordCount: failedCount, Records: coded };
    case 'PutEventsCommand':
      return { FailedEntryCount: failedCount, Entries: coded };
    case 'SendMessageBatchCommand': {
      const ids: string[] = input.Entries.map(({ Id }: Input) => Id);
      return {
        Successful: ids.filter((_, i) => codes[i] === undefined).map((Id) => ({ Id })),
        Failed: ids.flatMap((Id, i) => (codes[i] === undefined ? [] : [{ Id, Code: codes[i], SenderFault: false }])),
      };
    }
    default:
      return {};
  }
}

/** What shared/platform/clients.ts exports, all connected to one fake. */
export function connectionsTo(fake: () => FakeAws) {
  const connect = (module: string) => async () => ({ aws: await import(module), client: fake() });
  return {
    firehose: connect('@aws-sdk/client-firehose'),
    kinesis: connect('@aws-sdk/client-kinesis'),
    sqs: connect('@aws-sdk/client-sqs'),
    eventbridge: connect('@aws-sdk/client-eventbridge'),
    s3: connect('@aws-sdk/client-s3'),
    dynamodb: connect('@aws-sdk/client-dynamodb'),
  };
}
