/** Puts records into a stream as a careful producer does: in batches, sending again only what was refused. */
import { setTimeout } from 'node:timers/promises';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Entry } from '../generator/records.ts';

export interface ProducerOptions {
  readonly endpoint: string;
  readonly stream: string;
  /** Records a second. */
  readonly rate?: number | undefined;
  /** Waits while the stream is too far ahead of its readers. */
  readonly mayGoOn?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface ProducerFigures {
  /** Records that the stream took. */
  sent: number;
  /** Records it refused for the moment, and that were sent again. */
  refused: number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MOST_RECORDS = 500;
const MOST_BYTES = 5 * 1024 * 1024;
/** Batches on their way at once. */
const CONCURRENCY = 4;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2_000;
/** With the longest wait between, an hour: throttling ends; what still fails then has another cause. */
const MOST_TRIES = 1_800;

/** A record was refused until patience ended; names code and count, never content. */
class PutError extends Error {
  override readonly name = 'PutError';
}

/** Sends everything that `batches` gives, then resolves. What was sent is counted in `figures` as it goes. */
export async function produce(
  batches: AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>,
  options: ProducerOptions,
  figures: ProducerFigures,
): Promise<void> {
  const client = new KinesisClient({
    endpoint: options.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'producer', secretAccessKey: 'local' },
  });
  const pace = createPace(options.rate);
  const underWay = new Set<Promise<void>>();
  let failure: unknown;
  try {
    for await (const batch of inRequests(batches, mostAtOnce(options.rate))) {
      if (options.signal?.aborted) break;
      await pace(batch.length);
      await options.mayGoOn?.();
      const put = putAll(client, options, batch, figures).catch((cause: unknown) => {
        failure ??= cause;
      });
      const tracked = put.finally(() => underWay.delete(tracked));
      underWay.add(tracked);
      if (underWay.size >= CONCURRENCY) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
    await Promise.all(underWay);
    if (failure !== undefined) throw failure;
  } finally {
    client.destroy();
  }
}

async function putAll(
  client: KinesisClient,
  { stream, signal }: ProducerOptions,
  batch: readonly Entry[],
  figures: ProducerFigures,
): Promise<void> {
  let left = batch;
  let lastCode = '';
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === MOST_TRIES) throw new PutError(`${left.length} records were refused ${tries} times: ${lastCode}`);
    if (tries > 0) await backOff(tries, signal);
    if (signal?.aborted) return;
    const Records = left.map(({ data, partitionKey }) => ({ Data: data, PartitionKey: partitionKey }));
    const answer = await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
    const refused = left.filter((_entry, at) => answer.Records?.[at]?.ErrorCode !== undefined);
    lastCode = answer.Records?.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? '';
    figures.sent += left.length - refused.length;
    figures.refused += refused.length;
    left = refused;
  }
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
async function backOff(tries: number, signal: AbortSignal | undefined): Promise<void> {
  const most = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
  await sleep(Math.random() * most, signal);
}

/** Ends early when the signal aborts. */
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}

/** Regroups batches of any size into requests within the limits. */
async function* inRequests(
  batches: AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>,
  most: number,
): AsyncGenerator<readonly Entry[], void> {
  let request: Entry[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    for (const entry of batch) {
      const size = entry.data.length + Buffer.byteLength(entry.partitionKey);
      if (request.length === most || (request.length > 0 && bytes + size > MOST_BYTES)) {
        yield request;
        request = [];
        bytes = 0;
      }
      request.push(entry);
      bytes += size;
    }
  }
  if (request.length > 0) yield request;
}

/** A tenth of a second's worth, so that a slow rate is not sent in bursts. */
function mostAtOnce(rate = Number.POSITIVE_INFINITY): number {
  return Math.min(MOST_RECORDS, Math.max(1, Math.floor(rate / 10)));
}

/** Waits so that, on the whole, no more than `rate` records a second go. */
function createPace(rate: number | undefined): (records: number) => Promise<void> {
  if (rate === undefined) return async () => {};
  const start = performance.now();
  let passed = 0;
  return async (records) => {
    const due = start + (passed / rate) * 1_000;
    passed += records;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
  };
}
