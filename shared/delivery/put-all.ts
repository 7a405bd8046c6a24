import { sleep } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { permanent, transient } from '../record/failure.ts';
import { type Failed, failed } from '../record/outcome.ts';
import { BACKOFF, type Backoff, fullJitterMs } from './backoff.ts';
import { batchesOf } from './batch.ts';
import type { Breaker } from './breaker.ts';
import { CircuitOpenError, circuitOpen } from './circuit-open.ts';
import type { Destination } from './destination.ts';
import type { Entry, EntryResult } from './entry.ts';
import { type RequestFailure, requestFailure } from './put-error.ts';

/** Requests to one destination at a time. */
const CONCURRENCY = 4;
/** One request's time, in milliseconds; a slower one is given up and counts as failed, though it may have landed. */
const REQUEST_MS = 15_000;
/** Less than this left, and no request is begun. */
const LEAST_MS = 100;

export interface PutOptions {
  /** No attempt is begun, and no wait, that would outlast it. Keep back what answering takes: see `keepingBack`. */
  readonly deadline: Deadline;
  readonly breaker?: Breaker;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /** Called after each request with the indices it confirmed. */
  readonly onConfirmed?: (indices: readonly number[]) => void;
}

/** A deadline that comes `ms` earlier. */
export function keepingBack(deadline: Deadline, ms: number): Deadline {
  return { remainingMs: () => deadline.remainingMs() - ms };
}

/**
 * Puts every entry into the destination, in requests within its limits; what failed is sent again, and only that, with
 * full-jitter backoff, bounded by attempts and by the deadline. Never rejects. Answers are aligned with the entries:
 * confirmed, or failed with `RecordTooLarge`, `DestinationThrottled`, `DestinationUnavailable`, `DestinationRefused`,
 * `DestinationNotConfigured`, `CircuitOpen`, `OutOfTime`.
 * Entries are independent here; a request can be taken in part. For order within a key, see `deliverInOrder`.
 */
export async function putAll(
  destination: Destination,
  entries: readonly Entry[],
  options: PutOptions,
): Promise<readonly EntryResult[]> {
  const put: Put = { destination, entries, results: new Array(entries.length), options };
  const { batches, oversized } = batchesOf(entries, destination.limits, destination.sizeOf, destination.groupOf);
  for (const index of oversized) put.results[index] = tooLarge(destination);
  const waiting = [...batches];
  const worker = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await putBatch(put, batch);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, batches.length) }, worker));
  return put.results;
}

/** One call of `putAll`. */
interface Put {
  readonly destination: Destination;
  readonly entries: readonly Entry[];
  readonly results: EntryResult[];
  readonly options: PutOptions;
}

/** One batch, until all of it is confirmed or given up. */
async function putBatch(put: Put, batch: readonly number[]): Promise<void> {
  const { backoff = BACKOFF, deadline, random } = put.options;
  let pending = batch;
  for (let attempt = 1; pending.length > 0; attempt++) {
    const again = await putOnce(put, pending, pending.length < batch.length);
    if (!again || attempt >= backoff.attempts) return;
    pending = pending.filter((index) => isRetryable(put.results[index]!));
    const waitMs = fullJitterMs(attempt, backoff, random);
    if (pending.length === 0 || deadline.remainingMs() < waitMs + LEAST_MS) return;
    await sleep(waitMs);
  }
}

/** One request; `left` says that it is what others of its batch left. Notes each result; tells whether to try again. */
async function putOnce(put: Put, pending: readonly number[], left: boolean): Promise<boolean> {
  const { destination, results, options } = put;
  const answers = await request(put, pending, left);
  if ('kind' in answers) {
    if (answers.kind === 'isolate' && pending.length > 1) return await isolate(put, pending);
    for (const index of pending) results[index] = failed(answers.failure);
    return answers.kind === 'retry';
  }
  for (const [i, index] of pending.entries()) results[index] = answers[i] ?? missingAnswer(destination);
  const confirmed = pending.filter((index) => results[index]!.kind === 'confirmed');
  if (confirmed.length > 0) options.onConfirmed?.(confirmed);
  return confirmed.length < pending.length;
}

async function request(
  { destination, entries, options: { deadline, breaker } }: Put,
  pending: readonly number[],
  left: boolean,
): Promise<readonly EntryResult[] | RequestFailure> {
  const timeMs = Math.min(REQUEST_MS, Math.floor(deadline.remainingMs()));
  if (timeMs < LEAST_MS) return outOfTime(destination);
  const sent = pending.map((index) => entries[index]!);
  const send = () => destination.put(sent, AbortSignal.timeout(timeMs));
  try {
    return await (breaker === undefined ? send() : breaker.run(send, left));
  } catch (error) {
    return error instanceof CircuitOpenError ? circuitOpen(destination.name) : requestFailure(destination.name, error);
  }
}

/**
 * The service refused a whole request for what it holds: halves are tried until the entry is found that it refuses.
 * Refused alone while others of its request are taken, an entry is beyond help; where none is taken, it may be the
 * destination that is set up wrongly, and every entry stays retryable.
 */
async function isolate(put: Put, pending: readonly number[]): Promise<boolean> {
  const { results } = put;
  const middle = pending.length >> 1;
  const first = await putOnce(put, pending.slice(0, middle), true);
  const second = await putOnce(put, pending.slice(middle), true);
  if (pending.some((index) => results[index]!.kind === 'confirmed')) {
    for (const index of pending) {
      const result = results[index]!;
      if (result.kind === 'failed' && result.failure.code === 'DestinationRefused') {
        results[index] = failed({ ...result.failure, retryable: false });
      }
    }
  }
  return first || second;
}

function isRetryable(result: EntryResult): boolean {
  return result.kind === 'failed' && result.failure.retryable;
}

function tooLarge({ name, limits }: Destination): Failed {
  const message = `The record is larger than the ${limits.record} bytes that ${name} takes.`;
  return failed(permanent('RecordTooLarge', 'deliver', message));
}

function missingAnswer({ name }: Destination): Failed {
  return failed(transient('DestinationUnavailable', 'deliver', `${name} gave no answer for the record.`));
}

function outOfTime({ name }: Destination): RequestFailure {
  const message = `The invocation's time ran out before ${name} took the record.`;
  return { kind: 'stop', failure: transient('OutOfTime', 'deliver', message) };
}
