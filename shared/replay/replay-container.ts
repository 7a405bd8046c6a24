import type { EntryResult } from '../delivery/entry.ts';
import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import type { FailedRecord, Found, Lost } from '../sources/failures/found.ts';
import type { ReplayCommand, Target } from './command.ts';
import type { Container } from './container.ts';
import type { Ledger, Progress, Story } from './ledger.ts';
import { matches } from './match.ts';
import type { Pace } from './rate.ts';
import { replayChunk } from './replay-chunk.ts';
import { type Sample, sample } from './samples.ts';
import { type Summary, tally } from './summary.ts';

/** What one replay works with. */
export interface Replay {
  readonly command: ReplayCommand;
  readonly ledger: Ledger;
  readonly summary: Summary;
  readonly samples: Map<string, Sample>;
  readonly pace: Pace;
  readonly deadline: Deadline;
  putBack(records: readonly FailedRecord[], target: Target, deadline: Deadline): Promise<readonly EntryResult[]>;
  quarantine(source: string, record: FailedRecord, digest: string, story: Story): Promise<void>;
  reportLost(source: string, lost: Lost): Promise<void>;
}

/** `settled`: every record is done. `left`: some of it stays where it is. `interrupted`: time ran out in the middle. */
export type ContainerEnd = 'settled' | 'left' | 'interrupted';

/** What must be left of the invocation's time to begin another chunk, in milliseconds. */
export const CHUNK_MS = 20_000;
const CHUNK_LETTERS = LIMITS.firehosePut.records;
const CHUNK_BYTES = LIMITS.firehosePut.bytes;

/** Replays one container's dead letters, chunk by chunk. Safe to run again after it was stopped at any point. */
export async function replayContainer(container: Container, replay: Replay): Promise<ContainerEnd> {
  const progress = await replay.ledger.progress(container.name);
  let chunk: FailedRecord[] = [];
  let bytes = 0;
  let left = false;
  const flush = async (): Promise<void> => {
    if (chunk.length > 0) left = !(await replayChunk(container.name, chunk, replay)) || left;
    chunk = [];
    bytes = 0;
  };
  for await (const found of container.letters()) {
    const record = await wanted(container.name, found, progress, replay, chunk.length);
    if (record === 'left') left = true;
    if (typeof record === 'string') continue;
    if (chunk.length === CHUNK_LETTERS || bytes + record.data.length > CHUNK_BYTES) {
      await flush();
      if (replay.deadline.remainingMs() < CHUNK_MS) return 'interrupted';
    }
    chunk.push(record);
    bytes += record.data.length;
  }
  await flush();
  return left ? 'left' : 'settled';
}

/** The record where it is to be replayed; else whether what was found is `done`, or `left` where it lies. */
async function wanted(
  source: string,
  found: Found,
  progress: Progress,
  replay: Replay,
  waiting: number,
): Promise<FailedRecord | 'done' | 'left'> {
  const { command, summary } = replay;
  if (found.kind === 'unreadable') {
    tally(summary.unreadable, found.code);
    return 'left';
  }
  if (found.kind === 'lost') {
    summary.lost += found.records;
    if (!command.dryRun) await replay.reportLost(source, found);
    return 'done';
  }
  summary.found += 1;
  if (!matches(found, command)) return 'left';
  summary.matched += 1;
  if (command.dryRun) {
    sample(replay.samples, found);
    return 'left';
  }
  if (progress.done.has(found.at)) {
    tally(summary.skipped, 'already replayed');
    return 'done';
  }
  if (summary.replayed + summary.quarantined + waiting >= (command.limit ?? Number.POSITIVE_INFINITY)) {
    tally(summary.skipped, 'over the limit');
    return 'left';
  }
  return found;
}
