/**
 * Sequence numbers of AWS's look: 56 decimal digits, strictly increasing in a shard, a child's above its parents'.
 * From the top, in hexadecimal digits: a leading 2, the shard's creation (9, seconds), a counter (17), the record's
 * time (9, seconds), the shard's index (8), two zeros and a version.
 */

const LEAD = 2n << 184n;
const VERSION = 2n;
/** Digits of every number: all lie between 2 × 2^184 and 3 × 2^184. */
const DIGITS = 56;

/** What of a number stays the same within a shard. */
export function sequenceBase(createdSeconds: number, shardIndex: number): bigint {
  return LEAD | (BigInt(createdSeconds) << 148n) | (BigInt(shardIndex) << 12n) | VERSION;
}

/** The `counter`th number of a shard; 0 is the shard's starting number, before its first record. */
export function sequenceNumber(base: bigint, counter: number, timeMs: number): string {
  return (base | (BigInt(counter) << 80n) | (BigInt(Math.floor(timeMs / 1000)) << 44n)).toString();
}

export interface SequenceParts {
  readonly createdSeconds: number;
  readonly shardIndex: number;
}

/** What a number says of its shard; `undefined` when no shard here can have given it. */
export function parseSequenceNumber(number: string): SequenceParts | undefined {
  if (!/^\d{56}$/.test(number)) return undefined;
  const value = BigInt(number);
  if (value >> 184n !== 2n || (value & 0xfffn) !== VERSION) return undefined;
  return {
    createdSeconds: Number((value >> 148n) & 0xfffffffffn),
    shardIndex: Number((value >> 12n) & 0xffffffffn),
  };
}

/** Orders two numbers of any length. */
export function compareSequence(a: string, b: string): number {
  const left = a.length === DIGITS ? a : a.replace(/^0+(?=\d)/, '').padStart(DIGITS, '0');
  const right = b.length === DIGITS ? b : b.replace(/^0+(?=\d)/, '').padStart(DIGITS, '0');
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
