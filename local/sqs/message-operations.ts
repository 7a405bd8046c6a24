import type { AwsRequest } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { type Field, input, integer, list, optional, structure, text } from '../gateway/shape.ts';
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
import { invalidParameter, missingParameter, sqsError } from './sqs-error.ts';

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

const url = { QueueUrl: text({ max: 2048 }) };
const outgoing = {
  MessageBody: optional(text({ hidden: true })),
  DelaySeconds: optional(integer()),
  MessageAttributes: optional(attributeMap),
  MessageSystemAttributes: optional(attributeMap),
  MessageDeduplicationId: optional(text({ hidden: true })),
  MessageGroupId: optional(text({ hidden: true })),
};
const batchOf = <F extends Record<string, Field<unknown>>>(entry: F) =>
  input({ ...url, Entries: optional(list(structure({ Id: text(), ...entry }))) });
const readSend = input({ ...url, ...outgoing });
const readSendBatch = batchOf(outgoing);
const readReceive = input({
  ...url,
  MaxNumberOfMessages: optional(integer()),
  VisibilityTimeout: optional(integer()),
  WaitTimeSeconds: optional(integer()),
  AttributeNames: optional(list(text())),
  MessageSystemAttributeNames: optional(list(text())),
  MessageAttributeNames: optional(list(text())),
  ReceiveRequestAttemptId: optional(text()),
});
const readDelete = input({ ...url, ReceiptHandle: optional(text({ hidden: true })) });
const readDeleteBatch = batchOf({ ReceiptHandle: text({ hidden: true }) });
const readChange = input({ ...url, ReceiptHandle: optional(text({ hidden: true })), VisibilityTimeout: integer() });
const readChangeBatch = batchOf({ ReceiptHandle: text({ hidden: true }), VisibilityTimeout: optional(integer()) });

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MOST_IN_BATCH = 10;
const LARGEST_BATCH = 1_048_576;
const LONGEST_VISIBILITY_S = 43_200;

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

function receiptOperations(store: QueueStore): Record<string, JsonOperation> {
  return {
    DeleteMessage(raw) {
      const request = readDelete(raw);
      deleteOne(store.find(request.QueueUrl), request.ReceiptHandle);
      return {};
    },
    DeleteMessageBatch(raw) {
      const request = readDeleteBatch(raw);
      const queue = store.find(request.QueueUrl);
      return forEach(checkBatch(request.Entries), (entry) => deleteOne(queue, entry.ReceiptHandle));
    },
    ChangeMessageVisibility(raw) {
      const request = readChange(raw);
      const queue = store.find(request.QueueUrl);
      hideOne(queue, request.ReceiptHandle, request.VisibilityTimeout);
      store.changed(queue);
      return {};
    },
    ChangeMessageVisibilityBatch(raw) {
      const request = readChangeBatch(raw);
      const queue = store.find(request.QueueUrl);
      const result = forEach(checkBatch(request.Entries), (entry) =>
        hideOne(queue, entry.ReceiptHandle, entry.VisibilityTimeout ?? 0),
      );
      store.changed(queue);
      return result;
    },
  };
}

function checkReceipt(receipt: string | undefined): string {
  if (receipt === undefined || receipt === '') throw missingParameter('ReceiptHandle');
  if (/^[0-9a-f-]{36} \S+ \d+$/.test(Buffer.from(receipt, 'base64').toString('latin1'))) return receipt;
  throw sqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}

/** A receipt that a later receive replaced deletes nothing, silently: that is SQS's at-least-once. */
export function deleteOne(queue: Queue, handle: string | undefined): object {
  const message = queue.held(checkReceipt(handle));
  if (message === undefined) return {};
  if (queue.fifo && message.state !== 'out') {
    throw invalidParameter('Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.');
  }
  queue.remove(message);
  return {};
}

function hideOne(queue: Queue, handle: string | undefined, seconds: number): object {
  within('VisibilityTimeout', seconds, 0, LONGEST_VISIBILITY_S);
  const message = queue.held(checkReceipt(handle));
  if (message?.state !== 'out') {
    throw sqsError('MessageNotInflight', "The message referred to isn't in flight, or its receipt is not the latest.");
  }
  queue.hide(message, seconds * 1000);
  return {};
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}

function checkBatch<E extends { Id: string }>(entries: readonly E[] | undefined): readonly E[] {
  if (entries === undefined || entries.length === 0) {
    throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MOST_IN_BATCH) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST_IN_BATCH}. You have sent ${entries.length}.`,
    );
  }
  const wrong = entries.find(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id));
  if (wrong !== undefined) {
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw sqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  return entries;
}

/** Runs each entry; those that fail are told in the answer, beside those that didn't. */
function forEach<E extends { Id: string }>(entries: readonly E[], run: (entry: E) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}
