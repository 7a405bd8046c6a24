import type { Failure } from './failure.ts';

/** Where in a Kinesis stream the record stood. */
interface StreamOrigin {
  readonly kind: 'kinesis';
  readonly streamArn: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Index inside a KPL aggregate; absent where there is none or it is not known. */
  readonly subsequenceNumber?: number;
  readonly partitionKey: string;
}

/** Which log event of which subscription it was. */
export interface LogsOrigin {
  readonly kind: 'logs';
  readonly logGroup: string;
  readonly logStream: string;
  readonly eventId: string;
}

export type Origin = StreamOrigin | LogsOrigin;

/** An object that holds the record's bytes, as they came, where they don't fit into the message. */
interface ObjectPointer {
  readonly bucket: string;
  readonly key: string;
}

/**
 * A record that can't go on, whole, with why and where from: the JSON body of one SQS message.
 * Exactly one of `data` and `object` is present.
 */
export interface DeadLetter {
  readonly type: 'DeadLetter';
  readonly version: 1;
  readonly pipeline: string;
  /** The record's identity: `shard:sequence:subsequence`. */
  readonly id: string;
  readonly origin: Origin;
  readonly failure: Failure;
  /** How often the record was tried in the invocation that gave it up: 1 where no retry could help. */
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly failedAt: string;
  /** Approximate arrival at the source, epoch milliseconds. */
  readonly arrival?: number;
  /** Size of the record's bytes. */
  readonly bytes: number;
  /** The record's bytes as they came, in base64. */
  readonly data?: string;
  readonly object?: ObjectPointer;
}

/** A dead letter from a message's body; undefined where the text is anything else. */
export function readDeadLetter(text: string): DeadLetter | undefined {
  try {
    return asDeadLetter(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The value, where it is a dead letter. */
export function asDeadLetter(given: unknown): DeadLetter | undefined {
  const value = given as Partial<DeadLetter> | null;
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.type !== 'DeadLetter' || value.version !== 1) return undefined;
  const whole = typeof value.data === 'string' || typeof value.object?.key === 'string';
  return whole && typeof value.origin?.kind === 'string' && typeof value.failure?.code === 'string'
    ? (value as DeadLetter)
    : undefined;
}
