import type { AwsRequest } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { type Field, input, integer, list, optional, structure, text } from '../gateway/shape.ts';
import { batchOf, checkBatch, forEach, queueUrl, within } from './batch.ts';
import {
  checkAttributes,
  checkBody,
  type Message,
  type MessageAttributes,
  md5,
  md5OfAttributes,
  type OutgoingMessage,
  sizeOf,
} from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { LONGEST_VISIBILITY_S, receiptOperations } from './receipt-operations.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

/** A map of structures: message attributes. */
const attributeMap: Field<MessageAttributes> = (() => {
  const one = structure({ DataType: text(), StringValue: optional(text()), BinaryValue: optional(text()) });
  return {
    read(value, parent, name, faults) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new AwsError('SerializationException', 'Message attributes must be a map.');
      }
      const read = Object.entries(value).map(([key, each]) => [key, one.read(each, { parent, name }, key, faults)]);
      return Object.fromEntries(read) as MessageAttributes;
    },
  };
})();

const outgoing = {
  MessageBody: optional(text({ hidden: true })),
  DelaySeconds: optional(integer()),
  MessageAttributes: optional(attributeMap),
  MessageSystemAttributes: optional(attributeMap),
  MessageDeduplicationId: optional(text({ hidden: true })),
  MessageGroupId: optional(text({ hidden: true })),
};
const readSend = input({ ...queueUrl, ...outgoing });
const readSendBatch = batchOf(outgoing);
const readReceive = input({
  ...queueUrl,
  MaxNumberOfMessages: optional(integer()),
  VisibilityTimeout: optional(integer()),
  WaitTimeSeconds: optional(integer()),
  AttributeNames: optional(list(text())),
  MessageSystemAttributeNames: optional(list(text())),
  MessageAttributeNames: optional(list(text())),
  ReceiveRequestAttemptId: optional(text()),
});

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LARGEST_BATCH = 1_048_576;

export function messageOperations(store: QueueStore): Record<string, JsonOperation> {
  return { ...sendOperations(store), ...receiveOperations(store), ...receiptOperations(store) };
}

function sendOperations(store: QueueStore): Record<string, JsonOperation> {
  return {
    SendMessage(raw) {
      const request = readSend(raw);
      const queue = store.find(request.QueueUrl);
      return sendOne(store, queue, request);
    },
    SendMessageBatch(raw) {
      const request = readSendBatch(raw);
      const queue = store.find(request.QueueUrl);
      const entries = checkBatch(request.Entries);
      const total = entries.reduce(
        (sum, entry) => sum + sizeOf({ body: entry.MessageBody ?? '', attributes: entry.MessageAttributes ?? {} }),
        0,
      );
      if (total > LARGEST_BATCH) {
        throw sqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${LARGEST_BATCH} bytes. You have sent ${total} bytes.`,
        );
      }
      return forEach(entries, (entry) => sendOne(store, queue, entry));
    },
  };
}

type Outgoing = Omit<ReturnType<typeof readSend>, 'QueueUrl'>;

function sendOne(store: QueueStore, queue: Queue, request: Outgoing): object {
  const message = outgoingOf(queue, request);
  const sent = store.send(queue, message);
  const attributes = md5OfAttributes(message.attributes);
  const system = md5OfAttributes(message.systemAttributes);
  return {
    MessageId: sent.id,
    MD5OfMessageBody: md5(message.body),
    ...(attributes === undefined ? {} : { MD5OfMessageAttributes: attributes }),
    ...(system === undefined ? {} : { MD5OfMessageSystemAttributes: system }),
    ...(sent.sequenceNumber === undefined ? {} : { SequenceNumber: sent.sequenceNumber }),
  };
}

function outgoingOf(queue: Queue, request: Outgoing): OutgoingMessage {
  const body = checkBody(request.MessageBody);
  const attributes = checkAttributes(request.MessageAttributes ?? {});
  const most = Number(queue.attributes.MaximumMessageSize);
  if (sizeOf({ body, attributes }) > most) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  }
  const delay = request.DelaySeconds;
  if (delay !== undefined && (delay < 0 || delay > 900)) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`,
    );
  }
  if (delay !== undefined && delay > 0 && queue.fifo) {
    throw invalidParameter(
      `Value ${delay} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  if (request.MessageDeduplicationId !== undefined && !queue.fifo) {
    throw invalidParameter(
      'The request include parameter MessageDeduplicationId, which is not valid for this queue type.',
    );
  }
  for (const id of [request.MessageGroupId, request.MessageDeduplicationId]) {
    if (id !== undefined && !/^[!-~]{1,128}$/.test(id)) {
      throw invalidParameter(
        'MessageGroupId and MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
      );
    }
  }
  return {
    body,
    attributes,
    systemAttributes: request.MessageSystemAttributes ?? {},
    delaySeconds: delay,
    groupId: request.MessageGroupId,
    deduplicationId: request.MessageDeduplicationId,
  };
}

function receiveOperations(store: QueueStore): Record<string, JsonOperation> {
  return {
    async ReceiveMessage(raw, { signal }: AwsRequest) {
      const request = readReceive(raw);
      const queue = store.find(request.QueueUrl);
      const most = within('MaxNumberOfMessages', request.MaxNumberOfMessages ?? 1, 1, 10);
      const wait = within(
        'WaitTimeSeconds',
        request.WaitTimeSeconds ?? Number(queue.attributes.ReceiveMessageWaitTimeSeconds),
        0,
        20,
      );
      const visibility = request.VisibilityTimeout;
      if (visibility !== undefined) within('VisibilityTimeout', visibility, 0, LONGEST_VISIBILITY_S);
      const messages = await store.await(queue, wait * 1000, signal, () => store.receive(queue, most, visibility));
      const system = [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])];
      const shown = messages.map((message) => shownMessage(message, system, request.MessageAttributeNames ?? []));
      return shown.length === 0 ? {} : { Messages: shown };
    },
  };
}

function shownMessage(message: Message, system: readonly string[], user: readonly string[]): object {
  const all = system.includes('All');
  const attributes = Object.entries(systemAttributes(message)).filter(([name]) => all || system.includes(name));
  const wanted = Object.fromEntries(Object.entries(message.attributes).filter(([name]) => isWanted(name, user)));
  const digest = md5OfAttributes(wanted);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) }),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest, MessageAttributes: wanted }),
  };
}

function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (each) =>
      each === 'All' || each === '.*' || each === name || (each.endsWith('.*') && name.startsWith(each.slice(0, -1))),
  );
}

/** What SQS itself knows of a message. */
export function systemAttributes(message: Message): Record<string, string> {
  const known: Record<string, string | undefined> = {
    SenderId: 'AIDALOCAL',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    AWSTraceHeader: message.systemAttributes.AWSTraceHeader?.StringValue,
    MessageGroupId: message.groupId,
    MessageDeduplicationId: message.deduplicationId,
    SequenceNumber: message.sequenceNumber,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
