import { describe, expect, it } from 'vitest';
import { accessLog } from '../../shared/formats/index.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/record/byte-string.ts';
import { processorMs } from '../factories/processor-time.ts';

const TIME = '[10/Oct/2026:13:55:36 +0000]';

function read(line: string, lines?: 'combined' | 'common'): Record<string, unknown> {
  const decoded = accessLog(lines === undefined ? {} : { lines }).decode(encodeUtf8(line));
  if (decoded.kind !== 'documents') return decoded.kind === 'failed' ? { ...decoded.failure } : { ...decoded };
  return JSON.parse(decodeUtf8(decoded.texts[0]!));
}

function request(text: string): Record<string, unknown> {
  return read(`::1 - - ${TIME} "${text}" 200 5 "-" "-"`);
}

describe('accessLog', () => {
  it.each([
    ['GET /a?b=c?d HTTP/1.1', { method: 'GET', path: '/a', query: 'b=c?d', protocol: 'HTTP/1.1' }],
    ['GET /with space HTTP/1.0', { method: 'GET', path: '/with space', query: null, protocol: 'HTTP/1.0' }],
    ['GET /old', { method: 'GET', path: '/old', query: null, protocol: null }],
    ['OPTIONS * HTTP/1.0', { method: 'OPTIONS', path: '*', query: null, protocol: 'HTTP/1.0' }],
    ['CONNECT example.org:443 HTTP/1.1', { method: 'CONNECT', path: 'example.org:443', protocol: 'HTTP/1.1' }],
    ['GET /? HTTP/2.0', { path: '/', query: '' }],
    ['GET /\\"quoted\\" HTTP/1.1', { path: '/"quoted"' }],
    ['GET /a"b HTTP/1.1', { path: '/a"b' }],
    ['GET /\\xC3\\xA9 HTTP/1.1', { path: '/é' }],
    ['GET /\\xE9 HTTP/1.1', { path: '/\\xE9' }],
    ['GET /back\\\\slash\\t HTTP/1.1', { path: '/back\\slash\t' }],
    ['-', { method: null, path: null, query: null, protocol: null }],
    ['', { method: null, path: null }],
    ['\\x16\\x03\\x01', { method: null, request: '\x16\x03\x01' }],
    ['\\x80\\x2e', { method: null, request: '\\x80\\x2e' }],
    ['HELP', { method: null, request: 'HELP' }],
    ['12 34 56', { method: null, request: '12 34 56' }],
  ])('reads the request %j', (text, fields) => {
    expect(request(text)).toMatchObject(fields);
  });

  it.each([
    ['17/May/2015:10:05:03 +0000', '2015-05-17T10:05:03Z'],
    ['31/Dec/2026:23:59:60 +0000', '2027-01-01T00:00:00Z'],
    ['01/Jan/2027:01:30:00 +0530', '2026-12-31T20:00:00Z'],
    ['29/Feb/2028:00:00:00 -0300', '2028-02-29T03:00:00Z'],
  ])('gives %s in UTC', (time, iso) => {
    expect(read(`h - - [${time}] "GET / HTTP/1.1" 200 5`)).toMatchObject({ time: iso });
  });

  it.each([
    '29/Feb/2027:00:00:00 +0000',
    '01/Foo/2027:00:00:00 +0000',
    '01/Jan/2027:24:00:00 +0000',
    '01/Jan/2027:00:00:00 +9900',
  ])('refuses the time %s', (time) => {
    expect(read(`h - - [${time}] "GET / HTTP/1.1" 200 5`)).toMatchObject({ code: 'InvalidAccessLog' });
  });

  it('tells clients and users apart', () => {
    expect(read(`::1 - john doe ${TIME} "GET / HTTP/1.1" 200 5`)).toMatchObject({
      remote_host: '::1',
      remote_user: 'john doe',
    });
    expect(read(`a.example idt - ${TIME} "GET / HTTP/1.1" - -`)).toMatchObject({
      remote_host: 'a.example',
      ident: 'idt',
      remote_user: null,
      status: null,
      bytes: null,
    });
    expect(read(`shop.example:443 203.0.113.7 - - ${TIME} "GET / HTTP/1.1" 200 5`)).toMatchObject({
      virtual_host: 'shop.example:443',
      remote_host: '203.0.113.7',
      remote_user: null,
    });
  });

  it('keeps numbers that no double holds, user agents with quotes, and what follows', () => {
    const decoded = accessLog().decode(
      `h - - ${TIME} "GET / HTTP/1.1" 200 9007199254740993 "-" "a \\"b\\" c" "1.2.3.4" 0.003`,
    );
    expect(decoded).toMatchObject({ kind: 'documents' });
    const [text] = decoded.kind === 'documents' ? decoded.texts : [];
    expect(text).toContain('"bytes":9007199254740993');
    expect(JSON.parse(text!)).toMatchObject({ referrer: null, user_agent: 'a "b" c', extra: '"1.2.3.4" 0.003' });
  });

  it('keeps a user agent that the server cut off', () => {
    expect(read(`h - - ${TIME} "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (comp`)).toMatchObject({
      user_agent: 'Mozilla/5.0 (comp',
    });
  });

  it('holds a pipeline to one kind of line where it asks for it', () => {
    const common = `h - - ${TIME} "GET / HTTP/1.1" 200 5`;
    expect(read(common, 'common')).toMatchObject({ status: 200 });
    expect(read(common, 'combined')).toMatchObject({ code: 'InvalidAccessLog' });
    expect(read(`${common} "-" "-"`, 'combined')).toMatchObject({ status: 200 });
    expect(read(`${common} "-" "-"`, 'common')).toMatchObject({ code: 'InvalidAccessLog' });
  });

  it.each([
    '',
    ' ',
    'hello',
    `h - ${TIME} "GET / HTTP/1.1" 200 5`,
    `h - - ${TIME} "GET / HTTP/1.1 200 5`,
    `h - - ${TIME} "GET / HTTP/1.1" 20 5`,
    `h - - ${TIME} "GET / HTTP/1.1" 200 05`,
    `h - - ${TIME} "GET / HTTP/1.1" 200 5x`,
  ])('refuses %j', (line) => {
    expect(['InvalidAccessLog', 'EmptyRecord']).toContain(read(line).code);
  });

  it('names the bad line of several, whatever ends them', () => {
    const good = `h - - ${TIME} "GET / HTTP/1.1" 200 5`;
    expect(accessLog().decode(`${good}\r\n\n${good}\r${good}\n`)).toMatchObject({
      kind: 'documents',
      texts: { length: 3 },
    });
    expect(accessLog().decode(`${good}\nsecret\n${good}`)).toMatchObject({
      failure: { document: 1, code: 'InvalidAccessLog' },
    });
    expect(accessLog().decode(`${good}\n\xff${good}`)).toMatchObject({ failure: { document: 1, code: 'InvalidUtf8' } });
    expect(JSON.stringify(accessLog().decode('secret'))).not.toContain('secret');
  });

  it('takes time in proportion to its input, however hostile', () => {
    const hostile = [
      '\\'.repeat(1_000_000),
      '\\"'.repeat(500_000),
      '" '.repeat(500_000),
      `a" [${'['.repeat(1_000_000)}`,
      'a '.repeat(500_000),
    ];
    for (const text of hostile) {
      expect(processorMs(() => read(`h - - ${TIME} "${text}`))).toBeLessThan(1_000);
      expect(processorMs(() => read(text))).toBeLessThan(1_000);
    }
  });
});
