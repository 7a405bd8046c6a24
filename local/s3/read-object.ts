import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { AwsResponse } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { checksumHeaders } from './checksum.ts';
import { checkRead } from './conditions.ts';
import { isoTime, quoted, type S3Call, xmlResponse } from './s3-call.ts';
import type { StoredObject } from './stored-object.ts';

/** Query parameters that put a header of the answer in the place of the object's own. */
const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];
/** Up to this size an answer is read at once. */
const SMALL = 256 * 1024;

interface Span {
  readonly start: number;
  /** The last byte's place; below `start` for none. */
  readonly end: number;
}

export function getObject(call: S3Call): AwsResponse {
  return read(call, true);
}

export function headObject(call: S3Call): AwsResponse {
  return read(call, false);
}

function read(call: S3Call, withBody: boolean): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const object = call.store.object(bucket, call.key);
  const unchanged = checkRead(call.headers, object);
  if (unchanged !== undefined) return unchanged;
  const part = partSpan(call, object);
  const span = part ?? rangeSpan(call.headers.range, object.size);
  const { start, end } = span ?? { start: 0, end: object.size - 1 };
  const headers: Record<string, string> = {
    ...object.headers,
    ...overrides(call),
    ...Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
    'accept-ranges': 'bytes',
    'content-length': String(end - start + 1),
    etag: quoted(object.etag),
    'last-modified': new Date(object.modified).toUTCString(),
    'x-amz-server-side-encryption': 'AES256',
  };
  if (span !== undefined) headers['content-range'] = `bytes ${start}-${end}/${object.size}`;
  if (part !== undefined) headers['x-amz-mp-parts-count'] = String(object.parts?.length ?? 1);
  const tagCount = Object.keys(object.tags).length;
  if (tagCount > 0) headers['x-amz-tagging-count'] = String(tagCount);
  if (span === undefined && call.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED') {
    Object.assign(headers, checksumHeaders(object.checksum));
  }
  const status = span === undefined ? 200 : 206;
  if (!withBody) return { status, headers };
  return { status, headers, body: bytesOf(call.store.fileOf(bucket, object), start, end) };
}

/** The file is opened in the turn that found it, so that a later overwrite doesn't show in the middle. */
function bytesOf(file: string, start: number, end: number): NonNullable<AwsResponse['body']> {
  const length = end - start + 1;
  if (length <= 0) return Buffer.alloc(0);
  const handle = openSync(file, 'r');
  if (length > SMALL) return createReadStream(file, { fd: handle, start, end, highWaterMark: SMALL });
  try {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const count = readSync(handle, bytes, at, length - at, start + at);
      if (count === 0) throw new Error('An object’s file is shorter than its index says.');
      at += count;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/** A single range; anything S3 doesn't understand is passed over, as the RFC asks. */
function rangeSpan(header: string | undefined, size: number): Span | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  const suffix = found[1] === '';
  const start = suffix ? Math.max(size - Number(found[2]), 0) : Number(found[1]);
  const end = suffix || found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (!suffix && found[2] !== '' && Number(found[2]) < start) return undefined;
  if (start >= size || (suffix && Number(found[2]) === 0)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      fields: { RangeRequested: header?.trim(), ActualObjectSize: size },
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { start, end };
}

function partSpan(call: S3Call, object: StoredObject): Span | undefined {
  const wanted = call.query.get('partNumber');
  if (wanted === null) return undefined;
  const number = Number(wanted);
  const sizes = object.parts ?? [object.size];
  const size = sizes[number - 1];
  if (!Number.isInteger(number) || size === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', { status: 416 });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
  return { start, end: start + size - 1 };
}

function overrides(call: S3Call): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = call.query.get(`response-${name}`);
    if (value !== null) found[name] = value;
  }
  return found;
}

export function getObjectAttributes(call: S3Call): AwsResponse {
  const bucket = call.store.bucket(call.bucket);
  const object = call.store.object(bucket, call.key);
  const wanted = new Set((call.headers['x-amz-object-attributes'] ?? '').split(',').map((each) => each.trim()));
  const checksum = object.checksum;
  return xmlResponse(
    'GetObjectAttributesResponse',
    {
      ETag: wanted.has('ETag') ? object.etag : undefined,
      Checksum:
        wanted.has('Checksum') && checksum
          ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }
          : undefined,
      ObjectParts: wanted.has('ObjectParts') && object.parts ? { PartsCount: object.parts.length } : undefined,
      StorageClass: wanted.has('StorageClass') ? 'STANDARD' : undefined,
      ObjectSize: wanted.has('ObjectSize') ? object.size : undefined,
    },
    { 'last-modified': isoTime(object.modified) },
  );
}
