import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, optional, text } from '../gateway/shape.ts';
import { batchOf, checkBatch, forEach, queueUrl, within } from './batch.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { invalidParameter, missingParameter, sqsError } from './sqs-error.ts';

const readDelete = input({ ...queueUrl, ReceiptHandle: optional(text({ hidden: true })) });
const readDeleteBatch = batchOf({ ReceiptHandle: text({ hidden: true }) });
const readChange = input({
  ...queueUrl,
  ReceiptHandle: optional(text({ hidden: true })),
  VisibilityTimeout: integer(),
});
const readChangeBatch = batchOf({ ReceiptHandle: text({ hidden: true }), VisibilityTimeout: optional(integer()) });

export const LONGEST_VISIBILITY_S = 43_200;

export function receiptOperations(store: QueueStore): Record<string, JsonOperation> {
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
