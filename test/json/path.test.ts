import { describe, expect, it } from 'vitest';
import { compilePath, selectorOf } from '../../shared/json/index.ts';
import { documentOf } from '../factories/document.ts';

const ORDER = `{
  "id": "O-1",
  "user": {"email": "a@b.c", "a.b": 1, "x[0]": 2, "*": 3, "": 4, "it's": 5},
  "items": [{"sku": "A", "tags": ["x", "y"]}, {"sku": "B"}, [1, [2]]],
  "email": null,
  "deep": {"user": {"email": "d@e.f"}}
}`;

function pathsAt(path: string, text = ORDER): string[] {
  const found: string[] = [];
  documentOf(text).each(selectorOf(path), (node) => {
    found.push(node.path);
  });
  return found;
}

describe('a path', () => {
  it.each([
    ['id', ['id']],
    ['user.email', ['user.email']],
    ['user["a.b"]', ['user["a.b"]']],
    ["user['a.b']", ['user["a.b"]']],
    ['["user"].email', ['user.email']],
    ['user["x[0]"]', ['user["x[0]"]']],
    ['user["*"]', ['user["*"]']],
    ['user[""]', ['user[""]']],
    ['user["it\'s"]', ['user["it\'s"]']],
    ["user['it\\'s']", ['user["it\'s"]']],
    ['items[0].sku', ['items[0].sku']],
    ['items[1].sku', ['items[1].sku']],
    ['items[2][1][0]', ['items[2][1][0]']],
    ['items[9]', []],
    ['items.0', []],
    ['user[0]', []],
    ['id.x', []],
    ['nowhere', []],
    ['items[*].sku', ['items[0].sku', 'items[1].sku']],
    ['items.*.sku', ['items[0].sku', 'items[1].sku']],
    ['*.email', ['user.email']],
    ['*.*.email', ['deep.user.email']],
    ['items[*].tags[*]', ['items[0].tags[0]', 'items[0].tags[1]']],
    ['**.email', ['user.email', 'email', 'deep.user.email']],
    ['**.user.email', ['user.email', 'deep.user.email']],
    ['**.user.**.email', ['user.email', 'deep.user.email']],
    ['deep.**', ['deep', 'deep.user', 'deep.user.email']],
    ['deep.**.email', ['deep.user.email']],
    ['**.**.email', ['user.email', 'email', 'deep.user.email']],
    ['**[1]', ['items[1]', 'items[0].tags[1]', 'items[2][1]'].sort()],
  ])('%s finds its values', (path, expected) => {
    expect(pathsAt(path).sort()).toEqual([...expected].sort());
  });

  it('finds every value with **, the document first', () => {
    expect(pathsAt('**', '{"a":[1,{"b":2}]}')).toEqual(['', 'a', 'a[0]', 'a[1]', 'a[1].b']);
    expect(pathsAt('**', '"text"')).toEqual(['']);
  });

  it('finds its values in document order, and each but once', () => {
    expect(pathsAt('**.a.**.b', '{"a":{"a":{"b":1}}}')).toEqual(['a.a.b']);
    expect(pathsAt('**.x', '{"b":{"x":1},"a":{"x":2},"x":3}')).toEqual(['b.x', 'a.x', 'x']);
  });

  it('is written by a node so that it can be read again', () => {
    for (const path of pathsAt('**').filter((one) => one !== '')) expect(pathsAt(path)).toEqual([path]);
  });

  it.each([
    ['', 'a path is empty'],
    ['.a', 'a name is missing at 0'],
    ['a.', 'a name is missing at 2'],
    ['a..b', 'a name is missing at 2'],
    ['a[', '"[" at 1 is not closed'],
    ['a[x]', '[…] at 1 holds neither an index, nor *, nor a quoted key'],
    ['a[-1]', '[…] at 1 holds neither an index'],
    ['a[01]', '[…] at 1 holds neither an index'],
    ['a[]', '[…] at 1 holds neither an index'],
    ['a["b]', 'the quoted key at 1 is not closed'],
    ['a["b"', 'the quoted key at 1 is not closed'],
    ['a[0]b', 'expected "." or "[" at 4'],
    ['a.b*', '"*" stands for a whole level'],
    ['a.***', '"*" stands for a whole level'],
    ['a]', 'a key with brackets or quotes is written'],
    [Array.from({ length: 31 }, () => 'a').join('.'), 'more than 30 segments'],
  ])('%j is refused', (path, fault) => {
    const compiled = compilePath(path);
    expect('fault' in compiled && compiled.fault).toContain(fault);
  });
});

describe('keys', () => {
  it('are matched after their escapes are read', () => {
    expect(documentOf('{"\\u0065mail":1}').get(selectorOf('email'))?.json).toBe('1');
    expect(documentOf('{"caf\\u00e9":1}').get(selectorOf('café'))?.json).toBe('1');
    expect(documentOf('{"café":1}').get(selectorOf('café'))?.json).toBe('1');
    expect(documentOf('{"\\ud83d\\ude00":1}').get(selectorOf('["😀"]'))?.json).toBe('1');
    expect(documentOf('{"a\\"b":1}').get(selectorOf("['a\"b']"))?.json).toBe('1');
  });

  it('may be half a surrogate pair', () => {
    expect(documentOf('{"\\ud800":1,"\\udc00":2}').get(selectorOf('["\udc00"]'))?.json).toBe('2');
  });

  it('named like members of Object.prototype are keys like any other', () => {
    const document = documentOf('{"__proto__":{"constructor":1},"toString":2}');
    expect(document.get(selectorOf('__proto__.constructor'))?.json).toBe('1');
    expect(document.get(selectorOf('toString'))?.json).toBe('2');
    expect(document.get(selectorOf('hasOwnProperty'))).toBeUndefined();
    expect(documentOf('{}').get(selectorOf('__proto__'))).toBeUndefined();
  });

  it('that come twice: get and set take the last, each takes both', () => {
    const text = '{"a":1,"b":{"c":1},"a":2,"b":{"c":2,"c":3}}';
    expect(documentOf(text).get(selectorOf('a'))?.json).toBe('2');
    expect(documentOf(text).get(selectorOf('b.c'))?.json).toBe('3');
    expect(pathsAt('b.c', text)).toHaveLength(3);
    const document = documentOf(text);
    document.set(selectorOf('b.c'), '9');
    expect(document.text()).toBe('{"a":1,"b":{"c":1},"a":2,"b":{"c":2,"c":9}}');
  });

  it('beyond any number are still found, when there are too many to give each an id', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `key-${index}`);
    const text = `{${keys.map((key, index) => `"${key}":${index}`).join(',')}}`;
    const document = documentOf(text);
    expect(document.get(selectorOf('key-19999'))?.json).toBe('19999');
    expect(document.get(selectorOf('key-7'))?.json).toBe('7');
    expect(document.get(selectorOf('key-20000'))).toBeUndefined();
    document.each(selectorOf('key-19998'), (node) => node.remove());
    expect(document.text()).toBe(text.replace('"key-19998":19998,', ''));
    expect(documentOf(`{"${'k'.repeat(500)}":1}`).get(selectorOf('k'.repeat(500)))?.json).toBe('1');
  });
});
