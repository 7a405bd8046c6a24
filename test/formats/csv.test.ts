import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from '../../shared/formats/index.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import { processorMs } from '../factories/processor-time.ts';

const header = ['id', 'name', 'price'] as const;
const format = csv({ header, types: { price: 'number' } });

function rowsOf(text: string, of = format): unknown {
  const decoded = of.decode(encodeUtf8(text));
  return decoded.kind === 'documents' ? decoded.texts.map((json) => decodeUtf8(json)) : decoded;
}

describe('csv', () => {
  it.each([
    ['21.50', '21.50'],
    ['-0', '-0'],
    ['1e2', '1e2'],
    ['12345678901234567890', '12345678901234567890'],
    [' 7 ', '7'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['-.5e3', '-0.5e3'],
    ['007', '7'],
    ['', 'null'],
  ])('reads the number %j as %s', (cell, json) => {
    expect(rowsOf(`a,b,${cell}\n`)).toEqual([`{"id":"a","name":"b","price":${json}}`]);
  });

  it.each(['NaN', '1,5'.replace(',', ';'), '0x10', '1 2', '.', '-', 'e5', '1e', '--1'])(
    'refuses %j as a number',
    (cell) => {
      expect(rowsOf(`a,b,1\na,b,${cell}\n`)).toMatchObject({
        failure: { code: 'InvalidCell', document: 1, message: 'document 1: the cell of column price is no number' },
      });
    },
  );

  it('reads quotes, doubled quotes, delimiters and line breaks inside quotes, with any line end', () => {
    expect(rowsOf('"a","x ""y"", z",1\r\nb,"two\r\nlines",2\rc,,3')).toEqual([
      '{"id":"a","name":"x \\"y\\", z","price":1}',
      '{"id":"b","name":"two\\r\\nlines","price":2}',
      '{"id":"c","name":"","price":3}',
    ]);
  });

  it('takes a quote inside a bare cell as it is', () => {
    expect(rowsOf('a,5" disk,1')).toEqual(['{"id":"a","name":"5\\" disk","price":1}']);
  });

  it('skips the header wherever it comes, blank lines and a byte order mark', () => {
    expect(rowsOf('\ufeffid,name,price\n\na,b,1\n\r\n"id","name","price"\nc,d,2\n')).toEqual([
      '{"id":"a","name":"b","price":1}',
      '{"id":"c","name":"d","price":2}',
    ]);
    expect(rowsOf('id,name,price\n')).toEqual({ kind: 'dropped', reason: 'header line', documents: 1 });
  });

  it.each([
    ['a,b\n', 'WrongColumnCount', 'document 0: the row has 2 cells, the header has 3'],
    ['a,b,1\nc,d,2,x\n', 'WrongColumnCount', 'document 1: the row has 4 cells, the header has 3'],
    ['a,"b,1\n', 'InvalidCsv', 'document 0: a quoted cell is never closed'],
    ['a,"b"c,1\n', 'InvalidCsv', 'document 0: cell 1 goes on after its closing quote'],
    ['', 'EmptyRecord', 'the record is empty'],
    ['\n\r\n', 'EmptyRecord', 'the record is empty'],
  ])('fails %j with %s', (text, code, message) => {
    expect(rowsOf(text)).toMatchObject({ kind: 'failed', failure: { code, message, retryable: false } });
  });

  it('names the row that is not UTF-8, and never quotes it', () => {
    expect(format.decode('a,b,1\nc,\xff\xfe,2\n')).toMatchObject({
      failure: { code: 'InvalidUtf8', message: 'document 1: the row is not UTF-8' },
    });
  });

  it('reads other delimiters and kinds', () => {
    const tabs = csv({
      header: ['on', 'tags', 'note'],
      delimiter: '\t',
      types: { on: 'boolean', tags: 'json' },
      empty: 'out',
    });
    expect(rowsOf('yes\t[1, {"a":2.0}]\t\n0\t\tx\n', tabs)).toEqual([
      '{"on":true,"tags":[1, {"a":2.0}]}',
      '{"on":false,"note":"x"}',
    ]);
    expect(rowsOf('1,\n', csv({ header: ['a', 'b'], empty: 'null' }))).toEqual(['{"a":"1","b":null}']);
    expect(rowsOf('yes\t{\tx\n', tabs)).toMatchObject({ failure: { code: 'InvalidCell' } });
  });

  it('tells all mistakes of its settings at once', () => {
    expect(() => csv({ header: ['a', 'a'], delimiter: ';;', types: { b: 'number' } as never })).toThrow(
      'csv: header names a twice; delimiter must be one ASCII character, and no quote or line break; types names b, which header does not',
    );
  });

  it('takes rows apart into records of the same format', () => {
    const text = 'id,name,price\na,"two\nlines",1\nb,b,2\nc,c,3\n';
    expect(format.split!(text, 2)).toEqual(['a,"two\nlines",1\n', 'b,b,2\nc,c,3\n']);
    expect(format.split!(text, 99)).toHaveLength(3);
    expect(format.split!('a,b,1\n', 2)).toBeUndefined();
    expect(format.split!('a,"b\n', 2)).toBeUndefined();
  });

  it('writes what it reads', () => {
    const anything = csv({ header: ['a', 'b.c'] });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), { minLength: 1 }), (rows) => {
        const texts = rows.map(([a, b]) => encodeUtf8(JSON.stringify({ a, 'b.c': b })));
        fc.pre(rows.every(([a, b]) => a.trim() !== 'a' || b.trim() !== 'b.c'));
        const read = anything.decode(anything.encode(texts));
        expect(read).toEqual({ kind: 'documents', texts });
      }),
      { numRuns: 300 },
    );
  });

  it('writes nested values as JSON, and nothing for null', () => {
    const writer = csv({ header: ['n', 'o', 'x', 'missing'], delimiter: ';' });
    expect(writer.encode(['{"o":{"a": 1.0},"n":1e2,"x":null}'])).toBe('1e2;"{""a"": 1.0}";;\n');
  });

  it('takes time in proportion to its input, however hostile', () => {
    for (const text of [
      '"'.repeat(1_000_000),
      '"a""'.repeat(250_000),
      ','.repeat(1_000_000),
      `a,b,${'0'.repeat(1_000_000)}x`,
    ]) {
      const spent = processorMs(() => expect(format.decode(text).kind).toBe('failed'));
      expect(spent).toBeLessThan(1_500);
    }
  });
});
