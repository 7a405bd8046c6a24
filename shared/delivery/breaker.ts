import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel';
import { CircuitOpenError } from './circuit-open.ts';
import type { EntryResult } from './entry.ts';
import { requestFailure } from './put-error.ts';

/** Requests in a row that a destination fails before no more are sent to it. */
const FAILURES = 5;
/** How long none is sent before one is let through to see, in milliseconds. */
const PAUSE_MS = 10_000;

/**
 * Stops sending to a destination that keeps failing, so that an invocation answers at once instead of timing out record
 * by record. One a destination and process: it survives from one invocation to the next.
 */
export interface Breaker {
  /**
   * Runs one request, or rejects with `CircuitOpenError`. A request whose every entry failed counts as a failure, unless
   * it is what was `left` of one that was taken in part.
   */
  run(request: () => Promise<readonly EntryResult[]>, left?: boolean): Promise<readonly EntryResult[]>;
  isOpen(): boolean;
}

/** An answer that counts as a failure, carried out of the breaker as what it is. */
class NothingTaken extends Error {
  readonly results: readonly EntryResult[];
  constructor(results: readonly EntryResult[]) {
    super('The destination took no entry of the request.');
    this.results = results;
  }
}

export function createBreaker(destination: string, failures = FAILURES, pauseMs = PAUSE_MS): Breaker {
  const counts = (error: unknown): boolean => requestFailure(destination, error).kind !== 'isolate';
  const policy = circuitBreaker(handleWhen(counts), {
    halfOpenAfter: pauseMs,
    breaker: new ConsecutiveBreaker(failures),
  });
  return {
    isOpen: () => policy.state === CircuitState.Open,
    run: async (request, left = false) => {
      try {
        return await policy.execute(() => (left ? request() : request().then(unlessNothingTaken)));
      } catch (error) {
        if (error instanceof NothingTaken) return error.results;
        throw error instanceof BrokenCircuitError ? new CircuitOpenError(destination) : error;
      }
    },
  };
}

function unlessNothingTaken(results: readonly EntryResult[]): readonly EntryResult[] {
  const taken =
    results.length === 0 || results.some((result) => result.kind === 'confirmed' || !result.failure.retryable);
  if (!taken) throw new NothingTaken(results);
  return results;
}

const breakers = new Map<string, Breaker>();

/** The process's breaker for a target. */
export function breakerOf(target: string): Breaker {
  let breaker = breakers.get(target);
  if (breaker === undefined) {
    breaker = createBreaker(target);
    breakers.set(target, breaker);
  }
  return breaker;
}
