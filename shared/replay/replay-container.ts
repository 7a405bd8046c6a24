import { LIMITS } from '../platform/limits.ts';
import type { FailedRecord, Found } from '../sources/failures/found.ts';
import { NO_PROGRESS, type Progress } from './ledger.ts';
import { matches } from './match.ts';
import { replayChunk } from './replay-chunk.ts';
import { sample } from './samples.ts';
import { tally } from './summary.ts';
import type { Replay, Taken } from './work.ts';

/** `settled`: every record is done. `left`: some of it stays where it is. `interrupted`: time ran out in the middle. */
export type ContainerEnd = 'settled' | 'left' | 'interrupted';

const CHUNK_LETTERS = LIMITS.firehosePut.records;
const CHUNK_BYTES = LIMITS.firehosePut.bytes;

/** Replays one container's dead letters, chunk by chunk. Safe to run again after it was stopped at any point. */
export async function replayContainer(taken: Taken, replay: Replay): Promise<ContainerEnd> {
  const progress = taken.begun ? await replay.ledger.progress(taken.name) : NO_PROGRESS;
  const most = Math.min(CHUNK_LETTERS, Math.ceil(replay.command.ratePerSecond ?? CHUNK_LETTERS));
  let chunk: FailedRecord[] = [];
  let bytes = 0;
  let left = false;
  let stuck = false;
  const flush = async (): Promise<void> => {
    const records = chunk;
    chunk = [];
    bytes = 0;
    try {
      const end = records.length === 0 ? 'done' : await replayChunk(taken, records, progress, replay);
      left ||= end !== 'done';
      stuck = end === 'stuck';
    } finally {
      replay.underWay.records -= records.length;
    }
  };
  try {
    for await (const found of taken.letters()) {
      const record = await wanted(taken, found, progress, replay);
      if (record === 'left') left = true;
      if (typeof record === 'string') continue;
      if (chunk.length > 0 && bytes + record.data.length > CHUNK_BYTES) await flush();
      chunk.push(record);
      bytes += record.data.length;
      replay.underWay.records += 1;
      if (chunk.length >= most) await flush();
      if (stuck) return 'left';
      if (chunk.length === 0 && replay.times.invocations.remainingMs() < replay.reserveMs) return 'interrupted';
    }
    await flush();
  } finally {
    replay.underWay.records -= chunk.length;
  }
  return left ? 'left' : 'settled';
}

/** The record where it is to be replayed; else whether what was found is `done`, or `left` where it lies. */
async function wanted(
  { name, time }: Taken,
  found: Found,
  progress: Progress,
  replay: Replay,
): Promise<FailedRecord | 'done' | 'left'> {
  const { command, summary, underWay } = replay;
  if (found.kind === 'unreadable') {
    tally(summary.unreadable, found.code);
    return 'left';
  }
  if (found.kind === 'lost') {
    summary.lost += found.records;
    if (!command.dryRun) await replay.reportLost(name, found);
    return 'done';
  }
  summary.found += 1;
  if (found.kind === 'delivered') {
    tally(summary.skipped, 'already delivered');
    return 'done';
  }
  if (!matches(found, command, time)) return 'left';
  summary.matched += 1;
  if (progress.done.has(found.at)) {
    tally(summary.skipped, 'already replayed');
    return 'done';
  }
  if (command.dryRun) {
    sample(replay.samples, found);
    return 'left';
  }
  if (summary.replayed + summary.quarantined + underWay.records >= (command.limit ?? Number.POSITIVE_INFINITY)) {
    tally(summary.skipped, 'over the limit');
    return 'left';
  }
  return found;
}
