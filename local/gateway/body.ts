import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { AwsError } from './aws-error.ts';

const NOTHING = Buffer.alloc(0);
const decompressors = { gzip: promisify(gunzip), br: promisify(brotliDecompress) };

/** Reads a whole body, refusing more than `most` bytes before it is held. */
export async function readBody(source: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  if (chunks.length === 0) return NOTHING;
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

/** Undoes Content-Encoding: gzip, which SDKs put on large requests. `most` bounds what comes out. */
export async function decompressBody(body: Buffer, encoding: string | undefined, most: number): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase();
  if (name !== 'gzip' && name !== 'br') return body;
  try {
    return await decompressors[name](body, { maxOutputLength: most });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(most);
    throw new AwsError('SerializationException', `The request's body is not valid ${name}.`, { cause });
  }
}

function tooLarge(most: number): AwsError {
  return new AwsError('RequestEntityTooLargeException', `The request's body is larger than ${most} bytes.`, {
    status: 413,
  });
}

/** Whether an error says that the client broke off while its body was read. */
export function isHangUp(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  return ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR'].includes(code);
}
