import { createGunzip } from 'node:zlib';

/** The input is broken in its middle. What came before has been handed on. */
export class DamagedInput extends Error {
  override readonly name = 'DamagedInput';
}

/** A small slice of packed bytes is unpacked at a time: with zlib's best ratio (1,032) it stays under 17 MB. */
const SLICE = 16 * 1024;

/**
 * Unpacks gzip of any number of members, handing on every byte that can be unpacked before it reports damage.
 * zlib keeps back what it unpacked from the very slice that is damaged; where the source can be read again
 * (`reread`), that slice is gone through byte by byte.
 */
export async function* gunzip(
  name: string,
  source: AsyncIterable<Buffer>,
  reread?: () => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  let given = 0;
  const damage: Damage = {};
  for await (const bytes of inflate(source, damage)) {
    given += bytes.length;
    yield bytes;
  }
  if (damage.reason === undefined) return;
  if (damage.slice !== undefined && reread !== undefined) {
    yield* skipping(given, inflate(reread(), {}, damage.slice));
  }
  throw new DamagedInput(`${name} is damaged: ${damage.reason} (at about byte ${damage.at ?? 0})`);
}

interface Damage {
  reason?: string;
  /** Packed bytes gone through. */
  at?: number;
  /** Where the slice begins whose content zlib refused. */
  slice?: number;
}

/** Unpacks until the end or the damage, which it notes. From `fineFrom` on it goes byte by byte. */
async function* inflate(
  source: AsyncIterable<Buffer>,
  damage: Damage,
  fineFrom = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, void> {
  const zlib = startInflating();
  let at = 0;
  try {
    for await (const chunk of source) {
      for (let from = 0; from < chunk.length; ) {
        const size = at >= fineFrom ? 1 : Math.min(SLICE, fineFrom - at);
        const slice = chunk.subarray(from, from + size);
        yield* await zlib.write(slice);
        if (zlib.failure() !== undefined) return void Object.assign(damage, { reason: zlib.failure(), at, slice: at });
        from += slice.length;
        at += slice.length;
      }
    }
  } catch (cause) {
    return void Object.assign(damage, { reason: `it could not be read on, ${(cause as Error).message}`, at });
  }
  yield* await zlib.end();
  if (zlib.failure() !== undefined) Object.assign(damage, { reason: zlib.failure(), at });
}

/** zlib as a function from slice to unpacked pieces; nothing it unpacks is held back by a stream's buffer. */
function startInflating() {
  const stream = createGunzip();
  let unpacked: Buffer[] = [];
  let failure: string | undefined;
  stream.on('data', (bytes: Buffer) => unpacked.push(bytes));
  let resume = (): void => {};
  stream.on('end', () => resume());
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    failure = cause.code === 'Z_BUF_ERROR' ? 'the gzip is cut off' : `broken gzip, ${cause.message}`;
    resume();
  });
  const take = (): Buffer[] => {
    const taken = unpacked;
    unpacked = [];
    return taken;
  };
  return {
    failure: () => failure,
    async write(slice: Buffer): Promise<Buffer[]> {
      await new Promise<void>((resolve) => {
        resume = resolve;
        stream.write(slice, () => resolve());
      });
      return take();
    },
    async end(): Promise<Buffer[]> {
      if (failure === undefined) {
        await new Promise<void>((resolve) => {
          resume = resolve;
          stream.end();
        });
      }
      return take();
    },
  };
}

async function* skipping(bytes: number, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let left = bytes;
  for await (const chunk of source) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(left - chunk.length, 0);
  }
}
