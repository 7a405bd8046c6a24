import { byteStringOf } from '../../record/byte-string.ts';
import { asDeadLetter, type DeadLetter } from '../../record/dead-letter.ts';
import { readBatchPayload } from './batch-payload.ts';
import { fromBase64, readFirehoseFailure } from './firehose-object.ts';
import type { Found, Origin } from './found.ts';
import { readBack, readStreamBatch, type ShardReader, type StreamBatch, type WasDelivered } from './stream-batch.ts';

/** Code of records of a batch that Lambda gave up on. */
const BATCH_FAILED = 'Lambda.BatchFailed';
/** Code of an event that Lambda gave up on after it was invoked asynchronously. */
const EVENT_FAILED = 'Lambda.EventFailed';

/** An object that a dead letter names. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** What dead letters need to be read: their records may lie in a stream or an object. */
export interface Stores {
  readonly shards: ShardReader;
  /** Reads an object whole; undefined where there is none. */
  object(address: ObjectAddress): Promise<Uint8Array | undefined>;
  /** What is known of a failed batch: which of its records were delivered before. */
  delivered(batch: StreamBatch): Promise<WasDelivered>;
}

/**
 * Reads a dead letter of any kind that is JSON: the suite's own, what the replayer put aside, a document of Lambda's
 * on-failure destination, or a line of Firehose's. Undefined where it is none. `at` is its place in its source, `key` that of the object.
 */
export function readLetter(
  value: object,
  at: string,
  key: string,
  stores: Stores,
): AsyncIterable<Found> | readonly Found[] | undefined {
  const failure = readFirehoseFailure(value, at, key);
  if (failure !== undefined) return [failure];
  const own = asDeadLetter(value);
  if (own !== undefined) return readOwn(own, at, stores);
  const batch = readStreamBatch(value);
  if (batch !== undefined) return readBatch(batch, at, value, stores);
  return readEvent(value, at) ?? readQuarantined(value, at);
}

async function* readOwn(letter: DeadLetter, at: string, stores: Stores): AsyncGenerator<Found> {
  const { failure, arrival, object, origin } = letter;
  const bytes = object === undefined ? undefined : await stores.object(object);
  const data = bytes === undefined ? fromBase64(letter.data) : byteStringOf(bytes);
  const failedAt = Date.parse(letter.failedAt);
  const time = Number.isNaN(failedAt) ? undefined : failedAt;
  if (data === undefined)
    return yield { kind: 'unreadable', at, code: object === undefined ? 'BadData' : 'ObjectMissing' };
  yield {
    kind: 'record',
    at,
    data,
    code: failure.code,
    arrival: arrival ?? time,
    failedAt: time,
    origin:
      origin.kind === 'kinesis'
        ? {
            kind: 'stream',
            stream: origin.streamArn,
            partitionKey: origin.partitionKey,
            sequenceNumber: origin.sequenceNumber,
          }
        : { kind: 'logs' },
  };
}

async function* readBatch(batch: StreamBatch, at: string, value: object, stores: Stores): AsyncGenerator<Found> {
  const wasDelivered = await stores.delivered(batch);
  const { payload } = value as { payload?: unknown };
  const found =
    typeof payload === 'string'
      ? readBatchPayload(batch, payload, wasDelivered, BATCH_FAILED)
      : readBack(batch, stores.shards, wasDelivered, BATCH_FAILED);
  for await (const item of found) yield { ...item, at: `${at}/${item.at}` };
}

interface AsyncDocument {
  readonly requestPayload?: unknown;
  readonly timestamp?: unknown;
  readonly awslogs?: { readonly data?: unknown };
}

/**
 * A message of a log subscription that the decoder could not take: as Lambda keeps an event that it gave up on, whole in a
 * dead-letter queue or as `requestPayload` of an on-failure document.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function readEvent(value: object, at: string): readonly Found[] | undefined {
  const { requestPayload, timestamp, awslogs } = value as AsyncDocument;
  const encoded = ((requestPayload ?? { awslogs }) as AsyncDocument).awslogs?.data;
  if (typeof encoded !== 'string') return undefined;
  const data = fromBase64(encoded);
  if (data === undefined) return [{ kind: 'unreadable', at, code: 'BadPayload' }];
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  const failedAt = Number.isNaN(time) ? undefined : time;
  return [{ kind: 'record', at, data, code: EVENT_FAILED, arrival: failedAt, failedAt, origin: { kind: 'logs' } }];
}

interface Quarantined {
  readonly type?: unknown;
  readonly data?: unknown;
  readonly code?: unknown;
  readonly arrival?: unknown;
  readonly origin?: Origin;
}

/** A record that the replayer put aside: it can be replayed from there, once a person has seen to it. */
function readQuarantined(value: object, at: string): readonly Found[] | undefined {
  const { type, data: encoded, code, arrival, origin } = value as Quarantined;
  if (type !== 'QuarantinedRecord') return undefined;
  const data = fromBase64(encoded);
  if (data === undefined) return [{ kind: 'unreadable', at, code: 'BadData' }];
  const time = typeof arrival === 'number' ? arrival : undefined;
  return [{ kind: 'record', at, data, code: String(code ?? 'Unknown'), arrival: time, origin }];
}
