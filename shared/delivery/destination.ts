import type { Entry, EntryResult } from './entry.ts';

/** What one request may hold. Sizes in bytes, counted as the destination counts them. */
export interface RequestLimits {
  readonly records: number;
  readonly bytes: number;
  readonly record: number;
}

/** A place that entries are put into, one request at a time. Retrying, batching and joining are others' work. */
export interface Destination {
  /** The word the pipeline's author wrote: `firehose`. */
  readonly name: string;
  readonly limits: RequestLimits;
  /**
   * Whether entries of one partition key must arrive in their order. Then a request holds one entry of a key at most,
   * since any entry of a request can fail while those behind it are taken.
   */
  readonly ordered: boolean;
  /** Documents are joined into one entry up to this size in bytes; 0: never. */
  readonly joinBytes: number;
  /** The destination takes one document an entry: records of several are taken apart. */
  readonly oneDocument?: boolean;
  /** What the entry counts for against the limits, in bytes. */
  sizeOf(entry: Entry): number;
  /** Entries of different groups never share a request: an S3 object has one prefix. */
  groupOf?(entry: Entry): string;
  /** One request. Answers are aligned with the entries; rejects where the request as a whole failed. */
  put(entries: readonly Entry[], signal: AbortSignal): Promise<readonly EntryResult[]>;
}

/** A destination as a pipeline's author names it in `deliver`. Settings are read when the function starts to deliver. */
export interface Delivery {
  readonly name: string;
  /** What is told apart by circuit breakers and logs: `firehose DELIVERY_STREAM`. */
  readonly target: string;
  connect(defaults?: ConnectDefaults): Destination;
}

interface ConnectDefaults {
  /**
   * Whether documents with equal keys may be joined where the author did not say: false where a later function may
   * give them different keys, since one record of a delivery stream gets one set of them.
   */
  readonly join?: boolean;
}
