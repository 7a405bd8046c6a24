import type { Checksum } from './checksum.ts';

/** An object as the index knows it. */
export interface StoredObject {
  readonly key: string;
  /** Its file, relative to the bucket's folder. */
  readonly path: string;
  readonly size: number;
  /** Without quotes: the MD5 in hexadecimal, or `<md5 of the parts' md5s>-<parts>`. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly modified: number;
  /** Lower-cased names: content-type, content-encoding, cache-control … as they came. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum?: Checksum;
  /** Sizes of the parts of a multipart upload. */
  readonly parts?: readonly number[];
}

/** What a write says of its object, beside the bytes. */
export type ObjectDetails = Pick<StoredObject, 'headers' | 'metadata' | 'tags'> & {
  readonly checksum?: Checksum;
  readonly parts?: readonly number[];
};

export const DEFAULT_TYPE = 'binary/octet-stream';
