import { hkdfSync } from 'node:crypto';

/** A 256-bit key for one purpose, from a secret of any length (HKDF-SHA-256, RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `sluice ${purpose}`, 32));
}
