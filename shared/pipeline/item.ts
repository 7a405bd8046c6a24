import type { JsonDocument } from '../json/index.ts';
import type { Failure } from '../record/failure.ts';
import type { Dropped, Outcome } from '../record/outcome.ts';
import type { StepContext } from '../record/step.ts';

/** A record on its way. */
export interface Item {
  readonly context: StepContext;
  /** The record's size, as it came. */
  readonly bytes: number;
  readonly documents: readonly JsonDocument[];
  /** Why a document is out, by its index. Undefined as long as none is. */
  out: (Dropped | undefined)[] | undefined;
  /** Set when the record's way has ended. */
  outcome: Outcome | undefined;
}

/** The failure of one document among several. */
export function within(failure: Failure, document: number): Failure {
  return { ...failure, document };
}
