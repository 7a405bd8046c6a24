import type { ByteString } from './byte-string.ts';
import type { Failure } from './failure.ts';

/** Where in a Kinesis stream a record stood. */
export interface StreamPosition {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Index inside a KPL aggregate; absent where there is none or it is not known. */
  readonly subsequenceNumber?: number;
  readonly partitionKey: string;
}

/** One record as an AWS event brought it. Its bytes are never altered: they are what a failure returns. */
export interface StreamRecord {
  /** Unique within the batch: Firehose's recordId, or `shard:sequence:subsequence`. */
  readonly id: string;
  /** Reading it throws an UnreadableRecordError where what the event brought stands for no bytes. */
  readonly data: ByteString;
  /** Approximate arrival, epoch milliseconds. */
  readonly arrival?: number;
  readonly position?: StreamPosition;
}

/** A record's bytes can't be had, and why: the failure that the record ends with. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
