/** One queue, standard or FIFO, on the account's time. */
import { createHash } from 'node:crypto';
import type { Clock } from '../account/contracts.ts';
import { DEFAULTS, type QueueAttributes, readRedrive } from './attributes.ts';
import { type Message, newMessage, type OutgoingMessage } from './message.ts';
import { createGroups } from './message-groups.ts';
import { createMessageHeap } from './message-heap.ts';
import { invalidParameter, missingParameter, sqsError } from './sqs-error.ts';

export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly fifo: boolean;
  readonly createdAt: number;
  readonly tags: Map<string, string>;
  attributes: QueueAttributes;
  changedAt: number;
  purgedAt: number | undefined;
  send(outgoing: OutgoingMessage): Sent;
  /** Puts a message that comes from another queue: its identity stays. */
  accept(message: Message, from: string): void;
  /** Up to `most` messages, hidden for `visibilityMs`; `dead` takes those received too often. */
  receive(most: number, visibilityMs: number, dead: (arn: string, message: Message) => boolean): Message[];
  /** The message a receipt is the latest of. */
  held(receipt: string): Message | undefined;
  remove(message: Message): void;
  hide(message: Message, visibilityMs: number): void;
  counts(): { visible: number; inFlight: number; delayed: number };
  /** When a hidden message next becomes visible. */
  nextVisible(): number | undefined;
  purge(): void;
}

/** What a sender is told; of a repeated message, what its first sending was told. */
export interface Sent {
  readonly id: string;
  readonly sequenceNumber: string | undefined;
}

export interface NewQueue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: QueueAttributes;
  readonly clock: Clock;
}

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html */
const MOST_IN_FLIGHT = 120_000;
const DEDUPLICATION_MS = 300_000;

