/** Taking a body in: written to a file as it arrives, and held against every length and checksum announced. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { AwsError } from '../gateway/aws-error.ts';
import { isHangUp } from '../gateway/body.ts';
import { decodeChunked } from './aws-chunked.ts';
import { algorithmOf, type Checksum, createDigest, headerOf, verifyChecksum } from './checksum.ts';
import type { Upload } from './object-store.ts';
import { type S3Call, storageError } from './s3-call.ts';

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const LARGEST_PUT = 5 * 1024 ** 3;

export interface Received extends Upload {
  readonly checksum: Checksum | undefined;
}

/** Reads the request's body into a new file. Leaves none behind when it fails. */
export async function receiveBody(call: S3Call): Promise<Received> {
  const { headers } = call;
  const chunked = isChunked(call);
  const announced = Number(chunked ? headers['x-amz-decoded-content-length'] : headers['content-length']);
  if (announced > LARGEST_PUT) throw tooLarge();
  const trailers = new Map<string, string>();
  const source = bodyOf(call);
  const algorithm = algorithmOf(headers);
  const file = call.store.newFile();
  try {
    const written = await writeFile(file, chunked ? decodeChunked(source, trailers) : source, algorithm);
    if (Number.isFinite(announced) && written.size !== announced) throw incomplete();
    checkMd5(headers['content-md5'], written.md5);
    if (algorithm === undefined)
      return { file, size: written.size, etag: written.md5.toString('hex'), checksum: undefined };
    const value = (written.digest as Buffer).toString('base64');
    verifyChecksum(algorithm, headers[headerOf(algorithm)] ?? trailers.get(headerOf(algorithm)), value);
    const checksum = { algorithm, value, type: 'FULL_OBJECT' as const };
    return { file, size: written.size, etag: written.md5.toString('hex'), checksum };
  } catch (error) {
    await rm(file, { force: true });
    throw isHangUp(error) ? incomplete() : storageError(error);
  }
}

/** The request's bytes; its socket is left open when they aren't read to the end, since the answer goes out on it. */
export function bodyOf(call: S3Call): AsyncIterable<Buffer> {
  const { stream } = call.request;
  return stream === undefined ? oneChunk(call.request.body) : stream.iterator({ destroyOnReturn: false });
}

export function isChunked({ headers }: S3Call): boolean {
  const encoded = headers['content-encoding']
    ?.toLowerCase()
    .split(',')
    .some((each) => each.trim() === 'aws-chunked');
  return encoded === true || headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

interface Written {
  readonly size: number;
  readonly md5: Buffer;
  readonly digest: Buffer | undefined;
}

async function writeFile(
  file: string,
  source: AsyncIterable<Buffer>,
  algorithm: Checksum['algorithm'] | undefined,
): Promise<Written> {
  const md5 = createHash('md5');
  const digest = algorithm === undefined ? undefined : createDigest(algorithm);
  const handle = await open(file, 'w');
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > LARGEST_PUT) throw tooLarge();
      md5.update(chunk);
      digest?.update(chunk);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
  return { size, md5: md5.digest(), digest: digest?.digest() };
}

function checkMd5(announced: string | undefined, found: Buffer): void {
  if (announced === undefined) return;
  const bytes = Buffer.from(announced, 'base64');
  if (bytes.length !== found.length) throw new AwsError('InvalidDigest', 'The Content-MD5 you specified is not valid.');
  if (!bytes.equals(found))
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}

function tooLarge(): AwsError {
  return new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    fields: { MaxSizeAllowed: LARGEST_PUT },
  });
}
