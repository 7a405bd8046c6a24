import { now } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Container } from './container.ts';
import type { Ledger } from './ledger.ts';

/** How long a source stays with an invocation that was killed: it keeps the lease for as long as it lives. */
export const LEASE_MS = 15_000;
const KEEP_EVERY_MS = 5_000;
/** Puts end this long before the lease does: what was sent by then has landed when another invocation begins. */
const SETTLING_MS = 3_000;

/** A source that this invocation has to itself. */
export interface Held {
  /** No put may outlast it. */
  readonly deadline: Deadline;
  /** Ends the keeping, not the lease. */
  stop(): void;
}

/** Keeps a lease that was just taken, and what the container itself needs to be kept, until it is stopped. */
export function keepLease(container: Container, owner: string, ledger: Ledger, taken: number): Held {
  let until = taken + LEASE_MS;
  const keep = async (): Promise<void> => {
    const asked = now();
    const [lease] = await Promise.all([
      ledger.lease(container.name, owner, asked + LEASE_MS).catch(() => undefined),
      container.hold?.().catch(() => undefined),
    ]);
    if (lease !== undefined) until = Math.max(until, asked + LEASE_MS);
  };
  const timer = setInterval(keep, KEEP_EVERY_MS);
  timer.unref();
  return { deadline: { remainingMs: () => until - now() - SETTLING_MS }, stop: () => clearInterval(timer) };
}

/** The one of two deadlines that comes first. */
export function earlier(one: Deadline, other: Deadline): Deadline {
  return { remainingMs: () => Math.min(one.remainingMs(), other.remainingMs()) };
}
