import type { ByteString } from './byte-string.ts';
import type { Failure } from './failure.ts';

/** Partition keys for the destination's prefix, each value safe in an S3 key. */
export type PartitionKeys = Readonly<Record<string, string>>;

/** Where an Iceberg destination writes the record: Firehose's `otfMetadata`. */
export interface IcebergTarget {
  readonly destinationDatabaseName: string;
  readonly destinationTableName: string;
  readonly operation: 'insert' | 'update' | 'delete';
}

/** The record goes on, as these bytes (each document ended by the output format's terminator). */
export interface Ok {
  readonly kind: 'ok';
  readonly data: ByteString;
  /** How many documents `data` holds. */
  readonly documents: number;
  readonly partitionKeys?: PartitionKeys;
  readonly iceberg?: IcebergTarget;
  /** Documents of the record that were dropped while others of it go on: reason → count. */
  readonly droppedDocuments?: Readonly<Record<string, number>>;
}

/** The record was left out on purpose; `reason` is the pipeline author's own words (or a source's, like `control message`). */
export interface Dropped {
  readonly kind: 'dropped';
  readonly reason: string;
  readonly documents: number;
}

/** The record can't go on; its original bytes are kept by whoever holds the record. */
export interface Failed {
  readonly kind: 'failed';
  readonly failure: Failure;
}

/** What became of one record. Every record in has exactly one, in order. */
export type Outcome = Ok | Dropped | Failed;

export function dropped(reason: string, documents = 1): Dropped {
  return { kind: 'dropped', reason, documents };
}

export function failed(failure: Failure): Failed {
  return { kind: 'failed', failure };
}
