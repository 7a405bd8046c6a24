import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import type { ByteString } from '../record/byte-string.ts';
import { type Failure, permanent, transient } from '../record/failure.ts';
import type { InputFormat } from '../record/format.ts';
import {
  answerBytes,
  type Ending,
  type FirehoseAnswer,
  type FirehoseResponse,
  jsonBytes,
  originalBytes,
  RESPONSE_BYTES,
  type Transformed,
  writeAnswer,
} from './firehose-answer.ts';
import type { FirehoseBatch, FirehoseRecord, Origin } from './firehose-batch.ts';
import { type AnswerSizes, planOverflow } from './firehose-plan.ts';

/** Bytes that are to come again, as a record of their own. */
export interface ReingestEntry {
  readonly id: string;
  readonly data: ByteString;
  /** The Kinesis partition key that the record came with. */
  readonly partitionKey?: string;
}

/** Puts entries back where they came from. Tells for each whether the service confirmed it. */
export type Reingest = (
  origin: Origin,
  entries: readonly ReingestEntry[],
  deadline: Deadline,
) => Promise<readonly boolean[]>;

export interface RespondOptions {
  readonly deadline: Deadline;
  /** Without it, what does not fit fails. */
  readonly reingest?: Reingest;
  /** Takes a record apart by its documents: the input format's own. */
  readonly split?: InputFormat['split'];
  /** Bytes that the serialised response may have. */
  readonly budget?: number;
}

export interface FirehoseResult {
  readonly response: FirehoseResponse;
  /** How each record ended, in order. */
  readonly endings: readonly Ending[];
}

/** A piece of a record that was taken apart should come with others into one answer. */
const PIECES_PER_ANSWER = 4;

/**
 * Answers a batch: exactly one answer for each record, in order, in a response of at most `budget` bytes as serialised.
 * What does not fit is put back where it came from, and answered `Dropped` once that is confirmed; a record too large for
 * any response is put back in pieces. Why this ends: docs/decisions/firehose-answer.md.
 */
export async function respondFirehose(
  batch: FirehoseBatch,
  ran: readonly Ending[],
  options: RespondOptions,
): Promise<FirehoseResult> {
  const budget = options.budget ?? LIMITS.firehoseTransform.response;
  const answers = answerAll(batch.records, ran, budget);
  if (answers !== undefined) return { response: { records: answers }, endings: ran };
  const endings = [...ran];
  const conflicting = conflicts(batch, endings, options);
  let bare = NONE;
  if (surelyFits(batch.records, endings, budget)) await putBack(batch, endings, conflicting, options);
  else {
    const waiting = overflow(batch, endings, options, budget);
    await putBack(batch, endings, [...conflicting, ...waiting], options);
    bare = trim(batch, endings, budget);
  }
  return {
    response: { records: batch.records.map((record, index) => writeAnswer(record, endings[index]!, bare.has(index))) },
    endings,
  };
}

const NONE: ReadonlySet<number> = new Set();

/** The answers as they are, where they fit and nothing has to be put back, which is most batches. Else undefined. */
function answerAll(
  records: readonly FirehoseRecord[],
  endings: readonly Ending[],
  budget: number,
): readonly FirehoseAnswer[] | undefined {
  const answers = new Array<FirehoseAnswer>(records.length);
  let most = RESPONSE_BYTES;
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    const ending = endings[index]!;
    if (isConflict(ending)) return undefined;
    most += mostBytes(record, ending);
    answers[index] = writeAnswer(record, ending, false);
  }
  return most <= budget || exactBytes(records, endings) <= budget ? answers : undefined;
}

function exactBytes(records: readonly FirehoseRecord[], endings: readonly Ending[]): number {
  let total = RESPONSE_BYTES;
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    const ending = endings[index]!;
    const id = jsonBytes(record.recordId);
    if (ending.kind === 'ok') total += okBytes(id, ending);
    else total += answerBytes(id, ending.kind === 'failed' ? 'ProcessingFailed' : 'Dropped', originalBytes(record));
  }
  return total;
}

function sizesOfAll(records: readonly FirehoseRecord[], endings: readonly Ending[]): readonly AnswerSizes[] {
  return endings.map((ending, index) => sizesOf(records[index]!, ending));
}

/** An upper bound, which spares most batches the exact count: JSON writes a character in six bytes at most. */
function mostBytes({ recordId, encoded }: FirehoseRecord, ending: Ending): number {
  const bytes = ending.kind === 'ok' ? ending.data.length + (ending.metadata?.bytes ?? 0) : encoded.length * 6;
  return answerBytes(recordId.length * 6 + 2, 'ProcessingFailed', bytes);
}

function surelyFits(records: readonly FirehoseRecord[], endings: readonly Ending[], budget: number): boolean {
  return records.reduce((sum, record, index) => sum + mostBytes(record, endings[index]!), RESPONSE_BYTES) <= budget;
}

/** The record's documents want different partition keys. */
function isConflict(ending: Ending): ending is Extract<Ending, { kind: 'failed' }> {
  return ending.kind === 'failed' && ending.failure.code === 'PartitionConflict';
}

function totalOf(sizes: readonly AnswerSizes[]): number {
  return sizes.reduce((sum, { ok, original }) => sum + (ok ?? original), RESPONSE_BYTES);
}

/** A record to put back, whole or in pieces, and what it is if that can't be done. */
interface Job {
  readonly index: number;
  readonly pieces: readonly ByteString[];
  readonly otherwise: Failure;
}

