import type { JsonText } from '../record/document.ts';

/** Reference data that `lookup` reads: a file in S3, or a DynamoDB table. */
export interface ReferenceTable {
  /** For messages: `s3Table s3://bucket/products.csv`. */
  readonly name: string;
  /** What is wrong with its settings. */
  readonly faults: readonly string[];
  open(): OpenTable;
}

/** A key as the document has it. A number and its text are the same key in a file; in DynamoDB they differ. */
export interface TableKey {
  readonly kind: 'string' | 'number';
  readonly text: string;
}

export interface OpenTable {
  /** Awaited at start-up. Never rejects: a table that is down is asked again. */
  load?(): Promise<void>;
  /** Awaited before each batch. Never rejects. */
  refresh?(): Promise<void>;
  /** Awaited once a batch, with the keys that its documents have. Never rejects. */
  prepare?(keys: readonly TableKey[]): Promise<void>;
  find(key: TableKey): JsonText | 'absent' | 'down';
}

/** What went wrong, in a word that is safe to log. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
