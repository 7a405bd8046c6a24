/**
 * The books of one stream of records: what came in against where it is now.
 *
 * Generated records carry their index, so each is looked for by itself: `lost` and `duplicates` are exact, and one can't
 * hide the other. Of a person's own records only the numbers are known: more out than in are duplicates, fewer are lost.
 */
import type { IndexSet } from './index-set.ts';

export interface Balance {
  /** Records that came in, with those that were refused at the door. */
  readonly in: number;
  /** Of these, in the lake: each counted once. */
  readonly delivered: number;
  /** Left out on purpose by the pipeline. */
  readonly dropped: number;
  /** Put aside for good: in the quarantine bucket, or refused at the door. */
  readonly quarantined: number;
  /** Dead letters that still wait to be replayed. */
  readonly waiting: number;
  /** Still on their way when the run was stopped: to be sent again. */
  readonly unfinished: number;
  /** In none of these places. */
  readonly lost: number;
  /** Records that are in the lake again. */
  readonly duplicates: number;
}

/** What the places hold, as numbers. */
export interface Holdings {
  readonly in: number;
  /** Records in the lake, those that are there again included. */
  readonly inLake: number;
  readonly dropped: number;
  readonly quarantined: number;
  readonly waiting: number;
}

/** The books by numbers alone. */
export function balanceByNumber(holdings: Holdings): Balance {
  const { in: came, inLake, dropped, quarantined, waiting } = holdings;
  const apart = dropped + quarantined + waiting;
  const duplicates = Math.max(0, inLake + apart - came);
  const delivered = inLake - Math.min(duplicates, inLake);
  const lost = Math.max(0, came - delivered - apart);
  return { in: came, delivered, dropped, quarantined, waiting, unfinished: 0, lost, duplicates };
}

/** What the places hold, record by record. */
export interface Places {
  readonly total: number;
  readonly delivered: IndexSet;
  readonly quarantined: IndexSet;
  /** Rows of the lake whose index had been seen before. */
  readonly duplicates: number;
  /** Whether the pipeline is to leave this one out. */
  isDropped(index: number): boolean;
  /** How many the functions say they left out. */
  readonly droppedInMetrics: number;
  readonly waiting: number;
}

/**
 * The books record by record. A record that is to be dropped counts as dropped when no place holds it, as far as the
 * functions' own count of drops goes.
 */
export function balanceByIndex(places: Places): Balance {
  let absent = 0;
  let toBeDropped = 0;
  for (let index = 0; index < places.total; index++) {
    if (places.delivered.has(index) || places.quarantined.has(index)) continue;
    if (places.isDropped(index)) toBeDropped += 1;
    else absent += 1;
  }
  const dropped = Math.min(toBeDropped, places.droppedInMetrics);
  const missing = absent + toBeDropped - dropped;
  const both = countBoth(places);
  return {
    in: places.total,
    delivered: places.delivered.count(),
    dropped,
    quarantined: places.quarantined.count() - both,
    waiting: Math.min(places.waiting, missing),
    unfinished: 0,
    lost: Math.max(0, missing - places.waiting),
    duplicates: places.duplicates + both,
  };
}

/** A record in the lake and in quarantine is there twice. */
function countBoth({ total, delivered, quarantined }: Places): number {
  if (quarantined.count() === 0) return 0;
  let both = 0;
  for (let index = 0; index < total; index++) if (quarantined.has(index) && delivered.has(index)) both += 1;
  return both;
}

/** The books of a run that was stopped: what is nowhere was still on its way. */
export function stoppedBalance(balance: Balance): Balance {
  return { ...balance, unfinished: balance.lost, lost: 0 };
}

export function addBalances(balances: readonly Balance[]): Balance {
  const sum = (pick: (balance: Balance) => number): number => balances.reduce((total, each) => total + pick(each), 0);
  return {
    in: sum((balance) => balance.in),
    delivered: sum((balance) => balance.delivered),
    dropped: sum((balance) => balance.dropped),
    quarantined: sum((balance) => balance.quarantined),
    waiting: sum((balance) => balance.waiting),
    unfinished: sum((balance) => balance.unfinished),
    lost: sum((balance) => balance.lost),
    duplicates: sum((balance) => balance.duplicates),
  };
}

/** Whether every record that came in is delivered, dropped or quarantined. */
export function isBalanced(balance: Balance): boolean {
  const { in: came, delivered, dropped, quarantined, waiting, unfinished, lost } = balance;
  return lost === 0 && waiting === 0 && unfinished === 0 && came === delivered + dropped + quarantined;
}
