import { isUtf8 } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessLog,
  cloudwatchLogs,
  csv,
  gzip,
  json,
  jsonOr,
  logfmt,
  ndjson,
  syslog,
} from '../../shared/formats/index.ts';
import { byteStringOf, bytesOf, encodeUtf8 } from '../../shared/record/byte-string.ts';
import type { InputFormat } from '../../shared/record/format.ts';
import { logEnvelope, packedEnvelopes } from '../factories/log-envelope.ts';

const table = csv({ header: ['a', 'b'], types: { b: 'number' } });
/** Formats that build their documents, each with a record that it reads. */
const BUILDING: readonly (readonly [string, InputFormat, string])[] = [
  ['csv', table, '"x ""y""\n",1.50\nz,-2e3\n'],
  ['accessLog', accessLog(), '::1 - é [10/Oct/2026:13:55:36 +0000] "GET /\\xe9?q HTTP/1.1" 200 5 "-" "a \\"b\\""\n'],
  ['syslog', syslog(), '<34>1 2003-10-11T22:14:15Z h su - - [a x="]\\]\\""] m\n<34>Oct 11 22:14:15 h su[1]: x'],
  ['logfmt', logfmt({ types: { n: 'number' } }), 'a="\\u00e9 \\xc3\\xa9" n=1 c\nd=\n'],
  [
    'cloudwatchLogs',
    cloudwatchLogs({ parseJson: true }),
    packedEnvelopes(logEnvelope(['{"a":1}', ' at', 'END RequestId: x'])),
  ],
  ['jsonOr', jsonOr(table), 'a,1\n'],
];
const ALL = [
  ...BUILDING,
  ['json', json(), '{"a":1}{"b":2}\n'],
  ['ndjson', ndjson(), '1\n2\n'],
  ['gzip', gzip(json()), '1'],
] as const;

const bytes = fc.uint8Array({ maxLength: 200 }).map(byteStringOf);
const text = fc
  .string({ unit: fc.constantFrom(...'<>[]{}"\\=, \t\n\r-:/+0159aT\u00e9\u{1f600}'), maxLength: 200 })
  .map(encodeUtf8);

/** A record with a few of its bytes exchanged, doubled or left out. */
function damaged(record: string): fc.Arbitrary<string> {
  const place = fc.tuple(
    fc.nat(record.length),
    fc.nat(3),
    fc.nat(255).map((byte) => String.fromCharCode(byte)),
  );
  return fc
    .array(place, { maxLength: 4 })
    .map((places) =>
      places.reduce((left, [at, length, put]) => left.slice(0, at) + put + left.slice(at + length), record),
    );
}

function check(format: InputFormat, data: string, built: boolean): void {
  const decoded = format.decode(data);
  if (decoded.kind === 'failed') expect(decoded.failure.message).not.toBe('');
  if (decoded.kind === 'documents' && built) {
    expect(decoded.texts.length).toBeGreaterThan(0);
    for (const document of decoded.texts) {
      expect(isUtf8(bytesOf(document))).toBe(true);
      JSON.parse(document);
    }
  }
  const pieces = format.split?.(data, 2);
  if (pieces !== undefined && decoded.kind === 'documents') {
    const again = pieces.map((piece) => format.decode(piece));
    if (built) expect(again.flatMap((part) => (part.kind === 'documents' ? part.texts : []))).toEqual(decoded.texts);
    expect(pieces.length).toBeGreaterThan(1);
  }
}

describe.each(ALL)('%s', (name, format, record) => {
  const built = BUILDING.some(([known]) => known === name);

  it('never throws, and gives valid JSON in UTF-8 or a failure', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, text, damaged(record)), (data) =>
        check(format, data, built && !(name === 'jsonOr' && /^\s*[{[]/.test(data))),
      ),
      { numRuns: 400 },
    );
  });

  it('reads the same from gzip', () => {
    fc.assert(
      fc.property(text, (data) => {
        expect(format.decode(byteStringOf(gzipSync(bytesOf(data))))).toEqual(format.decode(data));
      }),
      { numRuns: 50 },
    );
  });
});
