import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';

/** Kept for putting back what does not fit, and for answering. */
const MARGIN_MS = 30_000;

export interface TransformTime {
  /** No record should be begun any more. */
  outOfTime(): boolean;
  /** Until when records may be put back. */
  readonly putBackBy: Deadline;
}

/**
 * Shares out an invocation's time: transforming ends 30 s before the deadline, or half-way where there is less than a
 * minute. Firehose gives up after five minutes, however long the function may run.
 */
export function transformTime(deadline: Deadline): TransformTime {
  const started = performance.now();
  const remainingMs = () =>
    Math.min(deadline.remainingMs(), LIMITS.firehoseTransform.wait - (performance.now() - started));
  const margin = Math.min(MARGIN_MS, remainingMs() / 2);
  return {
    outOfTime: () => remainingMs() < margin,
    putBackBy: { remainingMs: () => remainingMs() - margin / 5 },
  };
}
