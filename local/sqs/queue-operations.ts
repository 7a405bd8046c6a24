import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, list, optional, text, textMap } from '../gateway/shape.ts';
import { checkAttributes } from './attributes.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { missingParameter, sqsError } from './sqs-error.ts';

const url = { QueueUrl: text({ max: 2048 }) };
const names = list(text({ max: 128 }));
const readCreate = input({ QueueName: optional(text()), Attributes: optional(textMap()), tags: optional(textMap()) });
const readGetUrl = input({ QueueName: text(), QueueOwnerAWSAccountId: optional(text()) });
const readList = input({
  QueueNamePrefix: optional(text()),
  NextToken: optional(text()),
  MaxResults: optional(integer({ min: 1, max: 1000 })),
});
const readQueue = input(url);
const readGetAttributes = input({ ...url, AttributeNames: optional(names) });
const readSetAttributes = input({ ...url, Attributes: textMap() });
const readTag = input({ ...url, Tags: textMap({ max: 50 }) });
const readUntag = input({ ...url, TagKeys: names });

const PURGE_EVERY_MS = 60_000;

export function queueOperations(store: QueueStore): Record<string, JsonOperation> {
  return {
    CreateQueue(raw) {
      const request = readCreate(raw);
      if (request.QueueName === undefined) throw missingParameter('QueueName');
      const queue = store.create(request.QueueName, request.Attributes ?? {});
      for (const [key, value] of Object.entries(request.tags ?? {})) queue.tags.set(key, value);
      return { QueueUrl: store.urlOf(queue) };
    },
    DeleteQueue(raw) {
      store.remove(store.find(readQueue(raw).QueueUrl));
      return {};
    },
    GetQueueUrl: (raw) => ({ QueueUrl: store.urlOf(store.find(readGetUrl(raw).QueueName)) }),
    ListQueues(raw) {
      const request = readList(raw);
      const after = request.NextToken ?? '';
      const all = [...store.queues.values()]
        .filter((queue) => queue.name.startsWith(request.QueueNamePrefix ?? '') && queue.name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = all.slice(0, request.MaxResults ?? 1000);
      const next =
        request.MaxResults !== undefined && page.length < all.length ? page[page.length - 1]?.name : undefined;
      return { QueueUrls: page.map((queue) => store.urlOf(queue)), ...(next === undefined ? {} : { NextToken: next }) };
    },
    ListDeadLetterSourceQueues: (raw) => ({
      queueUrls: store.sourcesOf(store.find(readQueue(raw).QueueUrl)).map((queue) => store.urlOf(queue)),
    }),
    GetQueueAttributes(raw) {
      const request = readGetAttributes(raw);
      const known = attributesOf(store.find(request.QueueUrl));
      const wanted = request.AttributeNames ?? [];
      if (wanted.includes('All')) return { Attributes: known };
      const unknown = wanted.find((name) => !(name in known) && !OPTIONAL.includes(name));
      if (unknown !== undefined) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
      return { Attributes: Object.fromEntries(Object.entries(known).filter(([name]) => wanted.includes(name))) };
    },
    SetQueueAttributes(raw) {
      const request = readSetAttributes(raw);
      const queue = store.find(request.QueueUrl);
      checkAttributes(request.Attributes, queue.fifo);
      queue.attributes = { ...queue.attributes, ...request.Attributes };
      queue.changedAt = store.clock.now();
      return {};
    },
    PurgeQueue(raw) {
      const queue = store.find(readQueue(raw).QueueUrl);
      const now = store.clock.now();
      if (queue.purgedAt !== undefined && now - queue.purgedAt < PURGE_EVERY_MS) {
        throw sqsError(
          'PurgeQueueInProgress',
          `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        );
      }
      queue.purgedAt = now;
      queue.purge();
      return {};
    },
    TagQueue(raw) {
      const request = readTag(raw);
      const { tags } = store.find(request.QueueUrl);
      for (const [key, value] of Object.entries(request.Tags)) tags.set(key, value);
      return {};
    },
    UntagQueue(raw) {
      const request = readUntag(raw);
      const { tags } = store.find(request.QueueUrl);
      for (const key of request.TagKeys) tags.delete(key);
      return {};
    },
    ListQueueTags: (raw) => ({ Tags: Object.fromEntries(store.find(readQueue(raw).QueueUrl).tags) }),
  };
}

/** Known, and absent when not set. */
const OPTIONAL = [
  'Policy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
];

function attributesOf(queue: Queue): Record<string, string> {
  const { visible, inFlight, delayed } = queue.counts();
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.changedAt / 1000)),
  };
}
