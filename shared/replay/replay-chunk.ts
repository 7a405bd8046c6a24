import { createHash } from 'node:crypto';
import { now } from '../platform/clock.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import { replaysBefore, type Story, withReplay } from './ledger.ts';
import type { Replay } from './replay-container.ts';
import { tally } from './summary.ts';

/** A dead letter with what the ledger knows of its record. */
interface Letter {
  readonly record: FailedRecord;
  readonly digest: string;
  readonly story: Story;
  /** How often the record was replayed before it failed as this letter. */
  readonly replays: number;
}

/**
 * Puts a chunk of dead letters back, or aside where they failed too often. The ledger is told before and after, so that
 * a crash in between is seen. True when every letter is done.
 */
export async function replayChunk(source: string, records: readonly FailedRecord[], replay: Replay): Promise<boolean> {
  const letters = await withStories(source, records, replay);
  const poison = letters.filter(({ replays }) => replays >= replay.command.maxAttempts);
  const rest = letters.filter(({ replays }) => replays < replay.command.maxAttempts);
  const chunk = await replay.ledger.claim(
    source,
    records.map(({ at }) => at),
    now(),
  );
  for (const { record, digest, story } of poison) await replay.quarantine(source, record, digest, story);
  replay.summary.quarantined += poison.length;
  const confirmed = await put(source, rest, replay);
  const done = [...poison.map(({ record }) => record), ...confirmed];
  await replay.ledger.confirm(
    source,
    chunk,
    done.map(({ at }) => at),
    now(),
  );
  return done.length === records.length;
}

async function withStories(
  source: string,
  records: readonly FailedRecord[],
  replay: Replay,
): Promise<readonly Letter[]> {
  const digests = records.map(({ data }) => createHash('sha256').update(bytesOf(data)).digest('hex'));
  const stories = await replay.ledger.stories(digests);
  return records.map((record, index) => {
    const digest = digests[index]!;
    const story = stories.get(digest) ?? [];
    return { record, digest, story, replays: replaysBefore(story, `${source} ${record.at}`, record.arrival) };
  });
}

/** Puts the letters back; gives those that were confirmed. Their replay is in their story before the put begins. */
async function put(source: string, letters: readonly Letter[], replay: Replay): Promise<readonly FailedRecord[]> {
  if (letters.length === 0) return [];
  await replay.pace.wait(letters.length);
  await replay.ledger.keep(changedStories(source, letters));
  const records = letters.map(({ record }) => record);
  const results = await replay.putBack(records, replay.command.to, replay.deadline);
  for (const result of results) if (result.kind === 'failed') tally(replay.summary.failed, result.failure.code);
  const confirmed = records.filter((_, index) => results[index]!.kind === 'confirmed');
  replay.summary.replayed += confirmed.length;
  replay.summary.bytes += confirmed.reduce((bytes, { data }) => bytes + data.length, 0);
  return confirmed;
}

function changedStories(source: string, letters: readonly Letter[]): ReadonlyMap<string, Story> {
  const changed = new Map<string, Story>();
  for (const { record, digest, story, replays } of letters) {
    const before = changed.get(digest) ?? story;
    const after = withReplay(before, replays, { at: now(), code: record.code, letter: `${source} ${record.at}` });
    if (after !== before) changed.set(digest, after);
  }
  return changed;
}
