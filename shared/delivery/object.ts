import { s3 as connected } from '../platform/clients.ts';
import { bytesOf } from '../record/byte-string.ts';
import type { Destination } from './destination.ts';
import { CONFIRMED } from './entry.ts';

/** Largest object of one PutObject. https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const OBJECT_BYTES = 5 * 1024 ** 3;

/** Each entry as an object of its own, its id being the key: claim checks, dead letters too large for a message. */
export function objectDestination(bucketOf: () => string, contentType = 'application/octet-stream'): Destination {
  return {
    name: 's3',
    limits: { records: 1, bytes: OBJECT_BYTES, record: OBJECT_BYTES },
    ordered: false,
    joinBytes: 0,
    sizeOf: (entry) => entry.data.length,
    put: async ([entry], signal) => {
      const bucket = bucketOf();
      const { aws, client } = await connected();
      const command = new aws.PutObjectCommand({
        Bucket: bucket,
        Key: entry!.id,
        Body: bytesOf(entry!.data),
        ContentType: contentType,
      });
      await client.send(command, { abortSignal: signal });
      return [CONFIRMED];
    },
  };
}

/** An identity as part of an object's key. */
export function keySafe(id: string): string {
  return id.replace(/[^\w.-]/g, '-').slice(0, 300);
}
