import { createHash } from 'node:crypto';
import { sqs } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Stores } from '../sources/failures/letter.ts';
import { bodyOf, isTestNotification, notifiedObjects, readMessage } from '../sources/failures/message.ts';
import type { Settle } from './command.ts';
import type { Container } from './container.ts';
import { objectNamed } from './objects.ts';

export interface QueueRange {
  readonly url: string;
  /** Messages sent after this are left: they may be what this very replay made. Epoch milliseconds. */
  readonly startedAt: number;
  readonly settle: Settle | undefined;
  readonly dryRun: boolean;
  readonly deadline: Deadline;
}

/** What can be done with a message that was received. */
export type MessageHandle = Pick<Container, 'settle' | 'leave'> & Required<Pick<Container, 'hold'>>;

const MOST_A_RECEIVE = 10;
/** A message of a killed invocation is handed out again after this; while it is replayed it is kept for longer. */
const VISIBILITY_SECONDS = 30;
/** A receive that waits asks all of a queue's servers: where it finds nothing there is nothing. */
const WAIT_SECONDS = 1;
/** Receives that may give only what was seen before. */
const MOST_STALE = 50;
const LEAST_TO_WAIT_MS = 10_000;
/** Messages that are handed back at once; more of them come back by themselves. */
const MOST_HANDED_BACK = 1_000;

/**
 * The messages that wait in a queue, each once. Those that another reader holds are waited for, as long as a killed
 * invocation would hold them. Those that are left are handed back at the end, since they would be received again and again.
 */
export async function* messagesOf(range: QueueRange, stores: Stores): AsyncGenerator<Container> {
  const seen = new Set<string>();
  const left = leftMessages(range.url);
  const end = now() + (VISIBILITY_SECONDS + 5) * 1_000;
  let stale = 0;
  try {
    while (stale < MOST_STALE) {
      const messages = await receive(range.url);
      if (messages.length === 0 && !(mayWait(range, end) && (await othersHold(range.url, left.length())))) return;
      const fresh = messages.filter(({ id }) => !seen.has(id));
      for (const { id } of fresh) seen.add(id);
      for (const message of messages) if (!fresh.includes(message)) await left.add(message.receipt);
      stale = fresh.length === 0 && messages.length > 0 ? stale + 1 : 0;
      for (const message of fresh) {
        if (message.sent > range.startedAt) await left.add(message.receipt);
        else
          yield* await containersOfMessage(
            message.body,
            message.sent,
            handleOf(message, range.url, left),
            stores,
            range.settle,
          );
      }
    }
  } finally {
    await left.close();
  }
}

/** A killed invocation's messages are worth waiting for. */
function mayWait({ dryRun, deadline }: QueueRange, end: number): boolean {
  return !dryRun && now() < end && deadline.remainingMs() > LEAST_TO_WAIT_MS;
}

/**
 * What a message holds: its own dead letters, or the objects that it tells of. It is settled with the last of them.
 */
export async function containersOfMessage(
  body: string,
  time: number | undefined,
  message: MessageHandle,
  stores: Stores,
  settle: Settle | undefined,
): Promise<readonly Container[]> {
  const value = bodyOf(body);
  const addresses = notifiedObjects(value);
  const own: Container = {
    // By its content, since a message that was moved between queues has another id.
    name: `sqs:${createHash('sha256').update(body).digest('hex')}`,
    isSmall: isSmall(body),
    time,
    letters: () => readMessage(body, stores),
    ...message,
  };
  if (isTestNotification(value)) return [{ ...own, async *letters() {} }];
  if (addresses.length === 0) return [own];
  const objects = (await Promise.all(addresses.map((address) => objectNamed(address, settle)))).filter(
    (object) => object !== undefined,
  );
  // All objects that it tells of are gone: they were replayed.
  if (objects.length === 0) return [{ ...own, async *letters() {} }];
  let unsettled = objects.length;
  return objects.map(({ key: _, ...object }) => ({
    ...object,
    hold: message.hold,
    leave: message.leave,
    async settle() {
      await object.settle();
      unsettled -= 1;
      if (unsettled === 0) await message.settle();
    },
  }));
}

/** Whether a message holds all it tells of: a batch's records are read back from its stream, some megabytes at a time. */
export function isSmall(body: string): boolean {
  return !body.includes('KinesisBatchInfo');
}

interface Message {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  readonly sent: number;
}

function handleOf({ receipt }: Message, url: string, left: LeftMessages): MessageHandle {
  return {
    async settle() {
      const { aws, client } = await sqs();
      await client.send(new aws.DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },
    leave: () => left.add(receipt),
    async hold() {
      const { aws, client } = await sqs();
      const visibility = { QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: VISIBILITY_SECONDS };
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
    WaitTimeSeconds: WAIT_SECONDS,
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

/** Whether messages are received and not deleted, besides those that were left here. */
async function othersHold(url: string, own: number): Promise<boolean> {
  const { aws, client } = await sqs();
  const wanted = ['ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await client.send(
    new aws.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...wanted] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0) > own;
}

/** Messages that are to be handed back once the queue is read. */
interface LeftMessages {
  add(receipt: string): Promise<void>;
  length(): number;
  close(): Promise<void>;
}

function leftMessages(url: string): LeftMessages {
  let receipts: string[] = [];
  let closed = false;
  return {
    async add(receipt) {
      if (closed) await handBack(url, [receipt]);
      else receipts = [...receipts.slice(1 - MOST_HANDED_BACK), receipt];
    },
    length: () => receipts.length,
    async close() {
      closed = true;
      await handBack(url, receipts);
    },
  };
}

/** Makes messages visible again. One that this fails for comes back by itself. */
async function handBack(url: string, receipts: readonly string[]): Promise<void> {
  const { aws, client } = await sqs();
  for (let at = 0; at < receipts.length; at += MOST_A_RECEIVE) {
    const Entries = receipts
      .slice(at, at + MOST_A_RECEIVE)
      .map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
    await client.send(new aws.ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries })).catch(() => undefined);
  }
}
