import type { JsonDocument } from '../json/index.ts';
import type { Failure } from '../record/failure.ts';
import type { Dropped, Outcome } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';
import type { StepContext } from '../record/step.ts';

/** A record on its way. Made by a constructor and no literal, as fragments are (shared/json/fragment.ts), and for the same reason. */
export class Item {
  readonly context: StepContext;
  /** The record's size, as it came. */
  readonly bytes: number;
  readonly documents: readonly JsonDocument[];
  /** Why a document is out, by its index. Undefined as long as none is. */
  out: (Dropped | undefined)[] | undefined = undefined;
  /** Set when the record's way has ended. */
  outcome: Outcome | undefined;

  constructor(context: StepContext, bytes: number, documents: readonly JsonDocument[], outcome: Outcome | undefined) {
    this.context = context;
    this.bytes = bytes;
    this.documents = documents;
    this.outcome = outcome;
  }
}

/** What steps are told of a record. */
export class ItemContext implements StepContext {
  readonly record: StreamRecord;
  readonly now: number;
  readonly batch: number;

  constructor(record: StreamRecord, now: number, batch: number) {
    this.record = record;
    this.now = now;
    this.batch = batch;
  }
}

/** The failure of one document among several. */
export function within(failure: Failure, document: number): Failure {
  return { ...failure, document };
}
