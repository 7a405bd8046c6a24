import type { Dropped, Failed } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';

/** One record of a transformation event. */
export interface FirehoseRecord {
  readonly recordId: string;
  /** Base64, as it came: what is answered where the record does not go on. */
  readonly encoded: string;
  /** Undefined where there is no data. That the base64 can't be read is told when it is. */
  readonly record: StreamRecord | undefined;
  /** Set where its end is known before the pipeline: it does not run through it. */
  readonly ended?: Dropped | Failed;
}

/** Where a record that no answer has room for can be put, to come again. */
export type Origin =
  | { readonly kind: 'stream'; readonly arn: string }
  | { readonly kind: 'deliveryStream'; readonly name: string };

/** What a delivery stream asks the function to transform. */
export interface FirehoseBatch {
  readonly deliveryStream: string;
  /** Undefined where records can't be put back: from Kafka, or from a stream whose name the event does not tell. */
  readonly origin: Origin | undefined;
  readonly records: readonly FirehoseRecord[];
}
