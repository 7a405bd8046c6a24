import { hash } from 'node:crypto';

/** HMAC-SHA-256 of a text's UTF-8, under one key. */
export type Hmac = (text: string) => Buffer;

const BLOCK = 64;
const DIGEST = 32;

/**
 * HMAC (RFC 2104) as two one-shot hashes over reused buffers: a third of the time that `crypto.createHmac` takes for a
 * short text.
 */
export function createHmac(key: string): Hmac {
  const bytes = Buffer.from(key, 'utf8');
  const short = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
  const block = Buffer.alloc(BLOCK);
  short.copy(block);
  const outer = Buffer.alloc(BLOCK + DIGEST);
  let inner = Buffer.alloc(BLOCK + 1024);
  for (let i = 0; i < BLOCK; i++) {
    inner[i] = block[i]! ^ 0x36;
    outer[i] = block[i]! ^ 0x5c;
  }
  return (text) => {
    if (BLOCK + text.length * 3 > inner.length) {
      const larger = Buffer.alloc(BLOCK + text.length * 3);
      inner.copy(larger, 0, 0, BLOCK);
      inner = larger;
    }
    const length = inner.write(text, BLOCK, 'utf8');
    hash('sha256', inner.subarray(0, BLOCK + length), 'buffer').copy(outer, BLOCK);
    return hash('sha256', outer, 'buffer');
  };
}
