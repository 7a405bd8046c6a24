import { spawn } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAccount } from '../../local/account/start-local.ts';

/** Something that was written, and where. */
interface Writing {
  readonly place: string;
  readonly text: string;
}

/** Where originals may be, and why: everywhere else is searched. */
const HOLDS_ORIGINALS: readonly { readonly place: RegExp; readonly why: string }[] = [
  {
    place: /^s3:\/\/[^/]+-lake-\d+\/errors\//,
    why: 'Firehose keeps there what a transform could not process, for the replayer to put back',
  },
  { place: /^s3:\/\/[^/]+-errors-\d+\//, why: 'claims, and dead letters too large for a message: whole records' },
  { place: /^s3:\/\/[^/]+-quarantine-\d+\//, why: 'records that failed again and again, for a person to look at' },
  { place: /^data of /, why: 'dead letters: a record as it came, which can be replayed' },
  { place: /^partition key of /, why: 'dead letters: a replayed record goes to the shard that it came from' },
  {
    place: /^failed records that the transform answers$/,
    why: 'the answer to Firehose holds what came in where a record failed; Firehose keeps it under errors/',
  },
];

const mayHoldOriginals = ({ place }: Writing) => HOLDS_ORIGINALS.some((declared) => declared.place.test(place));

export interface Writings {
  note(place: string, text: string): void;
  /** Notes what a function answered. */
  answer(bundle: Bundle, answer: unknown): void;
  /** What has been noted so far. */
  all(): readonly Writing[];
  /** What was written anywhere in the account, but for where originals may be. */
  everything(): Promise<readonly Writing[]>;
  originals(): Promise<readonly Writing[]>;
  /** Takes the messages of all queues, and gives their bodies. */
  takeMessages(): Promise<readonly string[]>;
}

/** Keeps what functions log, and finds what they stored. */
export function createWritings(account: LocalAccount): Writings {
  const noted: Writing[] = [];
  const stored: Promise<Writing>[] = [];
  account.functions.onLog((name, line) => noted.push({ place: `log of ${name}`, text: line }));
  account.objects.onCreated((bucket, key) => {
    noted.push({ place: 'keys of objects', text: `${bucket}/${key}` });
    stored.push(readObject(account, bucket, key));
  });
  const note = (place: string, text: string) => void noted.push({ place, text });
  let found: Promise<readonly Writing[]> | undefined;
  const takeMessages = async () => {
    const messages = await messagesOf(account);
    for (const message of messages) noted.push(...inMessage(message));
    return messages.map(({ Body = '' }) => Body);
  };
  const search = async () => {
    await takeMessages();
    return [...noted, ...(await Promise.all(stored)), ...(await inTables(account)), ...inEvents(account)];
  };
  const everywhere = () => (found ??= search());
  return {
    note,
    takeMessages,
    answer: (bundle, answer) => noteAnswer(bundle, answer, note),
    all: () => noted,
    everything: async () => (await everywhere()).filter((writing) => !mayHoldOriginals(writing)),
    originals: async () => (await everywhere()).filter(mayHoldOriginals),
  };
}

function noteAnswer(bundle: Bundle, answer: unknown, note: Writings['note']): void {
  const { records, ...rest } = (answer ?? {}) as { records?: { result: string; data?: string }[] };
  note(`answers of ${bundle}`, JSON.stringify(rest));
  for (const { data = '', ...record } of records ?? []) {
    note(`answers of ${bundle}`, JSON.stringify(record));
    const failed = record.result === 'ProcessingFailed';
    note(
      failed ? 'failed records that the transform answers' : `records of ${bundle}`,
      Buffer.from(data, 'base64').toString(),
    );
  }
}

async function readObject(account: LocalAccount, bucket: string, key: string): Promise<Writing> {
  const body = await account.objects.get(bucket, key);
  const text = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return { place: `s3://${bucket}/${key}`, text: text.toString() };
}

async function inTables({ endpoint }: LocalAccount): Promise<Writing[]> {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const writings: Writing[] = [];
  for (const TableName of TableNames) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    for (const item of Items) writings.push({ place: `table ${TableName}`, text: JSON.stringify(item) });
  }
  client.destroy();
  return writings;
}

/** The messages of all queues, which are taken out: a replayer would wait for those that are only held. */
async function messagesOf({ endpoint, queues }: LocalAccount): Promise<readonly Message[]> {
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  const messages: Message[] = [];
  for (const QueueUrl of QueueUrls) {
    for (;;) {
      const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(asked));
      if (Messages.length === 0) break;
      await queues.remove(
        QueueUrl,
        Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle),
      );
      messages.push(...Messages);
    }
  }
  client.destroy();
  return messages;
}

/** A dead letter's data and partition key apart from all else that a message bears. */
function inMessage({ Body = '', MessageAttributes = {} }: Message): Writing[] {
  const attributes = { place: 'message attributes', text: JSON.stringify(MessageAttributes) };
  const letter = jsonOf(Body);
  if (letter?.type !== 'DeadLetter') {
    return [attributes, { place: letter === undefined ? 'data of what is no dead letter' : 'message', text: Body }];
  }
  const { data = '', origin, ...rest } = letter as { data?: string; origin: { partitionKey?: string } };
  const { partitionKey = '', ...elsewhere } = origin;
  return [
    attributes,
    { place: 'data of a dead letter', text: Buffer.from(data, 'base64').toString() },
    { place: 'partition key of a dead letter', text: partitionKey },
    { place: 'dead letter', text: JSON.stringify({ ...rest, ...elsewhere }) },
  ];
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inEvents({ eventBus }: LocalAccount): Writing[] {
  return eventBus.events().map((event) => ({ place: 'event bus', text: JSON.stringify(event) }));
}

export type Bundle =
  | 'firehose-transform'
  | 'stream-consumer'
  | 'stream-aggregator'
  | 'logs-decoder'
  | 'dead-letter-replayer';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

const RUN = `
const [directory, time, functionName] = process.argv.slice(1);
process.once('message', async (events) => {
  const answers = [];
  try {
    const { handler } = require(directory + '/index.cjs');
    for (const event of events) {
      const end = Date.now() + Number(time);
      const context = { functionName, awsRequestId: 'request-' + answers.length, getRemainingTimeInMillis: () => end - Date.now() };
      try {
        answers.push(await handler(event, context));
      } catch (error) {
        console.error(error);
        answers.push({ error: String(error) });
      }
    }
  } catch (error) {
    console.error(error);
  }
  process.send(answers, () => process.exit());
});
`;

/** Runs events through a function's bundle in a process of its own, one after the other, each with so much time. */
export async function runBundle(
  account: LocalAccount,
  bundle: Bundle,
  events: readonly object[],
  variables: Readonly<Record<string, string>>,
  timeMs: number,
): Promise<{ readonly answers: readonly unknown[]; readonly printed: string }> {
  const words = bundle.split('-').map((word) => word[0]!.toUpperCase() + word.slice(1));
  const resource = account.template.resources.find(({ logicalId }) => logicalId === `${words.join('')}LambdaFunction`)!;
  const { FunctionName, Environment } = resource.properties;
  const child = spawn(
    process.execPath,
    ['-e', RUN, `${process.cwd()}/dist/${bundle}`, String(timeMs), String(FunctionName)],
    {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        ...(Environment as { Variables: Record<string, string> }).Variables,
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  let printed = '';
  for (const output of [child.stdout!, child.stderr!]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  let answers: readonly unknown[] = [];
  child.once('message', (message) => {
    answers = message as readonly unknown[];
  });
  child.send(events as object[]);
  await new Promise((resolve) => child.once('close', resolve));
  return { answers, printed };
}
