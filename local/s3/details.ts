import type { AwsRequest } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { DEFAULT_TYPE, type StoredObject } from './stored-object.ts';

const META = 'x-amz-meta-';
/** Kept with an object and given back as they came. */
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-storage-class',
];
/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MOST_METADATA_BYTES = 2048;
const MOST_TAGS = 10;

type Headers = AwsRequest['headers'];

/** What a write's headers say of its object. */
export function detailsOf(headers: Headers): Pick<StoredObject, 'headers' | 'metadata' | 'tags'> {
  return { headers: keptHeaders(headers), metadata: metadataOf(headers), tags: tagsOfHeader(headers['x-amz-tagging']) };
}

export function keptHeaders(headers: Headers): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': headers['content-type'] || DEFAULT_TYPE };
  const encoding = contentEncoding(headers['content-encoding']);
  if (encoding !== undefined) kept['content-encoding'] = encoding;
  for (const name of KEPT) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** The object's own encoding: `aws-chunked` is the transfer's. */
function contentEncoding(header: string | undefined): string | undefined {
  const own = header
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '' && each.toLowerCase() !== 'aws-chunked');
  return own === undefined || own.length === 0 ? undefined : own.join(',');
}

export function metadataOf(headers: Headers): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(META) || value === undefined) continue;
    metadata[name.slice(META.length)] = value;
    bytes += name.length - META.length + Buffer.byteLength(value);
  }
  if (bytes > MOST_METADATA_BYTES) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      fields: { Size: bytes, MaxSizeAllowed: MOST_METADATA_BYTES },
    });
  }
  return metadata;
}

export function tagsOfHeader(header: string | undefined): Record<string, string> {
  if (header === undefined || header === '') return {};
  return checkTags([...new URLSearchParams(header)]);
}

export function checkTags(tags: readonly (readonly [string, string])[]): Record<string, string> {
  if (tags.length > MOST_TAGS) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10');
  const wrong = tags.some(([key, value]) => key === '' || key.length > 128 || value.length > 256);
  if (wrong) throw new AwsError('InvalidTag', 'The TagKey or TagValue you have provided is invalid');
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return Object.fromEntries(tags);
}
