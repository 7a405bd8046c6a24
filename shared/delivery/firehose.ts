import { firehose as connected } from '../platform/clients.ts';
import { LIMITS } from '../platform/limits.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import { failed } from '../record/outcome.ts';
import type { Delivery, Destination } from './destination.ts';
import { CONFIRMED, type EntryResult } from './entry.ts';
import { unavailable } from './put-error.ts';

/** Firehose bills each record rounded up to 5 KB. https://aws.amazon.com/firehose/pricing/ */
const BILLING_STEP = 5 * 1024;
/** Ten steps: at most a tenth of what is billed is rounding, and one bad document takes few others with it. */
const JOIN_BYTES = 10 * BILLING_STEP;

export interface FirehoseOptions {
  /** Name of the delivery stream; default: the setting DELIVERY_STREAM. */
  readonly stream?: string;
  /** Small documents are joined into records of up to this many bytes; 0 sends each by itself. Default 51,200. */
  readonly joinBytes?: number;
  /** `key` (the default) keeps the order within a partition key through retries; `none` is faster where keys repeat. */
  readonly order?: 'key' | 'none';
}

/**
 * A Firehose delivery stream, by PutRecordBatch.
 * https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export function firehose(options: FirehoseOptions = {}): Delivery {
  return {
    name: 'firehose',
    target: `firehose ${options.stream ?? 'DELIVERY_STREAM'}`,
    connect: ({ join = true } = {}) => firehoseDestination({ joinBytes: join ? JOIN_BYTES : 0, ...options }),
  };
}

export function firehoseDestination(options: FirehoseOptions = {}): Destination {
  const { records, bytes, record } = LIMITS.firehosePut;
  return {
    name: 'firehose',
    limits: { records, bytes, record },
    ordered: options.order !== 'none',
    joinBytes: options.joinBytes ?? 0,
    sizeOf: (entry) => entry.data.length,
    put: async (entries, signal) => {
      const stream = options.stream ?? requiredSetting('DELIVERY_STREAM', 'the delivery stream that records go to');
      const { aws, client } = await connected();
      const command = new aws.PutRecordBatchCommand({
        DeliveryStreamName: stream,
        Records: entries.map(({ data }) => ({ Data: bytesOf(data) })),
      });
      const { RequestResponses = [] } = await client.send(command, { abortSignal: signal });
      return RequestResponses.map(({ ErrorCode }) => resultOf(ErrorCode));
    },
  };
}

function resultOf(code: string | undefined): EntryResult {
  return code === undefined ? CONFIRMED : failed(unavailable('firehose', code));
}
