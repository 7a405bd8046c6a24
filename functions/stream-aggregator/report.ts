import type { WindowState } from '../../shared/aggregate/window-state.ts';
import { logger } from '../../shared/platform/logger.ts';
import { count, flushMetrics, unit } from '../../shared/platform/metrics.ts';
import type { Failure } from '../../shared/record/failure.ts';
import type { Outcome } from '../../shared/record/outcome.ts';

/** One invocation, as it is told to metrics and log. */
export interface WindowInvocation {
  readonly pipeline: string;
  readonly window: { readonly start: string; readonly end: string };
  readonly shardId: string;
  readonly closes: boolean;
  readonly duplicates: number;
  readonly outcomes: readonly Outcome[];
  /** Records that can't be counted; the stream consumer dead-letters the same. */
  readonly failures: readonly Failure[];
  readonly state: WindowState;
  /** Results written. */
  readonly items: number;
}

export function reportWindow(invocation: WindowInvocation): void {
  const { pipeline, window, shardId, closes, outcomes, failures, state, items } = invocation;
  const counted = outcomes.filter(({ kind }) => kind === 'ok').length;
  const { other, late } = state.overflow;
  const failed = Map.groupBy(failures, ({ code }) => code);
  count('RecordsCounted', counted);
  count('StateBytes', state.size, {}, unit.Bytes);
  if (other > 0) count('EventsInOther', other);
  if (late > 0) count('EventsLate', late);
  if (items > 0) count('WindowResultsWritten', items);
  for (const [code, { length }] of failed) count('RecordsNotCounted', length, { code });
  flushMetrics(pipeline);
  logger.info('Window counted', {
    pipeline,
    shardId,
    windowStart: window.start,
    windowEnd: window.end,
    closes,
    counted,
    dropped: outcomes.filter(({ kind }) => kind === 'dropped').length,
    failed: Object.fromEntries([...failed].map(([code, { length }]) => [code, length])),
    duplicates: invocation.duplicates,
    other,
    late,
    stateBytes: state.size,
    results: items,
  });
}
