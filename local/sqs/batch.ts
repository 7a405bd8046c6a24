import { AwsError } from '../gateway/aws-error.ts';
import { type Field, input, list, optional, structure, text } from '../gateway/shape.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

export const queueUrl = { QueueUrl: text({ max: 2048 }) };
const MOST_IN_BATCH = 10;

/** A reader of a batch of such entries, each with its Id. */
export const batchOf = <F extends Record<string, Field<unknown>>>(entry: F) =>
  input({ ...queueUrl, Entries: optional(list(structure({ Id: text(), ...entry }))) });

export function checkBatch<E extends { Id: string }>(entries: readonly E[] | undefined): readonly E[] {
  if (entries === undefined || entries.length === 0) {
    throw sqsError('EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > MOST_IN_BATCH) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MOST_IN_BATCH}. You have sent ${entries.length}.`,
    );
  }
  const wrong = entries.find(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id));
  if (wrong !== undefined) {
    throw sqsError(
      'InvalidBatchEntryId',
      'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw sqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  return entries;
}

/** Runs each entry; those that fail are told in the answer, beside those that didn't. */
export function forEach<E extends { Id: string }>(entries: readonly E[], run: (entry: E) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}

export function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw invalidParameter(
    `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}, if provided.`,
  );
}
