import { s3 } from '../platform/clients.ts';

/** An S3 object's content. */
export interface ReadObject {
  readonly bytes: Buffer;
  readonly etag: string | undefined;
}

/** One request's time, in milliseconds. */
const REQUEST_MS = 30_000;

/** Reads `s3://bucket/key`, refusing more than `largest` bytes before it takes them. Rejects with the SDK's error. */
export async function readObject(uri: string, largest: number): Promise<ReadObject> {
  return (await readObjectIfChanged(uri, largest, undefined))!;
}

/** The same; undefined where the object still has this ETag. */
export async function readObjectIfChanged(
  uri: string,
  largest: number,
  etag: string | undefined,
): Promise<ReadObject | undefined> {
  const { Bucket, Key } = placeOf(uri);
  const { aws, client } = await s3();
  const command = new aws.GetObjectCommand({ Bucket, Key, ...(etag !== undefined && { IfNoneMatch: etag }) });
  try {
    const { Body, ContentLength, ETag } = await client.send(command, { abortSignal: AbortSignal.timeout(REQUEST_MS) });
    if (Body === undefined || ContentLength === undefined || ContentLength > largest)
      throw new ObjectTooLargeError(largest);
    return { bytes: Buffer.from(await Body.transformToByteArray()), etag: ETag };
  } catch (error) {
    if (etag !== undefined && error instanceof Error && isNotModified(error)) return undefined;
    throw error;
  }
}

/** The object has more bytes than were allowed for it. */
class ObjectTooLargeError extends Error {
  override readonly name = 'ObjectTooLargeError';

  constructor(largest: number) {
    super(`The object has more than ${largest} bytes.`);
  }
}

/** The SDK reports 304 as an error. */
function isNotModified(error: Error & { $metadata?: { httpStatusCode?: number } }): boolean {
  return error.$metadata?.httpStatusCode === 304 || error.name === '304' || error.name === 'NotModified';
}

export function isObjectUri(uri: string): boolean {
  return /^s3:\/\/[^/]+\/.+$/.test(uri);
}

function placeOf(uri: string): { Bucket: string; Key: string } {
  const slash = uri.indexOf('/', 5);
  return { Bucket: uri.slice(5, slash), Key: uri.slice(slash + 1) };
}
