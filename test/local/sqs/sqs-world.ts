import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach } from 'vitest';
import { createQueues, type LocalQueues, type NewQueue } from '../../../local/sqs/queues.ts';
import { type LocalEndpoint, openEndpoint } from '../../factories/local-endpoint.ts';

export const ACCOUNT = '123456789012';

/** A new account's SQS before each test, with an unmodified client and calls in few words. */
export interface SqsWorld {
  local: LocalEndpoint;
  queues: LocalQueues;
  client: SQSClient;
  /** Makes a queue; gives its URL. */
  make(wanted?: Partial<NewQueue>): string;
  send(url: string, body: string, more?: Partial<SendMessageCommandInput>): Promise<SendMessageCommandOutput>;
  receive(url: string, more?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>;
  remove(url: string, message: Message | undefined): Promise<unknown>;
  /** Visible, in flight, delayed. */
  counts(url: string): Promise<number[]>;
}

export const bodies = (messages: readonly Message[]): (string | undefined)[] => messages.map((message) => message.Body);

export function useSqs(): SqsWorld {
  const world = {
    make: (wanted = {}) => world.queues.createQueue({ name: 'q', ...wanted }).url,
    send: (url, body, more = {}) =>
      world.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...more })),
    async receive(url, more = {}) {
      const input = { QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
      return (await world.client.send(new ReceiveMessageCommand(input))).Messages ?? [];
    },
    remove: (url, message) =>
      world.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle })),
    async counts(url) {
      const { Attributes } = await world.client.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      const found: Readonly<Record<string, string | undefined>> = Attributes ?? {};
      return ['', 'NotVisible', 'Delayed'].map((name) => Number(found[`ApproximateNumberOfMessages${name}`]));
    },
  } as SqsWorld;
  beforeEach(async () => {
    world.local = await openEndpoint(({ clock, faults, endpoint }) => {
      world.queues = createQueues({ clock, faults, endpoint, accountId: ACCOUNT, region: 'us-east-1' });
      return [world.queues];
    });
    world.client = new SQSClient(world.local.client);
  });
  afterEach(async () => {
    world.client.destroy();
    await world.local.stop();
  });
  return world;
}
