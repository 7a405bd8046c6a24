/** What a delivery stream did so far, as CloudWatch would count it; read at any moment. */
export interface DeliveryFigures {
  readonly name: string;
  /** Records taken in, KPL aggregates counted by the records in them. */
  readonly recordsIn: number;
  readonly bytesIn: number;
  /** The same after the RecordDeAggregation processor. Each ends delivered, dropped or failed; until then it is held. */
  readonly records: number;
  readonly delivered: number;
  /** Lines of delivered objects, or rows of Parquet. */
  readonly documents: number;
  readonly objects: number;
  /** Of the delivered objects, as stored. */
  readonly bytes: number;
  /** By the transform. */
  readonly dropped: number;
  /** Error output type → error code → records. */
  readonly failed: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly failedObjects: number;
  readonly backupRecords: number;
  readonly backupObjects: number;
  readonly invocations: number;
  /** Invocations that gave no answer to read: they were retried, while retries were left. */
  readonly invocationErrors: number;
  /** Buffered, at the function or being written. */
  readonly held: number;
  /** Records of objects that could not be written in the retry window; they lie in the data folder. */
  readonly undelivered: number;
  /** Why buffers can't move to disk: an error code like ENOSPC. */
  readonly diskFault: string | undefined;
}

export interface Tally {
  recordsIn: number;
  bytesIn: number;
  records: number;
  delivered: number;
  documents: number;
  objects: number;
  bytes: number;
  dropped: number;
  failedObjects: number;
  backupRecords: number;
  backupObjects: number;
  invocations: number;
  invocationErrors: number;
  undelivered: number;
  readonly failed: Record<string, Record<string, number>>;
}

export function createTally(): Tally {
  return {
    recordsIn: 0,
    bytesIn: 0,
    records: 0,
    delivered: 0,
    documents: 0,
    objects: 0,
    bytes: 0,
    dropped: 0,
    failedObjects: 0,
    backupRecords: 0,
    backupObjects: 0,
    invocations: 0,
    invocationErrors: 0,
    undelivered: 0,
    failed: {},
  };
}

export function countFailure(tally: Tally, type: string, code: string): void {
  tally.failed[type] ??= {};
  const codes = tally.failed[type] as Record<string, number>;
  codes[code] = (codes[code] ?? 0) + 1;
}
