/** One record on its way through a delivery stream. Its source bytes are never altered: failures and backups show them. */
export interface StreamRecord {
  readonly source: Source;
  /** What the processors before the transform made of the source's bytes; the same bytes when there are none. */
  readonly data: Buffer;
  /** What a failure shows: the source's bytes, or of a record that was split this part of them. */
  readonly raw: Buffer;
  /** Index among the records that one source record was split into. */
  readonly part: number;
}

/** A record as its producer put it, de-aggregated if it came as part of a KPL aggregate. */
export interface Source {
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly arrival: number;
  /** The stream's own, or one that the delivery stream gave to a direct put. */
  readonly sequenceNumber: string;
  /** Index inside a KPL aggregate. */
  readonly subsequenceNumber: number;
  readonly kinesis: { readonly shardId: string; readonly partitionKey: string } | undefined;
}

const FIRST = 49_600_000_000_000_000_000n;

/** Gives direct puts rising 56-digit sequence numbers, as Firehose's own. */
export function createSequence(): () => string {
  let next = 0;
  const head = String(FIRST);
  return () => head + String(next++).padStart(56 - head.length, '0');
}
