import type { Deadline } from '../platform/deadline.ts';
import type { Origin } from '../record/dead-letter.ts';
import type { Failure } from '../record/failure.ts';
import type { Outcome } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';
import type { Backoff } from './backoff.ts';
import { breakerOf } from './breaker.ts';
import { fitting } from './claim-check.ts';
import { type Casualty, sendDeadLetters } from './dead-letters.ts';
import type { Delivery } from './destination.ts';
import type { EntryResult } from './entry.ts';
import { deliverInOrder, HELD_BACK } from './in-order.ts';
import { keepingBack } from './put-all.ts';
import type { Part } from './rounds.ts';

/** A record on its way out of a function. */
export interface Item {
  readonly record: StreamRecord;
  readonly outcome: Outcome;
  /** Rising; records of one unit are retried together by the source. */
  readonly unit: number;
}

/** What became of a record in the end: done in one of three ways, or to be tried again. */
export type Settled =
  | { readonly kind: 'delivered'; readonly documents: number }
  | { readonly kind: 'dropped'; readonly reason: string; readonly documents: number }
  | { readonly kind: 'dead-lettered'; readonly failure: Failure }
  | { readonly kind: 'retry'; readonly failure: Failure };

export interface SettleOptions {
  readonly pipeline: string;
  readonly delivery: Delivery;
  /** See `ConnectDefaults`. */
  readonly join: boolean;
  /** See `FitOptions`; default true. */
  readonly claims?: boolean;
  readonly deadline: Deadline;
  /** Where a record came from, for its dead letter. */
  readonly originOf: (record: StreamRecord) => Origin;
  /** Which try of these records this is, from 1, as far as is known. */
  readonly attempt: number;
  readonly backoff?: Backoff;
  /** Called after each request, with the indices of items that are now wholly delivered. */
  readonly onDelivered?: (items: readonly number[]) => void;
}

/** Of the remaining time, kept back from delivering, for dead letters: a fifth, and five seconds at most. */
const FOR_DEAD_LETTERS = { share: 0.2, mostMs: 5_000 };
/** Kept back from both, for the answer. */
const FOR_ANSWER = { share: 0.05, mostMs: 1_000 };

/** An invocation's items while they are settled. */
interface Work {
  readonly items: readonly Item[];
  /** Undefined: not begun. */
  readonly states: (Settled | undefined)[];
  /** Items for the dead-letter queue, by index. */
  readonly doomed: Map<number, Failure>;
}

/**
 * Delivers what is ok, dead-letters what failed for good, and tells for each item what became of it. Aligned with the
 * items; never rejects. Once an item has to be tried again nothing of its unit or behind it is begun, since the source
 * sends all of that again.
 */
export async function settle(items: readonly Item[], options: SettleOptions): Promise<readonly Settled[]> {
  const work: Work = { items, states: new Array(items.length).fill(undefined), doomed: new Map() };
  items.forEach(({ outcome }, index) => {
    if (outcome.kind === 'dropped') work.states[index] = outcome;
    if (outcome.kind === 'failed') fail(work, index, outcome.failure);
  });
  const deadLetters = before(options.deadline, FOR_ANSWER);
  const delivery = before(deadLetters, FOR_DEAD_LETTERS);
  await deliver(work, { ...options, deadline: delivery });
  await giveUp(work, { ...options, deadline: deadLetters });
  return work.states.map((state) => state ?? retry(HELD_BACK.failure));
}

function before(deadline: Deadline, { share, mostMs }: typeof FOR_ANSWER): Deadline {
  return keepingBack(deadline, Math.min(mostMs, deadline.remainingMs() * share));
}

