import type { AwsRequest, AwsResponse } from '../account/contracts.ts';
import { AwsError, injectedError } from '../gateway/aws-error.ts';
import { writeXml, type XmlValue } from '../gateway/xml.ts';
import type { ObjectStore } from './object-store.ts';

/** One request, its address taken apart. */
export interface S3Call {
  readonly store: ObjectStore;
  readonly request: AwsRequest;
  readonly headers: AwsRequest['headers'];
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly key: string;
}

export type S3Operation = (call: S3Call) => Promise<AwsResponse> | AwsResponse;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export function xmlResponse(
  name: string,
  members: { readonly [name: string]: XmlValue },
  headers: Record<string, string> = {},
): AwsResponse {
  const body = writeXml(name, members).replace(`<${name}>`, `<${name} xmlns="${NAMESPACE}">`);
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Throws when the test's fault names this object. */
export function refuseByFault(store: ObjectStore, bucket: string, key: string): void {
  const code = store.faults.s3Put?.(bucket, key);
  if (code !== undefined) throw injectedError(code);
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1024;

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > LONGEST_KEY) {
    throw new AwsError('KeyTooLongError', 'Your key is too long', { fields: { MaxSizeAllowed: LONGEST_KEY } });
  }
}

/** A disk that is full or read-only, told as S3's own failure; the message names it. */
export function storageError(cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined || !['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'EDQUOT', 'EMFILE', 'ENAMETOOLONG'].includes(code))
    return cause;
  return new AwsError('InternalError', `The data folder can't be written: ${code}.`, { status: 500, cause });
}
