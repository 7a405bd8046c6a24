import { now } from '../platform/clock.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import { LEASE_MS } from './lease.ts';
import { type Progress, type Story, withReplay } from './ledger.ts';
import { type Letter, letterName, lettersOf } from './letters.ts';
import { tally } from './summary.ts';
import type { Outgoing } from './targets.ts';
import type { Replay, Taken } from './work.ts';

/**
 * Puts a chunk of dead letters back, or aside where they failed too often. The ledger is told before and after, so that
 * a crash in between is seen, and what it left uncertain is looked for where it was put. `stuck`: none of many is done.
 */
export async function replayChunk(
  { name: source, owner }: Taken,
  records: readonly FailedRecord[],
  progress: Progress,
  replay: Replay,
): Promise<'done' | 'left' | 'stuck'> {
  const { ledger, summary, command } = replay;
  const letters = await lettersOf(source, records, command.to, ledger);
  const uncertain = letters.filter(
    ({ record, leftover }) => leftover === undefined && progress.uncertain.has(record.at),
  );
  const there = uncertain.length === 0 ? NONE : await replay.findPut(uncertain, progress.uncertain);
  const isDone = (letter: Letter): boolean => letter.leftover !== undefined || there.has(letter);
  const hasFailedTooOften = ({ replays }: Letter): boolean => replays >= command.maxAttempts;
  const done = letters.filter(isDone);
  const poison = letters.filter((letter) => !isDone(letter) && hasFailedTooOften(letter));
  const rest = letters.filter((letter) => !isDone(letter) && !hasFailedTooOften(letter));
  if (rest.length > 0) await replay.pace.wait(rest.length);
  const at = now();
  const claim = await ledger.claim(source, owner, { letters: placesOf(letters), at, untilMs: at + LEASE_MS });
  // Put aside by an invocation that was killed before it could say so, while another copy went on.
  const stale = done.filter((letter) => letter.leftover === 'passed' && hasFailedTooOften(letter));
  for (const letter of stale) await replay.takeBack(letter);
  for (const letter of poison) await putAside(source, letter, replay);
  const confirmed = await put(source, rest, replay);
  await ledger.confirm(source, claim, placesOf([...done, ...poison, ...confirmed]), now());
  tally(summary.skipped, 'already replayed', done.length);
  summary.quarantined += poison.length;
  const ended = done.length + poison.length + confirmed.length;
  if (ended === 0 && letters.length >= MANY) return 'stuck';
  return ended === letters.length ? 'done' : 'left';
}

/** Another put of the record may still be on its way: it is not to go on. */
async function putAside(source: string, letter: Letter, { quarantine, ledger }: Replay): Promise<void> {
  await quarantine(source, letter);
  if (letter.record.redrive !== undefined) await ledger.close(letter.token);
}

/** Where so many letters at once can't be put back, those behind them can't either. */
const MANY = 100;

const NONE: ReadonlySet<Letter> = new Set();

/** Puts the letters back; gives those that were confirmed. Their replay is in their story before the put begins. */
async function put(source: string, letters: readonly Letter[], replay: Replay): Promise<readonly Letter[]> {
  if (letters.length === 0) return [];
  const { ledger, summary } = replay;
  const changed = changedStories(source, letters);
  if (changed.size > 0) await ledger.keep(changed);
  const results = await replay.putBack(letters.map(outgoing), replay.times);
  for (const result of results) if (result.kind === 'failed') tally(summary.failed, result.failure.code);
  const confirmed = letters.filter((_, index) => results[index]!.kind === 'confirmed');
  summary.replayed += confirmed.length;
  summary.bytes += confirmed.reduce((bytes, { record }) => bytes + record.data.length, 0);
  return confirmed;
}

function outgoing({ record, address, token, replays, past }: Letter): Outgoing {
  return { record, address, redrive: { token, attempt: replays + 1, story: [...past.map(pastOf), failureOf(record)] } };
}

function changedStories(source: string, letters: readonly Letter[]): ReadonlyMap<string, Story> {
  const changed = new Map<string, Story>();
  for (const { record, digest, story, replays } of letters) {
    if (story === undefined) continue;
    const before = changed.get(digest) ?? story;
    const after = withReplay(before, replays, { ...failureOf(record), letter: letterName(source, record) });
    if (after !== before) changed.set(digest, after);
  }
  return changed;
}

function failureOf({ code, failedAt }: FailedRecord) {
  return { code, ...(failedAt === undefined ? {} : { failedAt }), replayedAt: now() };
}

function pastOf({ code, failedAt, replayedAt }: Letter['past'][number]) {
  return { code, ...(failedAt === undefined ? {} : { failedAt }), replayedAt };
}

function placesOf(letters: readonly Letter[]): readonly string[] {
  return letters.map(({ record }) => record.at);
}
