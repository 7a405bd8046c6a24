/** Where a message goes by its ARN: the destinations of Lambda, S3 notifications, EventBridge and log subscriptions. */
import type { AsyncFunctions, DeliveryStreams, Objects, QueueMessageAttribute, Queues, Streams } from './contracts.ts';

export interface TargetServices {
  readonly functions?: AsyncFunctions;
  readonly queues?: Queues;
  readonly objects?: Objects;
  readonly streams?: Streams;
  readonly deliveryStreams?: DeliveryStreams;
  /** SNS. */
  readonly publish?: (topicArn: string, message: string) => Promise<void>;
}

export interface TargetOptions {
  /** Of an S3 object. */
  readonly key?: string;
  /** Of an SQS message. */
  readonly attributes?: Readonly<Record<string, QueueMessageAttribute>>;
  /** Of a Kinesis record. */
  readonly partitionKey?: string;
}

/** A service that sends by itself, on behalf of one of its resources. */
export interface Caller {
  /** `events.amazonaws.com` */
  readonly service: string;
  /** The rule, schedule or bucket. */
  readonly sourceArn: string;
  readonly roleArn?: string | undefined;
}

export interface Targets {
  /** Rejects when the target can't take it, or there is none of that kind in the account. */
  send(arn: string, message: string, options?: TargetOptions): Promise<void>;
}

type Send = (services: TargetServices, arn: string, message: string, options: TargetOptions) => Promise<unknown>;

const SENDERS: Readonly<Record<string, Send>> = {
  lambda: async ({ functions }, arn, message) => functions?.submit(arn, message) ?? absent(arn),
  sqs: async ({ queues }, arn, message, { attributes }) => queues?.send(arn, message, attributes) ?? absent(arn),
  sns: async ({ publish }, arn, message) => publish?.(arn, message) ?? absent(arn),
  kinesis: async ({ streams }, arn, message, { partitionKey = '0' }) =>
    streams?.put(arn, [{ partitionKey, data: Buffer.from(message) }]) ?? absent(arn),
  firehose: async ({ deliveryStreams }, arn, message) =>
    deliveryStreams?.put(arn, [Buffer.from(message)]) ?? absent(arn),
  s3: async ({ objects }, arn, message, { key }) => {
    if (objects === undefined || key === undefined) return absent(arn);
    const bucket = arn.slice(arn.lastIndexOf(':') + 1);
    return objects.put(bucket, key, Buffer.from(message), { contentType: 'application/json' });
  },
};

/** The services are asked for at each message: they may be made later than what sends to them. */
export function createTargets(services: () => TargetServices): Targets {
  return {
    async send(arn, message, options = {}) {
      const service = arn.split(':')[2] ?? '';
      const sender = Object.hasOwn(SENDERS, service) ? SENDERS[service] : undefined;
      await (sender === undefined ? absent(arn) : sender(services(), arn, message, options));
    },
  };
}

function absent(arn: string): never {
  throw new Error(`The local account can't send to ${arn}`);
}
