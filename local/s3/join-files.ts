import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { type Algorithm, createDigest } from './checksum.ts';
import type { ObjectStore, Upload } from './object-store.ts';
import { storageError } from './s3-call.ts';

export interface Piece {
  readonly file: string;
  readonly span: { readonly start?: number; readonly end?: number };
}

/** Joins files, or parts of them, into a new one. */
export async function joinFiles(
  store: ObjectStore,
  pieces: readonly Piece[],
  algorithm: Algorithm | undefined,
): Promise<Upload & { digest: string | undefined }> {
  const file = store.newFile();
  const md5 = createHash('md5');
  const digest = algorithm === undefined ? undefined : createDigest(algorithm);
  let size = 0;
  try {
    const handle = await open(file, 'w');
    try {
      for (const piece of pieces) {
        for await (const chunk of createReadStream(piece.file, {
          ...piece.span,
          highWaterMark: 1024 * 1024,
        }) as AsyncIterable<Buffer>) {
          md5.update(chunk);
          digest?.update(chunk);
          size += chunk.length;
          await handle.writeFile(chunk);
        }
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    await rm(file, { force: true });
    throw storageError(error);
  }
  return { file, size, etag: md5.digest('hex'), digest: digest?.digest().toString('base64') };
}
