import { transient } from '../record/failure.ts';
import type { RequestFailure } from './put-error.ts';

/** Nothing was sent: the circuit is open. Apart from the breaker, so that who has none does not bundle its library. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
}

export function circuitOpen(destination: string): RequestFailure {
  const message = `${destination} failed repeatedly: nothing is sent to it for now.`;
  return { kind: 'stop', failure: transient('CircuitOpen', 'deliver', message) };
}
