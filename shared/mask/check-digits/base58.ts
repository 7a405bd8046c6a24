import { hash } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BYTES = 25;

/** Whether 25 bytes in base58 end with the first four of their double SHA-256 (Bitcoin's base58check). */
export function isBase58Check(text: string): boolean {
  const bytes = Buffer.alloc(BYTES);
  for (const character of text) {
    let carry = ALPHABET.indexOf(character);
    if (carry < 0) return false;
    for (let i = BYTES - 1; i >= 0; i--) {
      carry += bytes[i]! * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    if (carry !== 0) return false;
  }
  const once = hash('sha256', bytes.subarray(0, 21), 'buffer');
  return hash('sha256', once, 'buffer').compare(bytes, 21, 25, 0, 4) === 0;
}

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const BECH32 = 1;
const BECH32M = 0x2bc830a3;

/** Whether the six characters at the end are the checksum of those before them (BIP 173, BIP 350). One case only. */
export function isBech32(address: string): boolean {
  const text = address.toLowerCase();
  if (text !== address && address.toUpperCase() !== address) return false;
  const split = text.lastIndexOf('1');
  const prefix = [...text.slice(0, split)].map((c) => c.charCodeAt(0));
  const data = [...text.slice(split + 1)].map((c) => CHARSET.indexOf(c));
  if (data.length < 6 || data.includes(-1)) return false;
  const check = polymod([...prefix.map((c) => c >> 5), 0, ...prefix.map((c) => c & 31), ...data]);
  return check === BECH32 || check === BECH32M;
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((term, i) => {
      if ((top >> i) & 1) check ^= term;
    });
  }
  return check;
}
