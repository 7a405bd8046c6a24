/** Writes an application's log: PutLogEvents, in batches within its limits. */
import { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Entry } from '../generator/records.ts';
import type { ProducerFigures } from './kinesis.ts';

export interface LogProducerOptions {
  readonly endpoint: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly now: () => number;
  /** Waits while the subscription is too far behind. */
  readonly mayGoOn?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const LARGEST_LOG_EVENT = 1024 * 1024 - 26;
const MOST_EVENTS = 1_000;
const MOST_BYTES = 1024 * 1024;
const EVENT_OVERHEAD = 26;

export async function produceLogEvents(
  batches: AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>,
  options: LogProducerOptions,
  figures: ProducerFigures,
): Promise<void> {
  const client = new CloudWatchLogsClient({
    endpoint: options.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'producer', secretAccessKey: 'local' },
    maxAttempts: 10,
  });
  const { logGroup: logGroupName, logStream: logStreamName } = options;
  try {
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    for await (const messages of inRequests(batches)) {
      if (options.signal?.aborted) break;
      await options.mayGoOn?.();
      const timestamp = options.now();
      const logEvents = messages.map((message) => ({ timestamp, message }));
      await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      figures.sent += logEvents.length;
    }
  } finally {
    client.destroy();
  }
}

async function* inRequests(
  batches: AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>,
): AsyncGenerator<readonly string[], void> {
  let request: string[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const { data } of batch) {
      const size = data.length + EVENT_OVERHEAD;
      if (request.length === MOST_EVENTS || (request.length > 0 && bytes + size > MOST_BYTES)) {
        yield request;
        request = [];
        bytes = 0;
      }
      request.push(data.toString('utf8'));
      bytes += size;
    }
  }
  if (request.length > 0) yield request;
}