async function deliver(work: Work, options: SettleOptions): Promise<void> {
  const { delivery, pipeline, claims = true, onDelivered, deadline, backoff } = options;
  const put = { deadline, ...(backoff !== undefined && { backoff }) };
  const ok = partsOf(work);
  if (ok.length === 0) return;
  const destination = delivery.connect({ join: options.join });
  const { parts: fitted, failures } = await fitting(destination, pipeline, ok, { ...put, claims });
  for (const { part, result } of failures) fail(work, part.record, result.failure);
  const parts = ahead(firstRetry(work), fitted).filter(({ record }) => !work.doomed.has(record));
  const results = await deliverInOrder(destination, parts, {
    ...put,
    breaker: breakerOf(delivery.target),
    ...(onDelivered !== undefined && { onDelivered: whole(parts, onDelivered) }),
  });
  for (const [i, { record }] of parts.entries()) note(work, record, results[i]!);
}

/** The part that goes to the destination of each item that is ok, up to the first that has to be tried again. */
function partsOf(work: Work): readonly Part[] {
  const parts: Part[] = [];
  work.items.forEach(({ record, outcome, unit }, index) => {
    if (outcome.kind !== 'ok') return;
    const { data, documents, partitionKeys, iceberg } = outcome;
    const entry = {
      id: record.id,
      data,
      documents,
      ...(record.position !== undefined && { partitionKey: record.position.partitionKey }),
      ...(record.arrival !== undefined && { arrival: record.arrival }),
      ...(partitionKeys !== undefined && { partitionKeys }),
      ...(iceberg !== undefined && { iceberg }),
    };
    parts.push({ record: index, unit, entry });
  });
  return ahead(firstRetry(work), parts);
}

/** Sends what failed for good to the dead-letter queue; what could not be sent has to be tried again. */
async function giveUp(work: Work, { pipeline, originOf, deadline, attempt, backoff }: SettleOptions): Promise<void> {
  const stopAt = firstRetry(work);
  const doomed = [...work.doomed].filter(([index]) => work.items[index]!.unit < stopAt);
  const casualties = doomed.map(([index, failure]): Casualty => {
    const { record } = work.items[index]!;
    return { record, origin: originOf(record), failure, attempt };
  });
  const answers = await sendDeadLetters(casualties, pipeline, { deadline, ...(backoff !== undefined && { backoff }) });
  doomed.forEach(([index, failure], i) => {
    const answer = answers[i]!;
    work.states[index] = answer.kind === 'failed' ? retry(answer.failure) : { kind: 'dead-lettered', failure };
  });
}

/** One part's end, for an item that may have several: the worst of them counts. */
function note(work: Work, index: number, result: EntryResult): void {
  const { outcome } = work.items[index]!;
  if (result.kind === 'failed') fail(work, index, result.failure);
  else if (work.states[index] === undefined && !work.doomed.has(index) && outcome.kind === 'ok')
    work.states[index] = { kind: 'delivered', documents: outcome.documents };
}

function fail(work: Work, index: number, failure: Failure): void {
  if (failure.retryable) {
    work.states[index] = retry(failure);
    work.doomed.delete(index);
  } else if (work.states[index]?.kind !== 'retry') {
    work.states[index] = undefined;
    work.doomed.set(index, failure);
  }
}

/** The lowest unit that has to be tried again. */
function firstRetry({ items, states }: Work): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const [index, state] of states.entries()) {
    if (state?.kind === 'retry') lowest = Math.min(lowest, items[index]!.unit);
  }
  return lowest;
}

function ahead(unit: number, parts: readonly Part[]): readonly Part[] {
  return unit === Number.POSITIVE_INFINITY ? parts : parts.filter((part) => part.unit < unit);
}

/** Tells of items once the last of their parts is confirmed. */
function whole(parts: readonly Part[], onDelivered: (items: readonly number[]) => void) {
  const left = new Map<number, number>();
  for (const { record } of parts) left.set(record, (left.get(record) ?? 0) + 1);
  return (confirmed: readonly Part[]): void => {
    const done: number[] = [];
    for (const { record } of confirmed) {
      const rest = left.get(record)! - 1;
      left.set(record, rest);
      if (rest === 0) done.push(record);
    }
    if (done.length > 0) onDelivered(done);
  };
}

function retry(failure: Failure): Settled {
  return { kind: 'retry', failure };
}
