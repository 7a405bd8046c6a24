import { gunzipSync } from 'node:zlib';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { onTestFinished } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Clock } from '../../../local/account/contracts.ts';
import { createGateway } from '../../../local/gateway/gateway.ts';
import { createLogs, type LocalLogs, type LogsOptions } from '../../../local/logs/logs.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:decoder';
export const STREAM_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/logs';
export const DELIVERY_ARN = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/logs';

interface Message {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly policyLevel?: string;
  readonly logEvents: readonly {
    readonly id: string;
    readonly timestamp: number;
    readonly message: string;
    readonly extractedFields?: Record<string, string>;
  }[];
}

interface Received {
  readonly arn: string;
  readonly bytes: number;
  readonly partitionKey?: string;
  readonly message: Message;
}

export interface Bench {
  readonly clock: Clock;
  readonly logs: LocalLogs;
  readonly client: CloudWatchLogsClient;
  /** What the destinations got, unpacked. */
  readonly received: Received[];
  /** Of these, log events' messages. */
  texts(): string[];
  settle(): Promise<void>;
}

export async function startLogs(options: Partial<LogsOptions> & { down?: () => boolean } = {}): Promise<Bench> {
  const clock = createClock();
  const received: Received[] = [];
  const take = (arn: string, data: Buffer, partitionKey?: string): void => {
    if (options.down?.()) throw new Error('down');
    const message = JSON.parse(gunzipSync(data).toString('utf8')) as Message;
    received.push({ arn, bytes: data.length, message, ...(partitionKey === undefined ? {} : { partitionKey }) });
  };
  const logs = createLogs({
    clock,
    region: 'us-east-1',
    accountId: '123456789012',
    destinations: () => ({
      functions: {
        async submit(arn, payload) {
          const event = JSON.parse(payload) as { awslogs: { data: string } };
          take(arn, Buffer.from(event.awslogs.data, 'base64'));
          return { requestId: 'r' };
        },
      },
      streams: {
        put: (arn: string, entries: readonly { partitionKey: string; data: Buffer }[]) => {
          for (const { partitionKey, data } of entries) take(arn, data, partitionKey);
          return [];
        },
      } as never,
      deliveryStreams: {
        async put(arn, records) {
          for (const record of records) take(arn, record);
        },
      },
    }),
    ...options,
  });
  const gateway = await createGateway();
  gateway.register(logs);
  const client = new CloudWatchLogsClient({
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await logs.stop();
    await gateway.stop();
  });
  return {
    clock,
    logs,
    client,
    received,
    texts: () =>
      received
        .flatMap(({ message }) => (message.messageType === 'DATA_MESSAGE' ? message.logEvents : []))
        .map(({ message }) => message),
    async settle() {
      while (!logs.idle()) await new Promise((resolve) => setTimeout(resolve, 2));
    },
  };
}
