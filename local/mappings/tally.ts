/** What an event source mapping has done, and what it is told to do. */
import type { DiscardCondition } from './failure-document.ts';

export interface MappingTally {
  /** Records or messages read from the source. */
  read: number;
  /** Of these, kept from the function by the filter. */
  filtered: number;
  invocations: number;
  /** Invocations that failed or were refused. */
  failures: number;
  /** Records given up on, by cause. */
  readonly discarded: Partial<Record<DiscardCondition, number>>;
  /** Documents that the on-failure destination took, and those that it never took. */
  documents: number;
  undelivered: number;
  lastResult: string;
}

export interface MappingFigures extends Readonly<Omit<MappingTally, 'lastResult'>> {
  readonly id: string;
  readonly eventSourceArn: string;
  readonly functionArn: string;
  /** Milliseconds since the arrival of the oldest record that isn't done; 0 at the tip. */
  readonly iteratorAgeMs: number;
}

export function createTally(): MappingTally {
  return {
    read: 0,
    filtered: 0,
    invocations: 0,
    failures: 0,
    discarded: {},
    documents: 0,
    undelivered: 0,
    lastResult: 'No records processed',
  };
}
