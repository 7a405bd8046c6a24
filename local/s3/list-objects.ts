import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { XmlValue } from '../gateway/xml.ts';
import type { Bucket } from './bucket.ts';
import { isoTime, quoted, type S3Call, xmlResponse } from './s3-call.ts';
import type { StoredObject } from './stored-object.ts';

/** Source: ListObjectsV2's API reference. */
const MOST_KEYS = 1000;

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly most: number;
  /** Keys, and rolled-up prefixes, after this one. */
  readonly after: string;
}

interface Page {
  readonly objects: readonly StoredObject[];
  readonly prefixes: readonly string[];
  /** The last key or prefix given, when there are more. */
  readonly next: string | undefined;
}

function list(bucket: Bucket, { prefix, delimiter, most, after }: Wanted): Page {
  const { index } = bucket;
  const objects: StoredObject[] = [];
  const prefixes: string[] = [];
  let last = '';
  let at = Math.max(index.rank(prefix), after === '' ? 0 : rankAfter(bucket, after, { prefix, delimiter }));
  for (let object = index.at(at); object?.key.startsWith(prefix); object = index.at(at)) {
    if (objects.length + prefixes.length >= most) return { objects, prefixes, next: last };
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      objects.push(object);
      last = object.key;
      at += 1;
    } else {
      last = object.key.slice(0, cut + delimiter.length);
      prefixes.push(last);
      at = index.pastPrefix(last, at);
    }
  }
  return { objects, prefixes, next: undefined };
}

/** The rank behind a key, or behind everything that rolls up into it when it is itself a rolled-up prefix. */
function rankAfter(
  { index }: Bucket,
  after: string,
  { prefix, delimiter }: Pick<Wanted, 'prefix' | 'delimiter'>,
): number {
  const rank = index.rank(after);
  const cut = delimiter === '' || !after.startsWith(prefix) ? -1 : after.indexOf(delimiter, prefix.length);
  if (cut >= 0 && cut + delimiter.length === after.length) return index.pastPrefix(after, rank);
  return index.at(rank)?.key === after ? rank + 1 : rank;
}

function wantedOf(call: S3Call, after: string): Wanted {
  const { query } = call;
  const asked = query.get('max-keys') ?? String(MOST_KEYS);
  if (!/^\d{1,9}$/.test(asked))
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    most: Math.min(Number(asked), MOST_KEYS),
    after,
  };
}

/** Keys as the client asked to have them written. */
function encoder(call: S3Call): (key: string) => string {
  return call.query.get('encoding-type') === 'url' ? encodeKey : (key) => key;
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function contents(objects: readonly StoredObject[], encode: (key: string) => string): XmlValue[] {
  return objects.map((object) => ({
    Key: encode(object.key),
    LastModified: isoTime(object.modified),
    ETag: quoted(object.etag),
    Size: object.size,
    StorageClass: object.headers['x-amz-storage-class'] ?? 'STANDARD',
  }));
}

export function listObjectsV2(call: S3Call): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const { query } = call;
  const token = query.get('continuation-token');
  const wanted = wantedOf(call, token === null ? (query.get('start-after') ?? '') : openToken(token));
  const page = wanted.most === 0 ? { objects: [], prefixes: [], next: undefined } : list(bucket, wanted);
  const encode = encoder(call);
  return xmlResponse('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(wanted.prefix),
    Delimiter: query.has('delimiter') ? encode(wanted.delimiter) : undefined,
    MaxKeys: wanted.most,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyCount: page.objects.length + page.prefixes.length,
    IsTruncated: page.next !== undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.next === undefined ? undefined : sealToken(page.next),
    StartAfter: query.has('start-after') ? encode(query.get('start-after') ?? '') : undefined,
    Contents: contents(page.objects, encode),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

export function listObjects(call: S3Call): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const marker = call.query.get('marker') ?? '';
  const wanted = wantedOf(call, marker);
  const page = wanted.most === 0 ? { objects: [], prefixes: [], next: undefined } : list(bucket, wanted);
  const encode = encoder(call);
  return xmlResponse('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(wanted.prefix),
    Marker: encode(marker),
    NextMarker: page.next !== undefined && wanted.delimiter !== '' ? encode(page.next) : undefined,
    Delimiter: call.query.has('delimiter') ? encode(wanted.delimiter) : undefined,
    MaxKeys: wanted.most,
    EncodingType: call.query.get('encoding-type') ?? undefined,
    IsTruncated: page.next !== undefined,
    Contents: contents(page.objects, encode),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Buckets here keep no versions: each object is its own only one, `null`. */
export function listObjectVersions(call: S3Call): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const wanted = wantedOf(call, call.query.get('key-marker') ?? '');
  const page = list(bucket, wanted);
  const encode = encoder(call);
  return xmlResponse('ListVersionsResult', {
    Name: bucket.name,
    Prefix: encode(wanted.prefix),
    MaxKeys: wanted.most,
    IsTruncated: page.next !== undefined,
    NextKeyMarker: page.next === undefined ? undefined : encode(page.next),
    NextVersionIdMarker: page.next === undefined ? undefined : 'null',
    Version: contents(page.objects, encode).map((each) => ({ ...(each as object), VersionId: 'null', IsLatest: true })),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function sealToken(last: string): string {
  return Buffer.from(`1${last}`).toString('base64');
}

function openToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text[0] !== '1') throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
  return text.slice(1);
}
