import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, optional, text, textMap, timestamp } from '../gateway/shape.ts';
import { seconds, streamArn, token } from './inputs.ts';
import type { StreamStore } from './store.ts';
import type { Consumer, Stream } from './stream.ts';

const consumerName = text({ min: 1, max: 128, pattern: '[a-zA-Z0-9_.-]+' });
export const consumerArn = text({
  min: 1,
  max: 2048,
  pattern: 'arn:aws.*:kinesis:.*:\\d{12}:.*stream/[a-zA-Z0-9_.-]+/consumer/[a-zA-Z0-9_.-]+:[0-9]+',
});
const readRegister = input({ StreamARN: streamArn, ConsumerName: consumerName, Tags: optional(textMap({ max: 50 })) });
const readRef = input({
  StreamARN: optional(streamArn),
  ConsumerName: optional(consumerName),
  ConsumerARN: optional(consumerArn),
});
const readList = input({
  StreamARN: streamArn,
  NextToken: optional(token),
  MaxResults: optional(integer({ min: 1, max: 10_000 })),
  StreamCreationTimestamp: optional(timestamp()),
});

/** Source: RegisterStreamConsumer's API reference. */
const MOST_CONSUMERS = 20;

export function consumerOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    RegisterStreamConsumer(raw) {
      const request = readRegister(raw);
      const stream = store.stream(request.StreamARN);
      if (stream.consumers.size >= MOST_CONSUMERS) {
        throw new AwsError(
          'LimitExceededException',
          `Stream ${stream.name} already has ${MOST_CONSUMERS} registered consumers.`,
        );
      }
      // It can be subscribed to at once; AWS answers with CREATING, and clients wait for ACTIVE.
      return {
        Consumer: { ...described(store.addConsumer(stream, request.ConsumerName)), ConsumerStatus: 'CREATING' },
      };
    },
    DeregisterStreamConsumer(raw) {
      const { stream, consumer } = findConsumer(store, readRef(raw));
      stream.consumers.delete(consumer.name);
      for (const subscription of consumer.subscriptions.values()) subscription.end();
      return undefined;
    },
    DescribeStreamConsumer(raw) {
      const { stream, consumer } = findConsumer(store, readRef(raw));
      return { ConsumerDescription: { ...described(consumer), StreamARN: stream.arn } };
    },
    ListStreamConsumers(raw) {
      const request = readList(raw);
      const stream = store.stream(request.StreamARN);
      const after = request.NextToken ?? '';
      const all = [...stream.consumers.values()]
        .filter((each) => each.name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = all.slice(0, request.MaxResults ?? 100);
      return {
        Consumers: page.map(described),
        ...(page.length < all.length ? { NextToken: page[page.length - 1]?.name } : {}),
      };
    },
  };
}

interface ConsumerRef {
  readonly StreamARN?: string | undefined;
  readonly ConsumerName?: string | undefined;
  readonly ConsumerARN?: string | undefined;
}

export function findConsumer(store: StreamStore, ref: ConsumerRef): { stream: Stream; consumer: Consumer } {
  const arn = ref.ConsumerARN ?? ref.StreamARN;
  if (arn === undefined || (ref.ConsumerARN === undefined && ref.ConsumerName === undefined)) {
    throw new AwsError('InvalidArgumentException', 'Give either ConsumerARN, or StreamARN and ConsumerName.');
  }
  const stream = store.stream(arn);
  const consumer = [...stream.consumers.values()].find((each) =>
    ref.ConsumerARN === undefined ? each.name === ref.ConsumerName : each.arn === ref.ConsumerARN,
  );
  if (consumer !== undefined) return { stream, consumer };
  const name = ref.ConsumerARN ?? ref.ConsumerName;
  throw new AwsError(
    'ResourceNotFoundException',
    `Consumer ${name} of stream ${stream.name} under account ${store.accountId} not found.`,
  );
}

function described(consumer: Consumer): object {
  return {
    ConsumerName: consumer.name,
    ConsumerARN: consumer.arn,
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: seconds(consumer.createdAt),
  };
}
