import { sqs } from '../platform/clients.ts';
import { readMessage, type Stores } from '../sources/failures/message.ts';
import type { Container } from './container.ts';

export interface QueueRange {
  readonly url: string;
  readonly since: number | undefined;
  readonly until: number | undefined;
  /** Messages sent after this are left: they may be what this very replay made. Epoch milliseconds. */
  readonly startedAt: number;
}

const MOST_A_RECEIVE = 10;
/** Longer than an invocation can run: no message is handed out twice while it is replayed. */
const VISIBILITY_SECONDS = 960;
/** Receives that may find nothing new before the queue counts as read: an empty answer can be chance. */
const EMPTY_RECEIVES = 2;

/** The messages that wait in a queue, each received once. */
export async function* messagesOf(range: QueueRange, stores: Stores): AsyncGenerator<Container> {
  const seen = new Set<string>();
  for (let empty = 0; empty < EMPTY_RECEIVES; ) {
    const messages = await receive(range.url);
    const fresh = messages.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    empty = fresh.length === 0 ? empty + 1 : 0;
    for (const message of messages) {
      const container = messageContainer(range.url, message, stores);
      if (!fresh.includes(message) || !inRange(message.sent, range)) await container.leave();
      else yield container;
    }
  }
}

interface Message {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  readonly sent: number;
}

function messageContainer(url: string, { id, receipt, body }: Message, stores: Stores): Container {
  return {
    name: `sqs:${id}`,
    letters: () => readMessage(body, stores),
    async settle() {
      const { aws, client } = await sqs();
      await client.send(new aws.DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },
    async leave() {
      const { aws, client } = await sqs();
      const visibility = { QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: 0 };
      await client.send(new aws.ChangeMessageVisibilityCommand(visibility));
    },
  };
}

async function receive(url: string): Promise<readonly Message[]> {
  const { aws, client } = await sqs();
  const command = new aws.ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: MOST_A_RECEIVE,
    VisibilityTimeout: VISIBILITY_SECONDS,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['SentTimestamp'],
  });
  const { Messages: messages = [] } = await client.send(command);
  return messages.map((message) => ({
    id: message.MessageId ?? '',
    receipt: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    sent: Number(message.Attributes?.SentTimestamp ?? 0),
  }));
}

function inRange(sent: number, { since, until, startedAt }: QueueRange): boolean {
  return sent <= startedAt && sent >= (since ?? 0) && sent < (until ?? Number.POSITIVE_INFINITY);
}