export function openQueue({ name, arn, attributes, clock }: NewQueue): Queue {
  const fifo = attributes.FifoQueue === 'true';
  const held = new Map<string, Message>();
  const byReceipt = new Map<string, Message>();
  const hidden = createMessageHeap();
  const groups = createGroups(fifo);
  const sent = new Map<string, { readonly at: number; readonly told: Sent }>();
  let delayed = 0;
  let inFlight = 0;
  let receipts = 0;
  let sequence = 0n;

  const setting = (key: string): number => Number(queue.attributes[key] ?? DEFAULTS[key]);

  /** Makes visible what is due, and lets go of what retention has ended for. */
  function settle(now: number): void {
    for (let message = hidden.takeDue(now); message !== undefined; message = hidden.takeDue(now)) {
      if (message.state !== 'visible') reappear(message);
    }
    for (const message of held.values()) {
      if (!isOld(message, now)) break;
      discard(message);
    }
  }

  function isOld(message: Message, now: number): boolean {
    return message.sentAt <= now - setting('MessageRetentionPeriod') * 1000;
  }

  function reappear(message: Message): void {
    leaveState(message);
    message.state = 'visible';
    groups.add(message);
  }

  function leaveState(message: Message): void {
    if (message.state === 'delayed') delayed -= 1;
    if (message.state !== 'out') return;
    inFlight -= 1;
    groups.unlock(message);
  }

  function discard(message: Message): void {
    if (message.deleted) return;
    message.deleted = true;
    held.delete(message.id);
    if (message.receipt !== undefined) byReceipt.delete(message.receipt);
    leaveState(message);
    groups.drop(message);
  }

  function keep(message: Message, now: number): void {
    held.set(message.id, message);
    groups.enter(message);
    if (message.visibleAt <= now) {
      groups.add(message);
      return;
    }
    message.state = 'delayed';
    delayed += 1;
    hidden.push(message);
  }

  function giveOut(message: Message, now: number, visibilityMs: number): void {
    if (message.receipt !== undefined) byReceipt.delete(message.receipt);
    receipts += 1;
    message.receipt = Buffer.from(`${message.id} ${name} ${receipts}`).toString('base64');
    message.receiveCount += 1;
    message.firstReceivedAt ??= now;
    message.state = 'out';
    message.visibleAt = now + visibilityMs;
    inFlight += 1;
    byReceipt.set(message.receipt, message);
    hidden.push(message);
  }

  function repeated(key: string, now: number): Sent | undefined {
    for (const [id, { at }] of sent) {
      if (now - at < DEDUPLICATION_MS) break;
      sent.delete(id);
    }
    return sent.get(key)?.told;
  }

  const queue: Queue = {
    name,
    arn,
    fifo,
    createdAt: clock.now(),
    tags: new Map(),
    attributes,
    changedAt: clock.now(),
    purgedAt: undefined,
    send(outgoing) {
      const now = clock.now();
      settle(now);
      const delay = outgoing.delaySeconds ?? setting('DelaySeconds');
      if (!fifo) {
        const message = newMessage(outgoing, now, now + delay * 1000, undefined);
        keep(message, now);
        return message;
      }
      const deduplicationId = deduplicationOf(queue, outgoing);
      const scope = queue.attributes.DeduplicationScope === 'messageGroup' ? `${outgoing.groupId}\n` : '';
      const earlier = repeated(`${scope}${deduplicationId}`, now);
      if (earlier !== undefined) return earlier;
      sequence += 256n;
      const fields = { ...outgoing, deduplicationId };
      const message = newMessage(fields, now, now + delay * 1000, {
        sequenceNumber: (FIRST_SEQUENCE + sequence).toString(),
      });
      sent.set(`${scope}${deduplicationId}`, {
        at: now,
        told: { id: message.id, sequenceNumber: message.sequenceNumber },
      });
      keep(message, now);
      return message;
    },
    accept(message, from) {
      const now = clock.now();
      settle(now);
      // A dead letter's age goes on from when it was first sent, except in a FIFO queue.
      const sentAt = fifo ? now : message.sentAt;
      const fresh = { ...message, sentAt, deadLetterSource: from, receiveCount: 0, firstReceivedAt: undefined };
      keep({ ...fresh, visibleAt: now, state: 'visible', receipt: undefined, deleted: false }, now);
    },
    receive(most, visibilityMs, dead) {
      const now = clock.now();
      settle(now);
      if (inFlight >= MOST_IN_FLIGHT) {
        throw sqsError('OverLimit', `Too many messages in flight: a queue has at most ${MOST_IN_FLIGHT}.`);
      }
      const redrive = readRedrive(queue.attributes.RedrivePolicy);
      const taken: Message[] = [];
      while (taken.length < most) {
        const message = groups.take(taken);
        if (message === undefined) break;
        giveOut(message, now, visibilityMs);
        const spent = redrive !== undefined && message.receiveCount > redrive.maxReceiveCount;
        if (isOld(message, now) || (spent && dead(redrive.deadLetterTargetArn, message))) discard(message);
        else taken.push(message);
      }
      if (visibilityMs <= 0) settle(now);
      return taken;
    },
    held(receipt) {
      settle(clock.now());
      return byReceipt.get(receipt);
    },
    remove: discard,
    hide(message, visibilityMs) {
      const now = clock.now();
      message.visibleAt = now + visibilityMs;
      hidden.push(message);
      settle(now);
    },
    counts() {
      settle(clock.now());
      return { visible: held.size - inFlight - delayed, inFlight, delayed };
    },
    nextVisible: () => hidden.next(),
    purge() {
      for (const message of [...held.values()]) discard(message);
    },
  };
  return queue;
}

const FIRST_SEQUENCE = 18_850_000_000_000_000_000n;

function deduplicationOf(queue: Queue, outgoing: OutgoingMessage): string {
  if (outgoing.groupId === undefined) throw missingParameter('MessageGroupId');
  if (outgoing.deduplicationId !== undefined) return outgoing.deduplicationId;
  if (queue.attributes.ContentBasedDeduplication === 'true')
    return createHash('sha256').update(outgoing.body).digest('hex');
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
}
