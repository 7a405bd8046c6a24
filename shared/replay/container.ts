import type { Found } from '../sources/failures/found.ts';

/** One thing that holds dead letters: an object, or a message of a queue. */
export interface Container {
  /** Its name in the ledger: `s3://bucket/key`, `sqs:message-id`. */
  readonly name: string;
  /** Reads its dead letters, in order, in bounded memory. */
  letters(): AsyncIterable<Found>;
  /** Takes it away: every record in it is confirmed. */
  settle(): Promise<void>;
  /** Leaves it for later. */
  leave(): Promise<void>;
}
