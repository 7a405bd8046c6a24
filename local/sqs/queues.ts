/**
 * SQS on the account's own time: visibility, delays, retention and redrive follow its clock, and queues bear its
 * account id. Written for this account because emulators run on the wall clock, under an account id of their own.
 */
import { randomUUID } from 'node:crypto';
import type { AwsService, Queues } from '../account/contracts.ts';
import { injectedError } from '../gateway/aws-error.ts';
import { awsJsonService } from '../gateway/json-service.ts';
import type { QueueAttributes } from './attributes.ts';
import { checkAttributes, checkBody } from './message.ts';
import { messageOperations, systemAttributes } from './message-operations.ts';
import { moveTaskOperations } from './move-tasks.ts';
import { queueOperations } from './queue-operations.ts';
import { createQueueStore, type QueueStore, type QueuesOptions } from './queue-store.ts';
import { deleteOne } from './receipt-operations.ts';

export type { QueuesOptions } from './queue-store.ts';

export interface NewQueue {
  readonly name: string;
  readonly visibilitySeconds?: number;
  readonly retentionSeconds?: number;
  readonly delaySeconds?: number;
  readonly maximumBytes?: number;
  readonly receiveWaitSeconds?: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
  readonly fifo?: boolean;
  readonly contentBasedDeduplication?: boolean;
  /** Further attributes, as SetQueueAttributes takes them. */
  readonly attributes?: QueueAttributes;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface LocalQueues extends AwsService, Queues {
  createQueue(wanted: NewQueue): { readonly arn: string; readonly url: string };
  deleteQueue(queue: string): void;
  arnOf(queue: string): string;
  urlOf(queue: string): string;
  onSent(listener: (queueArn: string) => void): () => void;
}

const NOT_FIFO = { groupId: undefined, deduplicationId: undefined };
/** A batch of 1 MiB whose every character JSON escapes. */
const LARGEST_BODY = 8 * 1024 * 1024;

export function createQueues(options: QueuesOptions): LocalQueues {
  const store = createQueueStore(options);
  const service = awsJsonService({
    names: ['sqs'],
    targetPrefix: 'AmazonSQS',
    version: '1.0',
    errorNamespace: 'com.amazonaws.sqs#',
    maxBodyBytes: LARGEST_BODY,
    operations: { ...queueOperations(store), ...messageOperations(store), ...moveTaskOperations(store) },
  });
  return {
    ...service,
    ...queuesOf(store),
    createQueue(wanted) {
      const queue = store.create(wanted.name, attributesOf(wanted));
      for (const [key, value] of Object.entries(wanted.tags ?? {})) queue.tags.set(key, value);
      return { arn: queue.arn, url: store.urlOf(queue) };
    },
    deleteQueue: (queue) => store.remove(store.find(queue)),
    arnOf: (queue) => store.find(queue).arn,
    urlOf: (queue) => store.urlOf(store.find(queue)),
    onSent: (listener) => store.onSent(listener),
  };
}

function attributesOf(wanted: NewQueue): QueueAttributes {
  const known: Record<string, unknown> = {
    VisibilityTimeout: wanted.visibilitySeconds,
    MessageRetentionPeriod: wanted.retentionSeconds,
    DelaySeconds: wanted.delaySeconds,
    MaximumMessageSize: wanted.maximumBytes,
    ReceiveMessageWaitTimeSeconds: wanted.receiveWaitSeconds,
    RedrivePolicy: wanted.redrive === undefined ? undefined : JSON.stringify(wanted.redrive),
    // `false` is not a value AWS takes for a standard queue.
    FifoQueue: wanted.fifo === true ? 'true' : undefined,
    ContentBasedDeduplication: wanted.contentBasedDeduplication,
    ...wanted.attributes,
  };
  const given = Object.entries(known).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** SQS as the account's own parts use it; operations' faults meet them too. */
function queuesOf(store: QueueStore): Queues {
  const refuse = (operation: string): void => {
    const code = store.faults.operation?.('sqs', operation);
    if (code !== undefined) throw injectedError(code);
  };
  return {
    async send(name, body, messageAttributes = {}) {
      refuse('SendMessage');
      const queue = store.find(name);
      const fifo = queue.fifo ? { groupId: 'account', deduplicationId: randomUUID() } : NOT_FIFO;
      const common = { systemAttributes: {}, delaySeconds: undefined, ...fifo };
      store.send(queue, { body: checkBody(body), attributes: checkAttributes(messageAttributes), ...common });
    },
    async receive(name, most, visibilitySeconds) {
      refuse('ReceiveMessage');
      const messages = store.receive(store.find(name), most, visibilitySeconds);
      return messages.map((message) => ({
        messageId: message.id,
        receiptHandle: message.receipt ?? '',
        body: message.body,
        attributes: systemAttributes(message),
        messageAttributes: message.attributes,
      }));
    },
    async remove(name, receiptHandles) {
      refuse('DeleteMessage');
      const queue = store.find(name);
      for (const handle of receiptHandles) deleteOne(queue, handle);
    },
    async depth(name) {
      const { visible, inFlight, delayed } = store.find(name).counts();
      return visible + inFlight + delayed;
    },
  };
}
