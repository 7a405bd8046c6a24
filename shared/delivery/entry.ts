import type { ByteString } from '../record/byte-string.ts';
import type { Failed, IcebergTarget, PartitionKeys } from '../record/outcome.ts';

/** One thing to put into a destination: a record of a delivery stream, a message of a queue, an event of a bus. */
export interface Entry {
  /** Who it is, for object keys and messages: a record's `shard:sequence:subsequence`. */
  readonly id: string;
  readonly data: ByteString;
  /** How many documents `data` holds. */
  readonly documents: number;
  /** The Kinesis partition key it came with: what order is kept by. */
  readonly partitionKey?: string;
  /** Approximate arrival, epoch milliseconds. */
  readonly arrival?: number;
  /** Keys of the destination's prefix. */
  readonly partitionKeys?: PartitionKeys;
  /** The table and operation of an Iceberg destination. */
  readonly iceberg?: IcebergTarget;
}

export interface Confirmed {
  readonly kind: 'confirmed';
}

/** The destination said that it holds this entry. */
export const CONFIRMED: Confirmed = { kind: 'confirmed' };

/** What became of one entry of a put. */
export type EntryResult = Confirmed | Failed;
