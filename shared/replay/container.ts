import type { Found } from '../sources/failures/found.ts';

/** One thing that holds dead letters: an object, or a message of a queue. */
export interface Container {
  /** Its name in the ledger, the same whenever the same thing is read: `s3://bucket/key etag`, `sqs:digest`. */
  readonly name: string;
  /** Object key: an object is read in the order of the keys. */
  readonly key?: string;
  /** Holds one record, in memory already: it may be replayed beside others. */
  readonly isSmall: boolean;
  /** When it was made, epoch milliseconds: what a record without a time of its own goes by. */
  readonly time: number | undefined;
  /** Reads its dead letters, in order, in bounded memory. */
  letters(): AsyncIterable<Found>;
  /** Takes it away: every record in it is confirmed. */
  settle(): Promise<void>;
  /** Leaves it for later. */
  leave(): Promise<void>;
  /** Keeps it from being handed to others for another while. */
  hold?(): Promise<void>;
}
