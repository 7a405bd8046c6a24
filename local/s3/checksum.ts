/** Checksums that clients send with a body, in a header or a trailer, and ask back. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AwsRequest } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { type Crc, crc32c, crc64nvme } from './crc.ts';

export type Algorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64; of a composite with `-<parts>`. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

export const ALGORITHMS: readonly Algorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

export function headerOf(algorithm: Algorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The response's member and header for a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [headerOf(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

export function createDigest(algorithm: Algorithm): Crc {
  switch (algorithm) {
    case 'CRC32':
      return zlibCrc32();
    case 'CRC32C':
      return crc32c();
    case 'CRC64NVME':
      return crc64nvme();
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
    }
  }
}

function zlibCrc32(): Crc {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(value);
      return out;
    },
  };
}

/** The algorithm that a request names: by a checksum header, by its trailer, or by asking for one. */
export function algorithmOf(headers: AwsRequest['headers']): Algorithm | undefined {
  const trailer = headers['x-amz-trailer']?.toLowerCase() ?? '';
  const named = (headers['x-amz-sdk-checksum-algorithm'] ?? headers['x-amz-checksum-algorithm'])?.toUpperCase();
  const found = ALGORITHMS.find((each) => headers[headerOf(each)] !== undefined || trailer.includes(headerOf(each)));
  return found ?? ALGORITHMS.find((each) => each === named);
}

/** Holds what arrived against what was announced. */
export function verifyChecksum(algorithm: Algorithm, announced: string | undefined, found: string): void {
  if (announced === undefined || announced === found) return;
  throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** The checksum over the parts' checksums. */
export function compositeChecksum(algorithm: Algorithm, parts: readonly string[]): Checksum {
  const digest = createDigest(algorithm);
  for (const part of parts) digest.update(Buffer.from(part, 'base64'));
  return { algorithm, value: `${digest.digest().toString('base64')}-${parts.length}`, type: 'COMPOSITE' };
}
