import type { EntryResult } from '../delivery/entry.ts';
import type { Deadline } from '../platform/deadline.ts';
import { requiredSetting } from '../platform/settings.ts';
import type { Lost } from '../sources/failures/found.ts';
import type { ReplayCommand } from './command.ts';
import type { Container } from './container.ts';
import { findPuts } from './find-puts.ts';
import type { Ledger } from './ledger.ts';
import { ledgerTable } from './ledger-table.ts';
import type { Letter } from './letters.ts';
import { quarantine, reportLost, takeBack } from './quarantine.ts';
import { type Pace, pace } from './rate.ts';
import type { Sample } from './samples.ts';
import { emptySummary, type Summary } from './summary.ts';
import { type Outgoing, type PutTimes, putBack } from './targets.ts';

/** What one invocation's replay works with. */
export interface Replay {
  readonly command: ReplayCommand;
  readonly ledger: Ledger;
  readonly summary: Summary;
  readonly samples: Map<string, Sample>;
  readonly pace: Pace;
  readonly times: PutTimes;
  /** What must be left of the invocation's time to begin another chunk, in milliseconds. */
  readonly reserveMs: number;
  /** Records that are taken out of their containers and not done yet. */
  readonly underWay: { records: number };
  putBack(outgoing: readonly Outgoing[], times: PutTimes): Promise<readonly EntryResult[]>;
  /** Which letters, claimed by an invocation that did not live to confirm them, have arrived. */
  findPut(letters: readonly Letter[], claimedAt: ReadonlyMap<string, number>): Promise<ReadonlySet<Letter>>;
  quarantine(source: string, letter: Letter): Promise<void>;
  /** Takes a letter out of quarantine again. */
  takeBack(letter: Letter): Promise<void>;
  reportLost(source: string, lost: Lost): Promise<void>;
}

/** A container under this invocation's lease. */
export interface Taken extends Container {
  readonly owner: string;
  /** Something of it may have been replayed before. */
  readonly begun: boolean;
}

/** What must be left to begin another chunk: twenty seconds, or a quarter where the whole is short. */
const RESERVE_MS = 20_000;
const RESERVE_SHARE = 0.25;

export function workFor(command: ReplayCommand, deadline: Deadline): Replay {
  const ledger = ledgerTable(requiredSetting('LEDGER_TABLE', 'the table of what was replayed'));
  return {
    command,
    ledger,
    summary: command.continuation?.summary ?? emptySummary(),
    samples: new Map(),
    pace: pace(command.ratePerSecond),
    times: { puts: deadline, invocations: deadline },
    reserveMs: Math.min(RESERVE_MS, deadline.remainingMs() * RESERVE_SHARE),
    underWay: { records: 0 },
    putBack,
    findPut: (letters, claimedAt) => findPuts(letters, claimedAt, ledger),
    quarantine,
    takeBack,
    reportLost,
  };
}
