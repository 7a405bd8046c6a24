import { hash, randomUUID } from 'node:crypto';
import { dynamodb } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import type { Deadline } from '../platform/deadline.ts';
import { LIMITS } from '../platform/limits.ts';
import { type ByteString, byteStringOf, bytesOf } from '../record/byte-string.ts';
import { errorName } from './put-error.ts';

/** A stretch of a shard: what one invocation was given. */
export interface Range {
  /** Told apart: the pipeline, the stream and the shard. */
  readonly scope: string;
  /** Sequence numbers. */
  readonly first: string;
  readonly last: string;
}

/**
 * What earlier invocations of the same stretch of a shard have done, kept in a DynamoDB table, so that records that are sent again
 * are not delivered again. One item is written for each batch (and for each 200 ms of a long one), with eight bytes for
 * each thing done; one query reads those of the last batches. At $0.625 a million write units and $0.125 a million read
 * units, a batch of 500 records costs 5 and 14 units, $0.000005, where an item a record would cost $0.0003.
 * What is told to the table lags behind what the destination took: an invocation that is killed between the two
 * leaves duplicates, of one request at most for each 200 ms.
 */
export interface DoneRanges {
  /** Whether this key was noted by an earlier invocation. */
  has(key: string): boolean;
  /** Notes what is done; written soon, and at the latest by `flush`. */
  note(keys: readonly string[]): void;
  /** Writes what is not written yet. False where the table could not be told all of it: duplicates are then possible. */
  flush(): Promise<boolean>;
  /** The name of the error that kept the table from being read or written. */
  readonly error: string | undefined;
}

/** Without a table nothing is known, and nothing is remembered. */
export const NO_RANGES: DoneRanges = {
  has: () => false,
  note: () => undefined,
  flush: async () => false,
  error: undefined,
};

/** Longest time that a mapping may go on trying: its MaximumRecordAgeInSeconds. */
const TTL_SECONDS = 604_800;
const KEY_BYTES = 8;
/** Keys that fit into an item beside its attributes. */
const ITEM_KEYS = Math.floor((LIMITS.dynamoDb.item - 4 * 1024) / KEY_BYTES);
const WRITE_EVERY_MS = 200;
/**
 * Stretches of other batches that are passed over in search of one that overlaps: ten batches of a shard can be under way at once
 * (ParallelizationFactor), and bisecting leaves small stretches inside of a large one.
 */
const PASSED_OVER = 12;
const PAGE = PASSED_OVER + 1;
const READ_MS = 3_000;
const ATTEMPTS = 3;

/** Reads what is known of a range. Never rejects: a table that can't be read suppresses nothing. */
export async function openDoneRanges(table: string, range: Range, deadline: Deadline): Promise<DoneRanges> {
  const state: { error: string | undefined } = { error: undefined };
  const known = await readKeys(table, range, deadline).catch((error: unknown) => {
    state.error = errorName(error);
    return new Set<ByteString>();
  });
  const writer = createWriter(table, range, deadline, state);
  return {
    has: (key) => known.size > 0 && known.has(digest(key)),
    note: writer.note,
    flush: writer.flush,
    get error() {
      return state.error;
    },
  };
}

async function readKeys(table: string, range: Range, deadline: Deadline): Promise<Set<ByteString>> {
  const keys = new Set<ByteString>();
  const passed = new Set<string>();
  const first = sortable(range.first);
  const { aws, client } = await dynamodb();
  const abortSignal = AbortSignal.timeout(Math.max(1, Math.min(READ_MS, Math.floor(deadline.remainingMs() / 2))));
  for (let from: Record<string, never> | undefined; ; ) {
    const command = new aws.QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk < :behind',
      ExpressionAttributeValues: { ':pk': { S: range.scope }, ':behind': { S: `${sortable(range.last)}$` } },
      ScanIndexForward: false,
      Limit: PAGE,
      ...(from !== undefined && { ExclusiveStartKey: from }),
    });
    const page = await client.send(command, { abortSignal });
    for (const item of page.Items ?? []) {
      const [start = '', end = ''] = (item.sk?.S ?? '').split('#');
      if (end < first) passed.add(start);
      else addKeys(keys, item.keys?.B);
    }
    from = page.LastEvaluatedKey as Record<string, never> | undefined;
    if (from === undefined || passed.size >= PASSED_OVER) return keys;
  }
}

function addKeys(keys: Set<ByteString>, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) return;
  const text = byteStringOf(bytes);
  for (let at = 0; at + KEY_BYTES <= text.length; at += KEY_BYTES) keys.add(text.slice(at, at + KEY_BYTES));
}

function createWriter(table: string, range: Range, deadline: Deadline, state: { error: string | undefined }) {
  let waiting: ByteString[] = [];
  let lost = false;
  let writing: Promise<void> = Promise.resolve();
  let lastWrite = performance.now();

  const write = (): void => {
    const keys = waiting;
    waiting = [];
    lastWrite = performance.now();
    writing = writing.then(async () => {
      for (let at = 0; at < keys.length; at += ITEM_KEYS) {
        const error = await putKeys(table, range, keys.slice(at, at + ITEM_KEYS).join(''), deadline);
        if (error === undefined) continue;
        lost = true;
        state.error = error;
      }
    });
  };
  return {
    note: (keys: readonly string[]): void => {
      for (const key of keys) waiting.push(digest(key));
      if (performance.now() - lastWrite >= WRITE_EVERY_MS) write();
    },
    flush: async (): Promise<boolean> => {
      if (waiting.length > 0) write();
      await writing;
      return !lost;
    },
  };
}

/** Writes one item, which no other may have written. Gives the last error's name where it could not. */
async function putKeys(
  table: string,
  { scope, first, last }: Range,
  keys: ByteString,
  deadline: Deadline,
): Promise<string | undefined> {
  let name: string | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const timeMs = Math.min(READ_MS, Math.floor(deadline.remainingMs() / 2));
    if (timeMs < 1) return name ?? 'OutOfTime';
    try {
      const { aws, client } = await dynamodb();
      const command = new aws.PutItemCommand({
        TableName: table,
        Item: {
          pk: { S: scope },
          sk: { S: `${sortable(first)}#${sortable(last)}#${randomUUID()}` },
          keys: { B: bytesOf(keys) },
          expires: { N: String(Math.floor(now() / 1000) + TTL_SECONDS) },
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
      await client.send(command, { abortSignal: AbortSignal.timeout(timeMs) });
      return undefined;
    } catch (error) {
      name = errorName(error);
    }
  }
  return name;
}

/** Sequence numbers as text that sorts by their value: their length first. */
function sortable(sequenceNumber: string): string {
  return String(sequenceNumber.length).padStart(3, '0') + sequenceNumber;
}

function digest(key: string): ByteString {
  return byteStringOf(hash('sha256', key, 'buffer').subarray(0, KEY_BYTES));
}
