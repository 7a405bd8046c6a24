import { describe, expect, test } from 'vitest';
import { compileFilterPattern } from '../../../local/logs/filter-pattern.ts';

const matches = (pattern: string, message: string) => compileFilterPattern(pattern)(message) !== undefined;

describe('a filter pattern', () => {
  test.each([
    ['', 'anything', true],
    ['ERROR', '[ERROR 400] BAD REQUEST', true],
    ['ERROR', '[error 400]', false],
    ['ERROR ARGUMENTS', 'ERROR in ARGUMENTS', true],
    ['ERROR ARGUMENTS', 'ERROR', false],
    ['"INTERNAL SERVER ERROR"', '[ERROR 500] INTERNAL SERVER ERROR', true],
    ['"INTERNAL SERVER ERROR"', 'INTERNAL ERROR', false],
    ['?ERROR ?WARN', 'WARN disk', true],
    ['?ERROR ?WARN', 'INFO disk', false],
    ['ERROR -Timeout', 'ERROR Timeout', false],
    ['ERROR -Timeout', 'ERROR disk', true],
    ['-INFO', 'ERROR', true],
    ['ERROR ?WARN', 'ERROR', true],
    ['%AUTHORI[ZS]ED%', 'UNAUTHORISED', true],
    ['"say \\"hi\\""', 'they say "hi" there', true],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  const event = JSON.stringify({
    type: 'Update',
    ip: '10.1.2.3',
    ok: true,
    none: null,
    status: 503,
    list: [{ id: 'x' }, 7],
    'with space': 1,
    text: '12',
  });

  test.each([
    ['{ $.type = "Update" }', true],
    ['{ $.type = Update }', true],
    ['{ $.type = "Up*" }', true],
    ['{ $.type != "Delete" }', true],
    ['{ $.missing != "Delete" }', false],
    ['{ $.ip = 10.1.* }', true],
    ['{ $.type = %^Up% }', true],
    ['{ $.status = 503 }', true],
    ['{ $.status >= 500 && $.status < 600 }', true],
    ['{ $.status > 503 || $.type = "x" }', false],
    ['{ ($.status = 1 || $.status = 503) && $.ok IS TRUE }', true],
    ['{ $.ok IS FALSE }', false],
    ['{ $.none IS NULL }', true],
    ['{ $.gone NOT EXISTS }', true],
    ['{ $.type NOT EXISTS }', false],
    ['{ $.list[0].id = "x" }', true],
    ['{ $.list[1] = 7 }', true],
    ["{ $.['with space'] = 1 }", true],
    ['{ $.text > 11 }', true],
    ['{ $.type > 1 }', false],
  ])('%s on JSON: %s', (pattern, expected) => {
    expect(matches(pattern, event)).toBe(expected);
    expect(matches(pattern, 'not json')).toBe(false);
  });

  test('in brackets reads fields, quoted and bracketed ones whole', () => {
    const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';
    const fields = compileFilterPattern('[ip, id, user, time, request = *.html*, status = 4*, bytes > 1000]')(line);
    expect(fields).toEqual({
      ip: '127.0.0.1',
      id: '-',
      user: 'frank',
      time: '10/Oct/2000:13:25:15 -0700',
      request: 'GET /index.html HTTP/1.0',
      status: '404',
      bytes: '1534',
    });
    expect(compileFilterPattern('[..., status, bytes]')(line)).toEqual({ status: '404', bytes: '1534' });
    expect(compileFilterPattern('[ip, ..., bytes < 1000]')(line)).toBeUndefined();
    expect(compileFilterPattern('[a, b]')(line)).toBeUndefined();
    expect(compileFilterPattern('[status = 404 || status = 403, ...]')('403 x y')).toEqual({ status: '403' });
  });

  test.each([
    '{ $.a = }',
    '{ $.a',
    '{ $.a ~ 1 }',
    '{ $.a > x }',
    '{ $.a IS MAYBE }',
    '[a',
    '[,]',
    '%(%',
    '{ ($.a = 1 }',
  ])('that can’t be read is refused: %s', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(/Invalid/);
  });
});
