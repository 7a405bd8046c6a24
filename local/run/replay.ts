import type { Functions } from '../account/contracts.ts';

/** What the replayer answered, added up over its invocations. */
export interface ReplayFigures {
  found: number;
  replayed: number;
  quarantined: number;
  lost: number;
  /** Invocations that failed, and what the replayer could not read or put back, by code. */
  readonly faults: Record<string, number>;
}

interface Answer {
  readonly found?: number;
  readonly replayed?: number;
  readonly quarantined?: number;
  readonly lost?: number;
  readonly unreadable?: Readonly<Record<string, number>>;
  readonly failed?: Readonly<Record<string, number>>;
  readonly errorType?: string;
}

/** A record is tried three times before it is put aside: more rounds than this find nothing new. */
const MOST_ROUNDS = 8;

/** Where dead letters may lie. */
export interface ReplaySource {
  /** As the replayer is told: `queue`, or `s3://bucket/prefix`. */
  readonly source: string;
  isEmpty(): Promise<boolean>;
}

/**
 * Has the replayer go through every source that holds something, waits until what it put back has gone its way, and
 * begins again, until there is nothing left, or nothing that it can replay.
 */
export async function replayDeadLetters(
  functions: Functions,
  replayer: string,
  sources: readonly ReplaySource[],
  settle: () => Promise<void>,
): Promise<ReplayFigures> {
  const figures: ReplayFigures = { found: 0, replayed: 0, quarantined: 0, lost: 0, faults: {} };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = figures.found;
    for (const { source, isEmpty } of sources) {
      if (!(await isEmpty())) await replayOnce(functions, replayer, source, figures);
    }
    if (figures.found === before) break;
    await settle();
  }
  return figures;
}

async function replayOnce(
  functions: Functions,
  replayer: string,
  source: string,
  figures: ReplayFigures,
): Promise<void> {
  const { payload, functionError } = await functions.invoke(replayer, JSON.stringify({ source }));
  const answer = JSON.parse(payload) as Answer;
  if (functionError !== undefined) {
    addTo(figures.faults, answer.errorType ?? functionError, 1);
    return;
  }
  figures.found += answer.found ?? 0;
  figures.replayed += answer.replayed ?? 0;
  figures.quarantined += answer.quarantined ?? 0;
  figures.lost += answer.lost ?? 0;
  for (const faults of [answer.unreadable, answer.failed]) {
    for (const [code, count] of Object.entries(faults ?? {})) addTo(figures.faults, code, count);
  }
}

function addTo(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}
