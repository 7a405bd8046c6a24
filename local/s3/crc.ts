/** The cyclic checksums of S3 that node:zlib has not. Sources: RFC 3720 (CRC-32C), the NVM Express base specification (CRC-64/NVME). */

export interface Crc {
  update(bytes: Buffer): void;
  /** Big-endian, as S3 shows it in base64. */
  digest(): Buffer;
}

const CRC32C_POLYNOMIAL = 0x82f63b78;

const crc32cTable = lazily(() => {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1;
    table[byte] = value;
  }
  return table;
});

export function crc32c(): Crc {
  const table = crc32cTable();
  let crc = -1;
  return {
    update(bytes) {
      for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeInt32BE(~crc);
      return out;
    },
  };
}

/** 0x9a6c9329ac4bc9b5 in halves: two 32-bit numbers are much faster than one bigint. */
const CRC64_HIGH = 0x9a6c9329;
const CRC64_LOW = 0xac4bc9b5;

const crc64Table = lazily(() => {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) [h, l] = [h ^ CRC64_HIGH, l ^ CRC64_LOW];
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
});

export function crc64nvme(): Crc {
  const table = crc64Table();
  let [high, low] = [-1, -1];
  return {
    update(bytes) {
      for (const byte of bytes) {
        const at = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (table.low[at] as number);
        high = (high >>> 8) ^ (table.high[at] as number);
      }
    },
    digest() {
      const out = Buffer.alloc(8);
      out.writeInt32BE(~high, 0);
      out.writeInt32BE(~low, 4);
      return out;
    },
  };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
