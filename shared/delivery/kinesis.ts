import { kinesis as connected } from '../platform/clients.ts';
import { LIMITS } from '../platform/limits.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import { failed } from '../record/outcome.ts';
import type { Delivery, Destination } from './destination.ts';
import { CONFIRMED, type Entry, type EntryResult } from './entry.ts';
import { unavailable } from './put-error.ts';

/** Longest partition key, in characters. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
const KEY_CHARACTERS = 256;

export interface KinesisOptions {
  /** Name or ARN of the stream; default: the setting DELIVERY_KINESIS_STREAM. */
  readonly stream?: string;
  /** Name of a key of the pipeline's `partition` to re-key by; default: the partition key that the record came with. */
  readonly partitionKey?: string;
  /** Documents are joined into records of up to this many bytes; 0, the default, sends each record by itself. */
  readonly joinBytes?: number;
  /** The stream's MaxRecordSizeInKiB × 1,024 where it was raised, up to 10 MiB; default 1 MiB. */
  readonly recordBytes?: number;
  /** `key` (the default) keeps the order within a partition key through retries; `none` is faster where keys repeat. */
  readonly order?: 'key' | 'none';
}

/**
 * A Kinesis data stream, by PutRecords.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function kinesis(options: KinesisOptions = {}): Delivery {
  return {
    name: 'kinesis',
    target: `kinesis ${options.stream ?? 'DELIVERY_KINESIS_STREAM'}`,
    connect: () => kinesisDestination(options),
  };
}

export function kinesisDestination(options: KinesisOptions = {}): Destination {
  const { records, bytes, record } = LIMITS.kinesisPut;
  const keyOf = (entry: Entry): string => partitionKey(entry, options.partitionKey);
  return {
    name: 'kinesis',
    limits: { records, bytes, record: Math.min(options.recordBytes ?? record, bytes) },
    ordered: options.order !== 'none',
    joinBytes: options.joinBytes ?? 0,
    sizeOf: (entry) => entry.data.length + Buffer.byteLength(keyOf(entry)),
    put: async (entries, signal) => {
      const stream =
        options.stream ??
        requiredSetting('DELIVERY_KINESIS_STREAM', 'the Kinesis stream that records are delivered to');
      const { aws, client } = await connected();
      const command = new aws.PutRecordsCommand({
        ...(stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream }),
        Records: entries.map((entry) => ({ Data: bytesOf(entry.data), PartitionKey: keyOf(entry) })),
      });
      const { Records = [] } = await client.send(command, { abortSignal: signal });
      return Records.map(({ ErrorCode }) => resultOf(ErrorCode));
    },
  };
}

/** A record without a key of its own spreads by its identity. */
function partitionKey(entry: Entry, name: string | undefined): string {
  const key = (name === undefined ? undefined : entry.partitionKeys?.[name]) ?? entry.partitionKey;
  return key === undefined || key === '' ? entry.id.slice(-KEY_CHARACTERS) || '-' : key.slice(0, KEY_CHARACTERS);
}

function resultOf(code: string | undefined): EntryResult {
  return code === undefined ? CONFIRMED : failed(unavailable('kinesis', code));
}
