import { now } from '../platform/clock.ts';
import { requiredSetting, setting } from '../platform/settings.ts';
import { bytesOf, encodeUtf8 } from '../record/byte-string.ts';
import type { DeadLetter, Origin } from '../record/dead-letter.ts';
import type { Failure } from '../record/failure.ts';
import type { Failed } from '../record/outcome.ts';
import type { StreamRecord } from '../record/record.ts';
import { breakerOf } from './breaker.ts';
import type { Entry, EntryResult } from './entry.ts';
import { keySafe, objectDestination } from './object.ts';
import { type PutOptions, putAll } from './put-all.ts';
import { dayPath } from './s3.ts';
import { sqsDestination } from './sqs.ts';

/** A record that can't go on, and why. */
export interface Casualty {
  readonly record: StreamRecord;
  readonly origin: Origin;
  readonly failure: Failure;
  /** How often it was tried in this invocation. */
  readonly attempt: number;
}

const URL_SETTING = 'DEAD_LETTER_QUEUE_URL';
const QUEUE = sqsDestination({}, () => requiredSetting(URL_SETTING, 'the queue of records that can not go on'));

/**
 * Sends records, whole, to the queue of the setting DEAD_LETTER_QUEUE_URL, as `DeadLetter`s. Where bytes are too many for a message they
 * go to the bucket of the setting CLAIM_BUCKET, under `dead-letters/`, and the message points there. Never rejects;
 * answers are aligned with the casualties.
 */
export async function sendDeadLetters(
  casualties: readonly Casualty[],
  pipeline: string,
  options: Pick<PutOptions, 'deadline' | 'backoff'>,
): Promise<readonly EntryResult[]> {
  if (casualties.length === 0) return [];
  const letters = casualties.map((casualty) => letterOf(casualty, pipeline));
  const sendable = await parkLarge(letters, casualties, options);
  const entries = sendable.flatMap((letter) => ('kind' in letter ? [] : [entryOf(letter)]));
  const answers = await putAll(QUEUE, entries, { ...options, breaker: breakerOf(`sqs ${setting(URL_SETTING)}`) });
  let next = 0;
  return sendable.map((letter) => ('kind' in letter ? letter : answers[next++]!));
}

/** The letters as they fit into messages: the bytes of large ones go into the bucket. Failed where that could not be done. */
async function parkLarge(
  letters: readonly DeadLetter[],
  casualties: readonly Casualty[],
  options: Pick<PutOptions, 'deadline' | 'backoff'>,
): Promise<readonly (DeadLetter | Failed)[]> {
  const isLarge = (letter: DeadLetter) => QUEUE.sizeOf(entryOf(letter)) > QUEUE.limits.record;
  const large = letters.flatMap((letter, index) => (isLarge(letter) ? [index] : []));
  if (large.length === 0) return letters;
  const objects = large.map((index) => objectOf(letters[index]!, casualties[index]!.record));
  const results = await putAll(objectDestination(bucketForLarge), objects, options);
  const parked = new Map(
    large.map((index, i) => {
      const result = results[i]!;
      return [index, result.kind === 'failed' ? result : pointing(letters[index]!, objects[i]!.id)];
    }),
  );
  return letters.map((letter, index) => parked.get(index) ?? letter);
}

function objectOf({ pipeline, id }: DeadLetter, { data, arrival }: StreamRecord): Entry {
  return { id: `dead-letters/${keySafe(pipeline)}/${dayPath(arrival ?? now())}${keySafe(id)}`, data, documents: 1 };
}

function pointing({ data: _, ...letter }: DeadLetter, key: string): DeadLetter {
  return { ...letter, object: { bucket: bucketForLarge(), key } };
}

function bucketForLarge(): string {
  return requiredSetting('CLAIM_BUCKET', 'the bucket of records that are too large for a message');
}

function letterOf({ record, origin, failure, attempt }: Casualty, pipeline: string): DeadLetter {
  return {
    type: 'DeadLetter',
    version: 1,
    pipeline,
    id: record.id,
    origin,
    failure,
    attempt,
    failedAt: new Date(now()).toISOString(),
    ...(record.arrival !== undefined && { arrival: record.arrival }),
    bytes: record.data.length,
    data: bytesOf(record.data).toString('base64'),
  };
}

function entryOf(letter: DeadLetter): Entry {
  return { id: letter.id, data: encodeUtf8(JSON.stringify(letter)), documents: 1 };
}
