/** Opaque tokens handed to clients: shard iterators and pages. Signed, so that only what was given out comes back. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Tokens {
  seal(content: object): string;
  /** `undefined` for anything this account didn't give out. */
  open<T extends object>(token: string): T | undefined;
}

const SIGNATURE_BYTES = 16;

/** `purpose` keeps one kind of token from passing for another. */
export function createTokens(purpose: string): Tokens {
  const key = randomBytes(32);
  const sign = (body: Buffer): Buffer =>
    createHmac('sha256', key).update(purpose).update(body).digest().subarray(0, SIGNATURE_BYTES);
  return {
    seal(content) {
      const body = Buffer.from(JSON.stringify(content));
      return Buffer.concat([sign(body), body]).toString('base64');
    },
    open<T extends object>(token: string): T | undefined {
      const bytes = Buffer.from(token, 'base64');
      const body = bytes.subarray(SIGNATURE_BYTES);
      const signature = bytes.subarray(0, SIGNATURE_BYTES);
      if (signature.length < SIGNATURE_BYTES || !timingSafeEqual(signature, sign(body))) return undefined;
      return JSON.parse(body.toString()) as T;
    },
  };
}

/** The stream that a shard iterator is for, without asking whether this account gave it out. */
export function streamOfIterator(iterator: string): string | undefined {
  try {
    const body = Buffer.from(iterator, 'base64').subarray(SIGNATURE_BYTES);
    const { s: stream } = JSON.parse(body.toString()) as { s?: unknown };
    return typeof stream === 'string' ? stream : undefined;
  } catch {
    return undefined;
  }
}
