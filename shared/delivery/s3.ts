import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { s3 as connected } from '../platform/clients.ts';
import { now } from '../platform/clock.ts';
import { requiredSetting } from '../platform/settings.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { Delivery, Destination } from './destination.ts';
import { CONFIRMED, type Entry } from './entry.ts';

export interface S3Options {
  /** Default: the setting DELIVERY_BUCKET. */
  readonly bucket?: string;
  /** What keys begin with; default `records/`. The pipeline's partition keys follow, `name=value/` each. */
  readonly prefix?: string;
  readonly compression?: 'gzip' | 'none';
}

/** One object: as much as is held in memory beside the batch, which is 6 MB before a pipeline expands it. */
const OBJECT = { records: 10_000, bytes: 64 * 1024 * 1024, record: 64 * 1024 * 1024 };
const compressed = promisify(gzip);

/**
 * Objects in a bucket: the entries of one request and prefix, one after the other. The key is made from the records'
 * identities, so that putting the same entries again writes the same object.
 */
export function s3(options: S3Options = {}): Delivery {
  return {
    name: 's3',
    target: `s3 ${options.bucket ?? 'DELIVERY_BUCKET'}`,
    connect: () => s3Destination(options),
  };
}

export function s3Destination(options: S3Options = {}): Destination {
  const prefixOf = (entry: Entry) => `${options.prefix ?? 'records/'}${partitionPath(entry)}`;
  return {
    name: 's3',
    limits: OBJECT,
    // An object is written wholly or not at all, so a request of several entries keeps their order by itself.
    ordered: false,
    joinBytes: 0,
    sizeOf: (entry) => entry.data.length,
    groupOf: prefixOf,
    put: async (entries, signal) => {
      const bucket = options.bucket ?? requiredSetting('DELIVERY_BUCKET', 'the bucket that records go to');
      const zipped = options.compression === 'gzip';
      const bytes = Buffer.concat(entries.map(({ data }) => bytesOf(data)));
      const { aws, client } = await connected();
      const command = new aws.PutObjectCommand({
        Bucket: bucket,
        Key: `${prefixOf(entries[0]!)}${objectName(entries)}${zipped ? '.gz' : ''}`,
        Body: zipped ? await compressed(bytes) : bytes,
        ContentType: 'application/x-ndjson',
      });
      await client.send(command, { abortSignal: signal });
      return entries.map(() => CONFIRMED);
    },
  };
}

/** `name=value/` for each key; without keys the UTC day of arrival. */
function partitionPath({ partitionKeys = {}, arrival = now() }: Entry): string {
  const parts = Object.entries(partitionKeys).map(([name, value]) => `${name}=${value}/`);
  return parts.length > 0 ? parts.join('') : dayPath(arrival);
}

/** `2026/11/20/`, UTC. */
export function dayPath(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 10).replaceAll('-', '/')}/`;
}

/** First identity and a digest of all: sorts by position in the stream, the same for the same entries. */
function objectName(entries: readonly Entry[]): string {
  const digest = createHash('sha256');
  for (const { id } of entries) digest.update(id).update('\n');
  const first = entries[0]!.id.replace(/[^\w.-]/g, '-').slice(0, 200);
  return `${first}-${digest.digest('hex').slice(0, 16)}.ndjson`;
}