/** Documents of one record that belong in different partitions come again as records of their own, which can't conflict. */
function conflicts(batch: FirehoseBatch, endings: readonly Ending[], options: RespondOptions): readonly Job[] {
  const jobs: Job[] = [];
  for (const [index, ending] of endings.entries()) {
    if (!isConflict(ending)) continue;
    if (options.deadline.remainingMs() <= 0) break;
    const pieces = piecesOf(batch.records[index]!, options, Number.POSITIVE_INFINITY);
    if (pieces !== undefined) jobs.push({ index, pieces, otherwise: ending.failure });
  }
  return jobs;
}

/** Chooses what waits where not all fits. Records that can neither be answered nor wait are failed. */
function overflow(batch: FirehoseBatch, endings: Ending[], options: RespondOptions, budget: number): readonly Job[] {
  const jobs: Job[] = [];
  const sizes = sizesOfAll(batch.records, endings);
  if (totalOf(sizes) <= budget) return jobs;
  const tooLarge = ({ ok }: AnswerSizes) => ok !== undefined && RESPONSE_BYTES + ok > budget;
  // Put back in pieces or not, such a record may yet fail: its own bytes have their place.
  const possible = sizes.map((size) => (tooLarge(size) ? { ...size, ok: undefined, bare: size.original } : size));
  const { accepted, hopeless } = planOverflow(possible, budget);
  for (const [index, { ok }] of sizes.entries()) {
    if (ok === undefined || accepted[index]) continue;
    const record = batch.records[index]!;
    if (index === hopeless || tooLarge(sizes[index]!)) {
      const late = options.deadline.remainingMs() <= 0;
      const pieces = late ? undefined : piecesOf(record, options, Math.ceil((ok * PIECES_PER_ANSWER) / budget));
      if (pieces !== undefined) jobs.push({ index, pieces, otherwise: NO_ROOM });
      else endings[index] = { kind: 'failed', failure: late ? NO_ROOM : answerTooLarge(ok) };
    } else jobs.push({ index, pieces: [record.record!.data], otherwise: NO_ROOM });
  }
  return jobs;
}

const NO_ROOM = transient(
  'NoRoomInAnswer',
  'respond',
  'the response had no room for the record, and it could not be put back to come again',
);

function answerTooLarge(bytes: number): Failure {
  return permanent(
    'AnswerTooLarge',
    'respond',
    `the record's answer takes ${bytes} bytes, more than a response has room for`,
  );
}

function piecesOf(
  { record }: FirehoseRecord,
  { split }: RespondOptions,
  pieces: number,
): readonly ByteString[] | undefined {
  if (record === undefined || split === undefined) return undefined;
  const parts = split(record.data, Math.max(2, pieces));
  return parts === undefined || parts.length < 2 ? undefined : parts;
}

function sizesOf(record: FirehoseRecord, ending: Ending): AnswerSizes {
  const id = jsonBytes(record.recordId);
  const failed = answerBytes(id, 'ProcessingFailed', originalBytes(record));
  const bare = answerBytes(id, 'Dropped', 0);
  if (ending.kind === 'failed') return { ok: undefined, original: failed, bare: failed };
  if (ending.kind !== 'ok') return { ok: undefined, original: answerBytes(id, 'Dropped', originalBytes(record)), bare };
  return { ok: okBytes(id, ending), original: failed, bare };
}

function okBytes(id: number, { data, metadata }: Transformed): number {
  return answerBytes(id, 'Ok', data.length, metadata?.bytes ?? 0);
}

/** A record counts as put back only when every piece of it is confirmed; otherwise the whole of it fails. */
async function putBack(
  { origin, records }: FirehoseBatch,
  endings: Ending[],
  jobs: readonly Job[],
  { reingest, deadline }: RespondOptions,
): Promise<void> {
  if (jobs.length === 0) return;
  const entries = jobs.flatMap(({ index, pieces }) => {
    const { id, position } = records[index]!.record!;
    const key = position?.partitionKey;
    return pieces.map((data, piece) => ({ id: `${id}/${piece}`, data, ...(key && { partitionKey: key }) }));
  });
  let confirmed: readonly boolean[] = [];
  try {
    if (origin !== undefined && reingest !== undefined) confirmed = await reingest(origin, entries, deadline);
  } catch {
    // Nothing is known to have been put back.
  }
  let at = 0;
  for (const { index, pieces, otherwise } of jobs) {
    const done = pieces.every((_, piece) => confirmed[at + piece] === true);
    endings[index] = done ? { kind: 'reingested' } : { kind: 'failed', failure: otherwise };
    at += pieces.length;
  }
}

/**
 * The last word on size, when it is known what was put back: answers that have no room become failures, largest first;
 * dropped records give up their bytes, which nobody reads, where that is needed. Returns those.
 */
function trim({ records }: FirehoseBatch, endings: Ending[], budget: number): ReadonlySet<number> {
  const sizes = sizesOfAll(records, endings);
  let total = totalOf(sizes);
  const bare = new Set<number>();
  for (let index = sizes.length - 1; index >= 0 && total > budget; index--) {
    const { original, bare: without } = sizes[index]!;
    const { kind } = endings[index]!;
    if (kind !== 'dropped' && kind !== 'reingested') continue;
    bare.add(index);
    total -= original - without;
  }
  const growing = [...sizes.keys()].filter((index) => (sizes[index]!.ok ?? 0) > sizes[index]!.original);
  for (const index of growing.toSorted((a, b) => sizes[b]!.ok! - sizes[a]!.ok!)) {
    if (total <= budget) break;
    total -= sizes[index]!.ok! - sizes[index]!.original;
    endings[index] = { kind: 'failed', failure: NO_ROOM };
  }
  return bare;
}
