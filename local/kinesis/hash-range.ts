/**
 * Hash keys: the MD5 of a partition key as a 128-bit number. Held as 32 hexadecimal digits, which sort as the
 * numbers do and cost no arithmetic; shown in decimal, as the API has them.
 */
import { hash } from 'node:crypto';

export interface HashRange {
  readonly start: string;
  readonly end: string;
}

const KEYS = 1n << 128n;

export function hashOfPartitionKey(partitionKey: string): string {
  return hash('md5', partitionKey, 'hex');
}

/** A decimal hash key as digits; `undefined` when it isn't one. */
export function parseHashKey(decimal: string): string | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(decimal)) return undefined;
  const key = BigInt(decimal);
  return key < KEYS ? digits(key) : undefined;
}

export function decimalHashKey(key: string): string {
  return BigInt(`0x${key}`).toString();
}

export function keyBefore(key: string): string {
  return digits(BigInt(`0x${key}`) - 1n);
}

export function keyAfter(key: string): string {
  return digits(BigInt(`0x${key}`) + 1n);
}

/** The whole key space in `count` even ranges. */
export function evenRanges(count: number): HashRange[] {
  const width = KEYS / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    start: digits(width * BigInt(index)),
    end: digits(index === count - 1 ? KEYS - 1n : width * BigInt(index + 1) - 1n),
  }));
}

function digits(key: bigint): string {
  return key.toString(16).padStart(32, '0');
}
