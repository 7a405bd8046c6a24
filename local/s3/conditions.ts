/** Conditional requests. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html */
import type { AwsRequest, AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { quoted } from './s3-call.ts';
import type { StoredObject } from './stored-object.ts';

type Headers = AwsRequest['headers'];

function matches(list: string, object: StoredObject): boolean {
  return list
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
    .some((each) => each === '*' || each.replace(/^"(.*)"$/, '$1') === object.etag);
}

function failed(condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsError('PreconditionFailed', message, { status: 412, fields: { Condition: condition } });
}

/** Whether a write may replace what is there. */
export function checkWrite(headers: Headers, existing: StoredObject | undefined): void {
  const none = headers['if-none-match'];
  if (none !== undefined) {
    if (none.trim() !== '*') {
      throw new AwsError('NotImplemented', 'If-None-Match takes only * when writing.', { status: 501 });
    }
    if (existing !== undefined) throw failed('If-None-Match');
  }
  const match = headers['if-match'];
  if (match === undefined) return;
  if (existing === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
  if (!matches(match, existing)) throw failed('If-Match');
}

/** Whether a read gives the object, nothing new (304), or fails. `prefix` is set for a copy's source. */
export function checkRead(headers: Headers, object: StoredObject, prefix = ''): AwsResponse | undefined {
  const header = (name: string): string | undefined => headers[`${prefix}${name}`];
  const match = header('if-match');
  if (match !== undefined && !matches(match, object)) throw failed('If-Match');
  const since = seconds(header('if-unmodified-since'));
  const modified = Math.floor(object.modified / 1000);
  if (match === undefined && since !== undefined && modified > since) throw failed('If-Unmodified-Since');
  const none = header('if-none-match');
  const known = none !== undefined && matches(none, object);
  const stale = seconds(header('if-modified-since'));
  if (!known && (none !== undefined || stale === undefined || modified > stale)) return undefined;
  if (prefix !== '') throw failed(known ? 'If-None-Match' : 'If-Modified-Since');
  return {
    status: 304,
    headers: { etag: quoted(object.etag), 'last-modified': new Date(object.modified).toUTCString() },
  };
}

function seconds(date: string | undefined): number | undefined {
  if (date === undefined) return undefined;
  const time = Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
