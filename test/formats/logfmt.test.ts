import { describe, expect, it } from 'vitest';
import { logfmt } from '../../shared/formats/index.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import { processorMs } from '../factories/processor-time.ts';

function read(line: string, types = {}): unknown {
  const decoded = logfmt({ types }).decode(encodeUtf8(line));
  return decoded.kind === 'documents'
    ? decodeUtf8(decoded.texts[0]!)
    : decoded.kind === 'failed'
      ? decoded.failure.code
      : decoded;
}

describe('logfmt', () => {
  it.each([
    ['a=1 b=two', '{"a":"1","b":"two"}'],
    ['a= b="" c', '{"a":"","b":"","c":true}'],
    ['  a=1\tb=2  ', '{"a":"1","b":"2"}'],
    ['msg="a \\"b\\" \\\\ \\n \\u00e9 \\x41 \\q" é=ü', '{"msg":"a \\"b\\" \\\\ \\n é A \\\\q","é":"ü"}'],
    ['u="\\ud83d\\ude00"', '{"u":"😀"}'],
    ['bad="\\xff"', '{"bad":"\\\\xff"}'],
    ['url=http://x/?a=b&c=d', '{"url":"http://x/?a=b&c=d"}'],
    ['a=1 a=2', '{"a":"1","a":"2"}'],
    ['__proto__=1', '{"__proto__":"1"}'],
    ['hello world', '{"hello":true,"world":true}'],
  ])('reads %s', (line, json) => {
    expect(read(line)).toBe(json);
  });

  it('gives declared kinds, numbers spelled as they came', () => {
    expect(read('n=1.50 b=true j="{\\"a\\": 1.0}" s=5', { n: 'number', b: 'boolean', j: 'json' })).toBe(
      '{"n":1.50,"b":true,"j":{"a": 1.0},"s":"5"}',
    );
    expect(read('n=x', { n: 'number' })).toBe('InvalidLogfmt');
  });

  it.each(['=1', 'a="b', 'a="b"c', 'a=b"c', '"a"=1', 'a = b'])('refuses %s', (line) => {
    expect(read(line)).toBe('InvalidLogfmt');
  });

  it('takes time in proportion to its input, however hostile', () => {
    for (const text of [
      `a="${'\\'.repeat(1_000_000)}`,
      `a="${'\\"'.repeat(500_000)}`,
      'a '.repeat(500_000),
      '='.repeat(1_000_000),
    ]) {
      expect(processorMs(() => read(text))).toBeLessThan(1_500);
    }
  });
});
