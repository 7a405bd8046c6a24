import type { Item, Settled } from '../../shared/delivery/settle.ts';
import { logger } from '../../shared/platform/logger.ts';
import { count, flushMetrics, unit } from '../../shared/platform/metrics.ts';
import type { Failure } from '../../shared/record/failure.ts';

/** What became of a message's log events. A message that could not be read, or was dropped whole, counts as one. */
export interface DecoderAnswer {
  readonly events: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly deadLettered: number;
}

export interface Invocation {
  readonly pipeline: string;
  readonly items: readonly Item[];
  /** Aligned with the items. */
  readonly settled: readonly Settled[];
  /** On `performance`'s clock. */
  readonly started: number;
}

/** Counts the invocation and logs it: one line for it, one for each distinct failure, never a log event's text. */
export function report({ pipeline, items, settled, started }: Invocation): DecoderAnswer {
  const answer = answerOf(settled);
  // Where some events have to be tried again, all of them come again: counted then, they are counted once.
  if (settled.every(({ kind }) => kind !== 'retry')) countAll(items, settled);
  const durationMs = performance.now() - started;
  count('Duration', durationMs, {}, unit.Milliseconds);
  flushMetrics(pipeline);
  logger.info('Log events decoded', { pipeline, ...answer, durationMs: Math.round(durationMs) });
  logFailures(pipeline, settled);
  return answer;
}

function answerOf(settled: readonly Settled[]): DecoderAnswer {
  const having = (kind: Settled['kind']): number => settled.filter((end) => end.kind === kind).length;
  return {
    events: settled.length,
    delivered: having('delivered'),
    dropped: having('dropped'),
    deadLettered: having('dead-lettered'),
  };
}

function countAll(items: readonly Item[], settled: readonly Settled[]): void {
  count('RecordsIn', items.length);
  count(
    'BytesIn',
    items.reduce((bytes, { record }) => bytes + record.data.length, 0),
    {},
    unit.Bytes,
  );
  for (const end of settled) {
    if (end.kind === 'delivered') {
      count('RecordsDelivered', 1);
      count('DocumentsDelivered', end.documents);
    } else if (end.kind === 'dropped') {
      count('RecordsDropped', 1, { reason: end.reason });
      count('DocumentsDropped', end.documents, { reason: end.reason });
    } else if (end.kind === 'dead-lettered') count('RecordsDeadLettered', 1, { code: end.failure.code });
  }
}

function logFailures(pipeline: string, settled: readonly Settled[]): void {
  const tallies = new Map<string, { failure: Failure; events: number }>();
  for (const end of settled) {
    if (end.kind !== 'retry' && end.kind !== 'dead-lettered') continue;
    const { failure } = end;
    const key = `${failure.code} ${failure.stage} ${failure.message}`;
    const tally = tallies.get(key);
    if (tally !== undefined) tally.events++;
    else if (failure.code !== 'HeldBack') tallies.set(key, { failure, events: 1 });
  }
  for (const { failure, events } of tallies.values()) {
    const { code, stage, message: reason } = failure;
    logger.warn('Log events failed', { pipeline, code, stage, reason, events });
  }
}
