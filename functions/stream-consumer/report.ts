import { breakerOf } from '../../shared/delivery/breaker.ts';
import type { Delivery } from '../../shared/delivery/destination.ts';
import type { Item, Settled } from '../../shared/delivery/settle.ts';
import { logger } from '../../shared/platform/logger.ts';
import { count, flushMetrics, unit } from '../../shared/platform/metrics.ts';
import type { Failure } from '../../shared/record/failure.ts';
import type { Outcome } from '../../shared/record/outcome.ts';
import type { KinesisBatch, KinesisBatchResponse } from '../../shared/sources/kinesis.ts';

/** One invocation, as it is told to metrics and log. */
export interface Invocation {
  readonly pipeline: string;
  readonly delivery: Delivery;
  readonly batch: KinesisBatch;
  readonly items: readonly Item[];
  /** Aligned with the items. */
  readonly settled: readonly Settled[];
  /** The table knows what is done: none of it is done again, also where the batch is sent again. */
  readonly durable: boolean;
  /** Why the table of duplicates could not be used. */
  readonly tableError: string | undefined;
  readonly attempt: number;
  /** On `performance`'s clock. */
  readonly started: number;
  readonly response: KinesisBatchResponse;
}

/** Sums by name; those told apart by a reason or code have one for each. */
interface Sums {
  recordsIn: number;
  bytesIn: number;
  delivered: number;
  documents: number;
  readonly dropped: Map<string, number>;
  readonly droppedDocuments: Map<string, number>;
  readonly deadLettered: Map<string, number>;
}

/**
 * Counts each record once it is done for good, so that what is sent again is not counted twice: when it lies before the checkpoint
 * that is answered, or when the table knows of it. Writes one log line for the invocation, and one for each distinct failure.
 */
export function report(invocation: Invocation): void {
  const { pipeline, delivery, batch, items } = invocation;
  const final = finalItems(invocation);
  const sums = sumsOf(final, invocation);
  const suppressed = batch.duplicates + batch.arrivals.length - items.length;
  const retried = items.length - final.length;
  const circuitOpen = breakerOf(delivery.target).isOpen();
  countSums(sums);
  if (retried > 0) count('RecordsRetried', retried);
  if (suppressed > 0) count('DuplicatesSuppressed', suppressed);
  if (circuitOpen) count('CircuitOpen', 1, { destination: delivery.name });
  if (invocation.tableError !== undefined) count('DedupeUnavailable', 1);
  const durationMs = performance.now() - invocation.started;
  count('Duration', durationMs, {}, unit.Milliseconds);
  flushMetrics(pipeline);
  logInvocation(invocation, sums, { retried, suppressed, circuitOpen, durationMs: Math.round(durationMs) });
  logFailures(invocation);
}

/** Indices of the items that will not be worked on again. */
function finalItems({ items, settled, durable }: Invocation): readonly number[] {
  const checkpoint = items.reduce(
    (lowest, { unit: of }, index) => (settled[index]!.kind === 'retry' ? Math.min(lowest, of) : lowest),
    Number.POSITIVE_INFINITY,
  );
  return [...items.keys()].filter(
    (index) => settled[index]!.kind !== 'retry' && (durable || items[index]!.unit < checkpoint),
  );
}

function sumsOf(final: readonly number[], { items, settled }: Invocation): Sums {
  const sums: Sums = {
    recordsIn: final.length,
    bytesIn: 0,
    delivered: 0,
    documents: 0,
    dropped: new Map(),
    droppedDocuments: new Map(),
    deadLettered: new Map(),
  };
  for (const index of final) {
    const state = settled[index]!;
    const { record, outcome } = items[index]!;
    sums.bytesIn += record.data.length;
    if (state.kind === 'delivered') {
      sums.delivered++;
      sums.documents += state.documents;
      const within = outcome.kind === 'ok' ? (outcome.droppedDocuments ?? {}) : {};
      for (const [reason, documents] of Object.entries(within)) add(sums.droppedDocuments, reason, documents);
    } else if (state.kind === 'dropped') {
      add(sums.dropped, state.reason, 1);
      add(sums.droppedDocuments, state.reason, state.documents);
    } else if (state.kind === 'dead-lettered') add(sums.deadLettered, state.failure.code, 1);
  }
  return sums;
}

function add(sums: Map<string, number>, name: string, value: number): void {
  sums.set(name, (sums.get(name) ?? 0) + value);
}

function countSums(sums: Sums): void {
  count('RecordsIn', sums.recordsIn);
  count('BytesIn', sums.bytesIn, {}, unit.Bytes);
  count('RecordsDelivered', sums.delivered);
  count('DocumentsDelivered', sums.documents);
  for (const [reason, value] of sums.dropped) count('RecordsDropped', value, { reason });
  for (const [reason, value] of sums.droppedDocuments) count('DocumentsDropped', value, { reason });
  for (const [code, value] of sums.deadLettered) count('RecordsDeadLettered', value, { code });
}

function logInvocation(
  { pipeline, delivery, batch, items, attempt, response, tableError }: Invocation,
  sums: Sums,
  rest: Readonly<Record<string, number | boolean>>,
): void {
  const ofKind = (kind: Outcome['kind']): number => items.filter(({ outcome }) => outcome.kind === kind).length;
  logger.info('Batch consumed', {
    pipeline,
    destination: delivery.target,
    shardId: batch.shardId,
    firstSequenceNumber: batch.units[0],
    lastSequenceNumber: batch.units.at(-1),
    records: batch.arrivals.length,
    outcomes: { ok: ofKind('ok'), dropped: ofKind('dropped'), failed: ofKind('failed') },
    attempt,
    delivered: sums.delivered,
    dropped: Object.fromEntries(sums.dropped),
    deadLettered: Object.fromEntries(sums.deadLettered),
    ...rest,
    ...(tableError !== undefined && { tableError }),
    ...(response.batchItemFailures[0] && { checkpoint: response.batchItemFailures[0].itemIdentifier }),
  });
}

/** One line for each code and stage, with the words of the first. What only waits for its turn has no failure of its own. */
function logFailures({ pipeline, items, settled }: Invocation): void {
  const tallies = new Map<string, { failure: Failure; record: string; count: number }>();
  settled.forEach((state, index) => {
    if (state.kind !== 'retry' && state.kind !== 'dead-lettered') return;
    const { failure } = state;
    const key = `${failure.code} ${failure.stage}`;
    const tally = tallies.get(key);
    if (tally !== undefined) tally.count++;
    else if (failure.code !== 'HeldBack') tallies.set(key, { failure, record: items[index]!.record.id, count: 1 });
  });
  for (const { failure, record, count: records } of tallies.values()) {
    const { code, stage, message: reason, retryable } = failure;
    logger.warn('Records failed', { pipeline, code, stage, reason, retryable, records, firstRecord: record });
  }
}
