/**
 * Frames of Amazon's event stream encoding: lengths, their CRC, headers, payload, the whole's CRC.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { crc32 } from 'node:zlib';

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream';

/** A header value of type 7: text. */
const TEXT = 7;

function encodeFrame(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
  const total = 12 + head.length + payload.length + 4;
  const frame = Buffer.allocUnsafe(total);
  frame.writeUInt32BE(total, 0);
  frame.writeUInt32BE(head.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  head.copy(frame, 12);
  payload.copy(frame, 12 + head.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, total - 4)), total - 4);
  return frame;
}

/** One event of a JSON protocol's stream. */
export function eventFrame(type: string, event: object): Buffer {
  const headers = { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' };
  return encodeFrame(headers, Buffer.from(JSON.stringify(event)));
}

/** What ends a stream with an error of the operation. */
export function exceptionFrame(code: string, message: string): Buffer {
  const headers = { ':message-type': 'exception', ':exception-type': code, ':content-type': 'application/json' };
  return encodeFrame(headers, Buffer.from(JSON.stringify({ message })));
}

function encodeHeader(name: string, value: string): Buffer {
  const key = Buffer.from(name);
  const text = Buffer.from(value);
  const head = Buffer.allocUnsafe(1 + key.length + 3);
  head.writeUInt8(key.length, 0);
  key.copy(head, 1);
  head.writeUInt8(TEXT, 1 + key.length);
  head.writeUInt16BE(text.length, 2 + key.length);
  return Buffer.concat([head, text]);
}
