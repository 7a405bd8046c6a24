import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isGzip } from '../../shared/formats/gunzip.ts';
import { accessLog, csv, formats, gzip, json, logfmt, syslog } from '../../shared/formats/index.ts';
import { byteStringOf, bytesOf } from '../../shared/record/byte-string.ts';
import type { InputFormat } from '../../shared/record/format.ts';

function packed(...parts: readonly (string | Buffer)[]): string {
  return byteStringOf(Buffer.concat(parts.map((part) => (typeof part === 'string' ? gzipSync(part) : part))));
}

function codeOf(format: InputFormat, data: string): string {
  const decoded = format.decode(data);
  return decoded.kind === 'failed' ? decoded.failure.code : decoded.kind;
}

/** All documents, whether or not the format has taken them from one another. */
function documentsOf(format: InputFormat, data: string): string {
  const decoded = format.decode(data);
  return decoded.kind === 'documents' ? decoded.texts.join('').replaceAll('\n', '') : decoded.kind;
}

describe('gzip', () => {
  const lines: readonly (readonly [string, InputFormat, string])[] = [
    ['json', json(), '{"a":1}'],
    ['csv', csv({ header: ['a', 'b'] }), '1,2'],
    ['accessLog', accessLog(), '::1 - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 5'],
    ['syslog', syslog(), '<34>Oct 11 22:14:15 host su: hello'],
    ['logfmt', logfmt(), 'a=1'],
  ];

  it.each(lines)('is taken by %s without being told', (_, format, text) => {
    const plain = format.decode(text);
    expect(plain.kind).toBe('documents');
    expect(format.decode(packed(text))).toEqual(plain);
    expect(gzip(format).decode(packed(text))).toEqual(plain);
    expect(gzip(format).decode(text)).toEqual(plain);
  });

  it('joins several members', () => {
    expect(json().decode(packed('{"a":', '1}'))).toMatchObject({ kind: 'documents', texts: ['{"a":1}'] });
  });

  it('takes zeros after the last member for padding', () => {
    expect(json().decode(packed('1', Buffer.alloc(3)))).toMatchObject({ kind: 'documents', texts: ['1'] });
  });

  const whole = gzipSync('{"a":1}'.repeat(50));
  const damaged = Buffer.from(whole);
  damaged[damaged.length - 5]! ^= 1;
  it.each([
    ['cut in the first member', packed(whole.subarray(0, -1))],
    ['cut in a later member', packed('1', whole.subarray(0, -3))],
    ['cut in the header', packed('1', whole.subarray(0, 4))],
    ['with a wrong checksum', packed(damaged)],
    ['with text behind it', packed('1', Buffer.from('text'))],
    ['with a member behind its padding', packed('1', Buffer.alloc(4), whole)],
    ['of nothing but the magic', '\x1f\x8b'],
  ])('fails as a whole when %s', (_, data) => {
    for (const format of [json(), gzip(json()), csv({ header: ['a'] })])
      expect(codeOf(format, data)).toBe('InvalidGzip');
  });

  it('finds a bomb before it takes memory', () => {
    const bomb = byteStringOf(gzipSync(Buffer.alloc(200_000_000), { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    for (const format of [json(), formats.cloudwatchLogs()]) expect(codeOf(format, bomb)).toBe('UnpackedTooLarge');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150_000_000);
  });

  it('counts all members against the limit', () => {
    const members = packed('a'.repeat(60), 'b'.repeat(60));
    expect(codeOf(gzip(logfmt(), { maxUnpackedBytes: 100 }), members)).toBe('UnpackedTooLarge');
    expect(codeOf(gzip(logfmt(), { maxUnpackedBytes: 120 }), members)).toBe('documents');
  });

  it.each(lines)('is taken apart by %s into pieces that are packed again', (_, format, text) => {
    const whole = packed(`${text}\n${text}\n`);
    const pieces = format.split!(whole, 2)!;
    expect(pieces.map(isGzip)).toEqual([true, true]);
    expect(pieces.map((piece) => documentsOf(format, piece)).join('')).toBe(documentsOf(format, whole));
    expect(format.split!(`${text}\n${text}\n`, 2)!.map(isGzip)).toEqual([false, false]);
  });

  it('is told by its magic alone', () => {
    expect(isGzip(packed('x'))).toBe(true);
    expect(isGzip('\x1f')).toBe(false);
    expect(bytesOf('\x1f\x8b').toString('hex')).toBe('1f8b');
  });
});
