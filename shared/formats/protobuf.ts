import type { ByteString } from '../record/byte-string.ts';

/** Wire types. https://protobuf.dev/programming-guides/encoding/ */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/**
 * Reads a message field by field: `next` moves on, then `field` and one of `number` and `bytes` tell what stands there.
 * Ends with `broken` set where the bytes are no message. A class, so that a field read allocates nothing.
 */
export class ProtobufReader {
  field = 0;
  number: number | undefined = undefined;
  bytes: ByteString | undefined = undefined;
  broken = false;
  readonly #message: ByteString;
  #at = 0;

  constructor(message: ByteString) {
    this.#message = message;
  }

  next(): boolean {
    this.number = undefined;
    this.bytes = undefined;
    if (this.broken || this.#at >= this.#message.length) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    const read = this.field > 0 && this.#value(tag % 8);
    if (!read || this.#at > this.#message.length) this.broken = true;
    return !this.broken;
  }

  #value(wireType: number): boolean {
    switch (wireType) {
      case VARINT:
        this.number = this.#varint();
        return true;
      case LENGTH_DELIMITED: {
        const length = this.#varint();
        this.bytes = this.#message.slice(this.#at, this.#at + length);
        this.#at += length;
        return true;
      }
      case FIXED64:
        this.#at += 8;
        return true;
      case FIXED32:
        this.#at += 4;
        return true;
      default:
        return false;
    }
  }

  /** Exact up to 2^53; a longer number is no index and no length, and is told by running past the end. */
  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#message.charCodeAt(this.#at++);
      if (Number.isNaN(byte)) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    this.#at = Number.POSITIVE_INFINITY;
    return 0;
  }
}

/** A field that holds a number. */
export function varint(field: number, value: number): ByteString {
  return number(field * 8 + VARINT) + number(value);
}

/** A field that holds bytes. */
export function lengthDelimited(field: number, bytes: ByteString): ByteString {
  return number(field * 8 + LENGTH_DELIMITED) + number(bytes.length) + bytes;
}

function number(value: number): ByteString {
  let bytes = '';
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += String.fromCharCode((rest & 0x7f) | 0x80);
  return bytes + String.fromCharCode(rest);
}
