import type { ByteString } from '../../record/byte-string.ts';
import type { Redrive } from '../../record/redriven.ts';

/** Where a record came from, and so where a replay puts it back. */
export type Origin =
  | {
      readonly kind: 'stream';
      readonly stream: string;
      readonly partitionKey: string;
      /** Of the record that failed, where the dead letter tells. */
      readonly sequenceNumber?: string;
    }
  | { readonly kind: 'delivery-stream'; readonly deliveryStream: string }
  /** A message of a CloudWatch Logs subscription: the decoder takes it. */
  | { readonly kind: 'logs' };

/** A record that failed, as it was before it failed. */
export interface FailedRecord {
  readonly kind: 'record';
  /** Its place in the source, unique and stable: a byte offset, a sequence number. */
  readonly at: string;
  readonly data: ByteString;
  /** Why it failed, as AWS or the suite names it: `Lambda.ProcessingFailedStatus`. */
  readonly code: string;
  /** When it had arrived before it failed, epoch milliseconds. */
  readonly arrival: number | undefined;
  /** When it failed, epoch milliseconds. */
  readonly failedAt?: number | undefined;
  /** Undefined where the dead letter does not tell. */
  readonly origin: Origin | undefined;
  /** What it carried from the replay that it failed after; `data` is without it. */
  readonly redrive?: Redrive;
}

/** Something in a source that is no dead letter that can be read: it is kept, and counted under its code. */
interface Unreadable {
  readonly kind: 'unreadable';
  readonly at: string;
  readonly code: string;
}

/** Records that are gone for good: the stream no longer holds them. */
export interface Lost {
  readonly kind: 'lost';
  readonly at: string;
  /** How many, as far as can be told; at least 1. */
  readonly records: number;
  /** `stream shard from…to`: what to look for elsewhere. */
  readonly range: string;
  /** The dead letter that told of them. */
  readonly letter: unknown;
}

/** A record of a failed batch that was delivered all the same, before the batch failed. */
interface Delivered {
  readonly kind: 'delivered';
  readonly at: string;
}

export type Found = FailedRecord | Unreadable | Lost | Delivered;
