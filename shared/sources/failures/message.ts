import { byteStringOf } from '../../record/byte-string.ts';
import { type DeadLetter, readDeadLetter } from '../../record/dead-letter.ts';
import { readBatchPayload } from './batch-payload.ts';
import { fromBase64 } from './firehose-object.ts';
import type { Found, Origin } from './found.ts';
import { BATCH_FAILED } from './object.ts';
import { readBack, readStreamBatch, type ShardReader } from './stream-batch.ts';

/** An object that a message names. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** What a message of a dead-letter queue needs to be read: its records may lie in a stream or an object. */
export interface Stores {
  readonly shards: ShardReader;
  /** Reads an object whole; undefined where there is none. */
  object(address: ObjectAddress): Promise<Uint8Array | undefined>;
}

/** The objects that an S3 event notification names (which is what a message may be); empty where it is none. */
export function notifiedObjects(value: unknown): readonly ObjectAddress[] {
  const records = (value as { Records?: readonly S3Record[] } | null)?.Records;
  if (!Array.isArray(records)) return [];
  return (records as readonly S3Record[]).flatMap(({ s3 }) => {
    const key = s3?.object?.key;
    const bucket = s3?.bucket?.name;
    // Keys come URL-encoded, with + for a space.
    return typeof key === 'string' && typeof bucket === 'string'
      ? [{ bucket, key: decodeURIComponent(key.replaceAll('+', ' ')) }]
      : [];
  });
}

interface S3Record {
  readonly s3?: { readonly bucket?: { readonly name?: string }; readonly object?: { readonly key?: string } };
}

/** Reads the dead letters of one SQS message: the suite's own, or a document of Lambda's on-failure destination. */
export async function* readMessage(body: string, stores: Stores): AsyncGenerator<Found> {
  const letter = readDeadLetter(body);
  if (letter !== undefined) return yield await readOwn(letter, stores);
  const value = parsed(body);
  if (value === undefined) return yield { kind: 'unreadable', at: '0', code: 'NotJson' };
  const payload = readBatchPayload(value, BATCH_FAILED);
  if (payload !== undefined) return yield* payload;
  const batch = readStreamBatch(value);
  if (batch === undefined) return yield { kind: 'unreadable', at: '0', code: 'UnknownDeadLetter' };
  yield* readBack(batch, stores.shards, BATCH_FAILED);
}

async function readOwn(letter: DeadLetter, stores: Stores): Promise<Found> {
  const { failure, arrival, object } = letter;
  const at = letter.id;
  const bytes = object === undefined ? undefined : await stores.object(object);
  const data = bytes === undefined ? fromBase64(letter.data) : byteStringOf(bytes);
  if (data === undefined) return { kind: 'unreadable', at, code: object === undefined ? 'BadData' : 'ObjectMissing' };
  return {
    kind: 'record',
    at,
    data,
    code: failure.code,
    arrival: arrival ?? Date.parse(letter.failedAt),
    origin: originOf(letter),
  };
}

function originOf({ origin }: DeadLetter): Origin {
  return origin.kind === 'kinesis'
    ? { kind: 'stream', stream: origin.streamArn, partitionKey: origin.partitionKey }
    : { kind: 'logs' };
}

function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
