import { createCipheriv } from 'node:crypto';

/**
 * FF1 of NIST SP 800-38G: a permutation of texts over an alphabet that keeps their length.
 * Checked against the sample vectors that NIST publishes with it.
 */
export interface Ff1 {
  encrypt(numerals: readonly number[], tweak: Uint8Array): number[];
  decrypt(numerals: readonly number[], tweak: Uint8Array): number[];
}

/** Fewest texts of one length that may be permuted (SP 800-38G Rev. 1, 5.1). */
export const SMALLEST_DOMAIN = 1_000_000;
const ROUNDS = 10;
const BLOCK = 16;

/** `key`: 16, 24 or 32 bytes. `radix`: characters of the alphabet, 2 to 65,536. */
export function createFf1(key: Uint8Array, radix: number): Ff1 {
  // One block at a time, ECB has no state: one cipher serves for good.
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null);
  cipher.setAutoPadding(false);
  const encipher = (block: Uint8Array) => cipher.update(block);
  return {
    encrypt: (numerals, tweak) => permute(encipher, radix, numerals, tweak, true),
    decrypt: (numerals, tweak) => permute(encipher, radix, numerals, tweak, false),
  };
}

type Encipher = (block: Uint8Array) => Buffer;

function permute(
  encipher: Encipher,
  radix: number,
  x: readonly number[],
  tweak: Uint8Array,
  forward: boolean,
): number[] {
  const n = x.length;
  const u = Math.floor(n / 2);
  const v = n - u;
  const base = BigInt(radix);
  const moduli = [base ** BigInt(u), base ** BigInt(v)] as const;
  const b = byteLength(moduli[1] - 1n);
  const first = encipher(parameters(radix, u, n, tweak.length));
  const round = (i: number, half: bigint) => roundValue(encipher, first, tweak, i, half, b);
  let left = numberOf(x.slice(0, u), base);
  let right = numberOf(x.slice(u), base);
  for (let step = 0; step < ROUNDS; step++) {
    const i = forward ? step : ROUNDS - 1 - step;
    const modulus = moduli[i % 2]!;
    if (forward) {
      const sum = (left + round(i, right)) % modulus;
      left = right;
      right = sum;
    } else {
      const difference = (((right - round(i, left)) % modulus) + modulus) % modulus;
      right = left;
      left = difference;
    }
  }
  return [...numeralsOf(left, base, u), ...numeralsOf(right, base, v)];
}

/** The block P: version, method, addition, radix, rounds, halves, lengths. */
function parameters(radix: number, u: number, n: number, tweakLength: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set([1, 2, 1]);
  block.writeUIntBE(radix, 3, 3);
  block[6] = ROUNDS;
  block[7] = u % 256;
  block.writeUInt32BE(n, 8);
  block.writeUInt32BE(tweakLength, 12);
  return block;
}

/** PRF over P and Q, drawn out to d bytes, as a number. `chained` is the cipher of P. */
function roundValue(
  encipher: Encipher,
  chained: Buffer,
  tweak: Uint8Array,
  i: number,
  half: bigint,
  b: number,
): bigint {
  const padding = (((-tweak.length - b - 1) % BLOCK) + BLOCK) % BLOCK;
  const q = Buffer.alloc(tweak.length + padding + 1 + b);
  q.set(tweak);
  q[tweak.length + padding] = i;
  writeNumber(q, half, tweak.length + padding + 1, b);
  let mac = chained;
  for (let at = 0; at < q.length; at += BLOCK) mac = encipher(xor(mac, q.subarray(at, at + BLOCK)));
  const d = 4 * Math.ceil(b / 4) + 4;
  const parts = [mac];
  for (let j = 1; parts.length * BLOCK < d; j++) {
    const counter = Buffer.alloc(BLOCK);
    counter.writeUInt32BE(j, BLOCK - 4);
    parts.push(encipher(xor(mac, counter)));
  }
  return BigInt(`0x${Buffer.concat(parts).subarray(0, d).toString('hex')}`);
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = a[i]! ^ b[i]!;
  return out;
}

/** Bytes that hold every number up to `largest`. */
function byteLength(largest: bigint): number {
  return Math.ceil(largest.toString(2).length / 8);
}

function writeNumber(target: Buffer, value: bigint, offset: number, length: number): void {
  const hex = value.toString(16).padStart(length * 2, '0');
  target.write(hex, offset, length, 'hex');
}

function numberOf(numerals: readonly number[], base: bigint): bigint {
  return numerals.reduce((sum, numeral) => sum * base + BigInt(numeral), 0n);
}

function numeralsOf(value: bigint, base: bigint, length: number): number[] {
  const numerals = new Array<number>(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    numerals[i] = Number(rest % base);
    rest /= base;
  }
  return numerals;
}
