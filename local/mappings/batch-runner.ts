/** Brings one batch to its end: done, or given up on, whatever it takes of retries, bisecting and waiting. */
import type { Clock, InvokeResult } from '../account/contracts.ts';
import { readAnswer, refusalOf } from './answer.ts';
import type { Discard, DiscardCondition } from './failure-document.ts';
import { MAPPING } from './limits.ts';
import type { StreamSettings } from './settings.ts';
import type { MappedRecord } from './stream-event.ts';

export interface BatchContext {
  readonly clock: Clock;
  readonly settings: () => StreamSettings;
  readonly retentionMs: () => number;
  /** Resolves when the mapping is enabled; false when it is gone. */
  open(): Promise<boolean>;
  /** Aborted when the mapping is gone. */
  readonly signal: AbortSignal;
  invoke(event: string): Promise<InvokeResult>;
  /** Tells the on-failure destination. */
  discard(discard: Discard): Promise<void>;
}

/** What an attempt makes of records, and learns from its answer. */
export interface Attempt {
  event(records: readonly MappedRecord[]): string;
  /** False: the answer lacks what it must hold, so the batch failed. `done`: how many of the records succeeded. */
  accept(result: InvokeResult, done: number, records: readonly MappedRecord[]): boolean;
}

interface Progress {
  /** Failures that count against MaximumRetryAttempts. */
  failures: number;
  invocations: number;
  /** Waits in a row, which grow. */
  waits: number;
  result: InvokeResult | undefined;
}

export interface BatchRunner {
  run(records: readonly MappedRecord[], attempt: Attempt): Promise<void>;
  /** An invocation that needs no records, retried as a batch is. False when it was given up on. */
  finish(attempt: Attempt): Promise<{ done: boolean; invocations: number; result: InvokeResult | undefined }>;
}

type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The records from this one on are to be tried again. */
  | { readonly kind: 'failed'; readonly from: number; readonly whole: boolean };

export function createBatchRunner(context: BatchContext): BatchRunner {
  async function run(records: readonly MappedRecord[], attempt: Attempt, progress: Progress): Promise<void> {
    let rest = records;
    while (await context.open()) {
      rest = await dropExpired(rest, attempt, progress);
      if (rest.length === 0) return;
      const verdict = await tryOnce(rest, attempt, progress);
      if (verdict.kind === 'done') return;
      if (verdict.kind === 'refused') {
        if (verdict.reason === 'RequestEntityTooLargeException') return refuseTooLarge(rest, attempt, progress);
        await wait(progress);
        continue;
      }
      const { bisect, retries } = context.settings();
      rest = rest.slice(verdict.from);
      if (bisect && verdict.whole && rest.length > 1) return splitInTwo(rest, attempt, progress);
      // Splitting, at the returned number too, takes nothing of the retries.
      if (!bisect || verdict.from === 0) progress.failures += 1;
      if (retries !== undefined && progress.failures > retries)
        return giveUp('RetryAttemptsExhausted', rest, attempt, progress);
      await wait(progress);
    }
  }

  async function tryOnce(rest: readonly MappedRecord[], attempt: Attempt, progress: Progress): Promise<Verdict> {
    const result = await context.invoke(attempt.event(rest));
    const reason = refusalOf(result);
    if (reason !== undefined) return { kind: 'refused', reason };
    progress.invocations += 1;
    progress.result = result;
    const verdict = judge(result, rest);
    const done = verdict.kind === 'failed' ? verdict.from : rest.length;
    if (verdict.kind === 'failed' && verdict.whole) return verdict;
    return attempt.accept(result, done, rest) ? verdict : { kind: 'failed', from: 0, whole: true };
  }

  function judge(result: InvokeResult, rest: readonly MappedRecord[]): Verdict {
    const positions = new Map<string, number>();
    // Children of one aggregate share a sequence number: the first of them stands for all.
    const fill = (): void => {
      for (let index = rest.length - 1; index >= 0; index--) {
        positions.set((rest[index] as MappedRecord).entry.sequenceNumber, index);
      }
    };
    const answer = readAnswer(result, context.settings().reportsItemFailures, (identifier) => {
      if (positions.size === 0) fill();
      return positions.has(identifier);
    });
    if (answer.kind === 'done') return { kind: 'done' };
    if (answer.kind === 'batch') return { kind: 'failed', from: 0, whole: true };
    const from = Math.min(...answer.failed.map((identifier) => positions.get(identifier) as number));
    return { kind: 'failed', from, whole: false };
  }

  /** The halves in order: the second waits for the end of the first. */
  async function splitInTwo(rest: readonly MappedRecord[], attempt: Attempt, progress: Progress): Promise<void> {
    const middle = Math.ceil(rest.length / 2);
    const halves = [rest.slice(0, middle), rest.slice(middle)];
    for (const half of halves) await run(half, attempt, { ...progress, waits: 0 });
  }

  async function dropExpired(
    rest: readonly MappedRecord[],
    attempt: Attempt,
    progress: Progress,
  ): Promise<readonly MappedRecord[]> {
    const oldest = context.clock.now() - (context.settings().recordAgeMs ?? context.retentionMs());
    const live = rest.findIndex(({ entry }) => entry.arrival >= oldest);
    const expired = live === -1 ? rest.length : live;
    if (expired === 0) return rest;
    await giveUp('RecordAgeExceeded', rest.slice(0, expired), attempt, progress);
    return rest.slice(expired);
  }

  /** One record that no event can hold; several only when the state of a window takes their place. */
  async function refuseTooLarge(rest: readonly MappedRecord[], attempt: Attempt, progress: Progress): Promise<void> {
    if (rest.length > 1) return splitInTwo(rest, attempt, progress);
    return giveUp('RequestPayloadTooLarge', rest, attempt, progress);
  }

  function giveUp(
    condition: DiscardCondition,
    rest: readonly MappedRecord[],
    attempt: Attempt,
    progress: Progress,
  ): Promise<void> {
    return context.discard({
      condition,
      first: (rest[0] as MappedRecord).entry,
      last: (rest.at(-1) as MappedRecord).entry,
      batchSize: rest.length,
      invocations: progress.invocations,
      result: progress.result,
      event: attempt.event(rest),
    });
  }

  async function wait(progress: Progress): Promise<void> {
    const ms = retryDelayMs(progress.waits);
    progress.waits += 1;
    await context.clock.sleep(ms, context.signal);
  }

  async function finish(attempt: Attempt): ReturnType<BatchRunner['finish']> {
    const progress: Progress = { failures: 0, invocations: 0, waits: 0, result: undefined };
    const outcome = (done: boolean) => ({ done, invocations: progress.invocations, result: progress.result });
    while (await context.open()) {
      const verdict = await tryOnce([], attempt, progress);
      if (verdict.kind === 'done') return outcome(true);
      if (verdict.kind === 'failed') progress.failures += 1;
      const { retries } = context.settings();
      if (verdict.kind === 'refused' && verdict.reason === 'RequestEntityTooLargeException') return outcome(false);
      if (retries !== undefined && progress.failures > retries) return outcome(false);
      await wait(progress);
    }
    return outcome(true);
  }

  return {
    finish,
    run: (records, attempt) => run(records, attempt, { failures: 0, invocations: 0, waits: 0, result: undefined }),
  };
}

/** Doubles with each wait. */
export function retryDelayMs(waits: number): number {
  const { first, most } = MAPPING.retryDelayMs;
  return Math.min(first * 2 ** Math.min(waits, 30), most);
}
