import { s3 } from '../platform/clients.ts';
import { count } from '../platform/metrics.ts';
import type { Found } from '../sources/failures/found.ts';
import type { ObjectAddress } from '../sources/failures/letter.ts';
import { readObject } from '../sources/failures/object.ts';
import type { Settle } from './command.ts';
import type { Container } from './container.ts';
import { stores } from './stores.ts';

export interface ObjectRange {
  readonly bucket: string;
  readonly prefix: string;
  readonly after: string | undefined;
  /** Objects written before this hold no record that arrived after it. */
  readonly since: number | undefined;
  /** Objects written from then on are left: they may be what this very replay made. */
  readonly until: number;
  readonly settle: Settle | undefined;
}

/** The tag of an object whose every record was replayed. */
const TAG = { Key: 'sluice:replayed', Value: 'true' };
/**
 * What lies in an error bucket beside dead letters: everything that came in, and what dead letters and documents point to.
 * Replayed only where the asked prefix names it.
 */
const NO_DEAD_LETTERS = ['source-backup/', 'source-backup-failed/', 'claims/', 'dead-letters/'];
/** Reads that may break off in a row without having read on. */
const MOST_BREAKS = 3;

/** Whether a key holds dead letters where nobody asked for it by name. */
export function mayHoldDeadLetters(key: string, asked = ''): boolean {
  return !NO_DEAD_LETTERS.some((folder) => key.startsWith(folder) && !asked.startsWith(folder));
}

/** The objects under a prefix, in the order of their keys. */
export async function* objectsUnder(range: ObjectRange): AsyncGenerator<Container> {
  const { aws, client } = await s3();
  let token: string | undefined;
  do {
    const page = await client.send(
      new aws.ListObjectsV2Command({
        Bucket: range.bucket,
        Prefix: range.prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(range.after === undefined ? {} : { StartAfter: range.after }),
      }),
    );
    for (const { Key: key, LastModified: modified, ETag: etag } of page.Contents ?? []) {
      const time = modified?.getTime() ?? 0;
      if (key === undefined || key.endsWith('/') || !mayHoldDeadLetters(key, range.prefix)) continue;
      if (time < (range.since ?? 0) || time >= range.until) continue;
      yield objectContainer({ bucket: range.bucket, key, etag, time }, range.settle);
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** One version of an object. */
interface Version extends ObjectAddress {
  readonly etag: string | undefined;
  readonly time: number | undefined;
}

/** The object as it is now; undefined where there is none. */
export async function objectNamed(
  { bucket, key }: ObjectAddress,
  settle: Settle | undefined,
): Promise<Container | undefined> {
  const { aws, client } = await s3();
  try {
    const head = await client.send(new aws.HeadObjectCommand({ Bucket: bucket, Key: key }));
    return objectContainer({ bucket, key, etag: head.ETag, time: head.LastModified?.getTime() }, settle);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** One object, read as a stream: its size is no matter. */
function objectContainer(version: Version, settle: Settle | undefined): Container {
  const { bucket, key, etag, time } = version;
  const address = { Bucket: bucket, Key: key };
  // A backup is somebody's backup, also when it was sent again.
  const how = settle ?? (mayHoldDeadLetters(key) ? 'remove' : 'tag');
  return {
    name: `s3://${bucket}/${key} ${(etag ?? '').replaceAll('"', '')}`,
    key,
    isSmall: false,
    time,
    letters: () => lettersOf(version),
    async settle() {
      const { aws, client } = await s3();
      if (how === 'remove') await client.send(new aws.DeleteObjectCommand(address));
      else await client.send(new aws.PutObjectTaggingCommand({ ...address, Tagging: { TagSet: [TAG] } }));
    },
    async leave() {},
  };
}

/** Reads the object; where the connection breaks off, which a slow reader's does, again from its start, past what was read. */
async function* lettersOf(version: Version): AsyncGenerator<Found> {
  let read = 0;
  for (let breaks = 0; ; ) {
    let position = 0;
    try {
      for await (const found of readObject(version.key, await bodyOf(version), stores)) {
        position += 1;
        if (position <= read) continue;
        read = position;
        breaks = 0;
        yield found;
      }
      return;
    } catch (error) {
      breaks += 1;
      if (!isBreak(error) || breaks > MOST_BREAKS) throw error;
      count('ReplayReadAgain', 1);
    }
  }
}

async function bodyOf({ bucket, key, etag }: Version): Promise<AsyncIterable<Uint8Array>> {
  const { aws, client } = await s3();
  const address = { Bucket: bucket, Key: key, ...(etag === undefined ? {} : { IfMatch: etag }) };
  const { Body: body } = await client.send(new aws.GetObjectCommand(address));
  return body as AsyncIterable<Uint8Array>;
}

/** The connection ended before the object did. */
function isBreak(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return (
    ['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(code)) || name === 'TimeoutError'
  );
}

function isGone(error: unknown): boolean {
  return error instanceof Error && ['NoSuchKey', 'NotFound', 'NoSuchBucket'].includes(error.name);
}
