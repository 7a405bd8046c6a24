import { s3 } from '../platform/clients.ts';
import { readObject } from '../sources/failures/object.ts';
import type { Settle } from './command.ts';
import type { Container } from './container.ts';

export interface ObjectRange {
  readonly bucket: string;
  readonly prefix: string;
  readonly after: string | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly settle: Settle;
}

/** The tag of an object whose every record was replayed. */
const TAG = { Key: 'sluice:replayed', Value: 'true' };

/** The objects under a prefix, in the order of their keys. */
export async function* objectsUnder(range: ObjectRange): AsyncGenerator<Container & { readonly key: string }> {
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
    for (const { Key: key, LastModified: modified } of page.Contents ?? []) {
      const time = modified?.getTime() ?? 0;
      if (key === undefined || key.endsWith('/')) continue;
      if (time < (range.since ?? 0) || time >= (range.until ?? Number.POSITIVE_INFINITY)) continue;
      yield { ...objectContainer(range.bucket, key, range.settle), key };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

/** One object, read as a stream: its size is no matter. */
export function objectContainer(bucket: string, key: string, settle: Settle): Container {
  const address = { Bucket: bucket, Key: key };
  return {
    name: `s3://${bucket}/${key}`,
    async *letters() {
      const { aws, client } = await s3();
      const { Body: body } = await client.send(new aws.GetObjectCommand(address));
      yield* readObject(key, body as AsyncIterable<Uint8Array>);
    },
    async settle() {
      const { aws, client } = await s3();
      if (settle === 'remove') await client.send(new aws.DeleteObjectCommand(address));
      else await client.send(new aws.PutObjectTaggingCommand({ ...address, Tagging: { TagSet: [TAG] } }));
    },
    async leave() {},
  };
}
