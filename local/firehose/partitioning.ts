import type { Failure } from './failure-documents.ts';
import { isTooLong, type PartitionKeys, type Prefix } from './prefix.ts';

/** Partitions that may have data waiting at once. https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html */
const MOST_ACTIVE_PARTITIONS = 500;

const NO_VALUE: Failure = {
  code: 'DynamicPartitioning.MetadataExtractionFailed',
  message: 'partitionKeys values must not be null or empty',
};
const TOO_MANY: Failure = {
  code: 'DynamicPartitioning.ActivePartitionsLimitExceeded',
  message: 'The number of active partitions has exceeded the configured limit',
};
const TOO_LONG: Failure = {
  code: 'DynamicPartitioning.MetadataExtractionFailed',
  message: 'Length of evaluated prefix cannot be greater than 512',
};

/** Which partition a record belongs to, and how many of them have data that is not in S3 yet. */
export interface Partitioning {
  /** The partition's name, or why the record has none. */
  partitionOf(keys: PartitionKeys | undefined): string | Failure;
  keysOf(partition: string): PartitionKeys;
  /** A buffer of the partition was opened; to be told `closed` when its object is delivered. */
  opened(partition: string): void;
  closed(partition: string): void;
}

interface Active {
  readonly keys: PartitionKeys;
  buffers: number;
}

const NO_KEYS: PartitionKeys = {};

export function createPartitioning(prefix: Prefix): Partitioning {
  const active = new Map<string, Active>();
  const names = prefix.lambdaKeys;

  return {
    partitionOf(given) {
      if (names.length === 0) return '';
      let partition = '';
      for (const name of names) {
        const value = given?.[name];
        if (value === undefined || value === '') return NO_VALUE;
        partition += `${value}\u0000`;
      }
      if (active.has(partition)) return partition;
      const keys = Object.fromEntries(names.map((name) => [name, given?.[name] as string]));
      if (isTooLong(prefix, keys)) return TOO_LONG;
      if (active.size >= MOST_ACTIVE_PARTITIONS) return TOO_MANY;
      active.set(partition, { keys, buffers: 0 });
      return partition;
    },
    keysOf: (partition) => active.get(partition)?.keys ?? NO_KEYS,
    opened(partition) {
      const of = active.get(partition);
      if (of !== undefined) of.buffers++;
    },
    closed(partition) {
      const of = active.get(partition);
      if (of !== undefined && --of.buffers === 0) active.delete(partition);
    },
  };
}
