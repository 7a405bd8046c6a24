import type { Found } from './found.ts';
import { type ObjectAddress, readLetter, type Stores } from './letter.ts';

interface S3Record {
  readonly s3?: { readonly bucket?: { readonly name?: unknown }; readonly object?: { readonly key?: unknown } };
}

interface ObjectCreated {
  readonly source?: unknown;
  readonly detail?: { readonly bucket?: { readonly name?: unknown }; readonly object?: { readonly key?: unknown } };
}

/** The objects that an S3 notification or an EventBridge event names; empty where the value is neither. */
export function notifiedObjects(value: unknown): readonly ObjectAddress[] {
  const { source, detail } = (value ?? {}) as ObjectCreated;
  if (source === 'aws.s3') return addressOf(detail?.bucket?.name, detail?.object?.key);
  const records = (value as { Records?: readonly S3Record[] } | null)?.Records;
  if (!Array.isArray(records)) return [];
  // S3's own notifications have keys URL-encoded, with + for a space.
  return (records as readonly S3Record[]).flatMap((record) =>
    addressOf(record?.s3?.bucket?.name, decodedKey(record?.s3?.object?.key)),
  );
}

function addressOf(bucket: unknown, key: unknown): readonly ObjectAddress[] {
  return typeof key === 'string' && typeof bucket === 'string' ? [{ bucket, key }] : [];
}

function decodedKey(key: unknown): unknown {
  if (typeof key !== 'string') return undefined;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** What S3 sends to try a notification: there is no object to it. */
export function isTestNotification(value: unknown): boolean {
  return (value as { Event?: unknown } | null)?.Event === 's3:TestEvent';
}

/** The JSON of a message's body, out of the envelope that SNS may have put around it; undefined where it is no JSON. */
export function bodyOf(body: string): object | undefined {
  const value = parsed(body);
  const { Type: type, Message: message } = (value ?? {}) as { Type?: unknown; Message?: unknown };
  return type === 'Notification' && typeof message === 'string' ? parsed(message) : value;
}

/** Reads the dead letters of one SQS message. */
export async function* readMessage(body: string, stores: Stores): AsyncGenerator<Found> {
  const value = bodyOf(body);
  const letters = value === undefined ? undefined : readLetter(value, '0', '', stores);
  if (letters !== undefined) yield* letters;
  else yield { kind: 'unreadable', at: '0', code: value === undefined ? 'NotJson' : 'UnknownDeadLetter' };
}

function parsed(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
