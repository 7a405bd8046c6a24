import { describe, expect, it } from 'vitest';
import { compileTimePattern } from '../../../local/firehose/java-time.ts';
import {
  compilePrefix,
  defaultErrorPrefix,
  evaluatePrefix,
  isTooLong,
  withDefaultTime,
} from '../../../local/firehose/prefix.ts';
import { inZone, isTimeZone } from '../../../local/firehose/time-zone.ts';

const AT = Date.UTC(2026, 0, 4, 21, 5, 9, 87);
const utc = inZone(AT, 'UTC');
const evaluated = (prefix: string): string => {
  return evaluatePrefix(withDefaultTime(compilePrefix(prefix, 'Prefix')), { time: utc });
};

describe('a prefix', () => {
  it.each([
    ['', '2026/01/04/21/'],
    ['legacy', 'legacy2026/01/04/21/'],
    ['data/', 'data/2026/01/04/21/'],
    ['data/!{timestamp:yyyy}/x/', 'data/2026/x/'],
    ['!{timestamp:yyyy-MM-dd}/!{timestamp:HH}/', '2026-01-04/21/'],
    ["!{timestamp:'year='yyyy'/month='MM}/", 'year=2026/month=01/'],
    ['$weird!/', '$weird!/2026/01/04/21/'],
  ])('%j evaluates to %j', (prefix, result) => {
    expect(evaluated(prefix)).toBe(result);
  });

  it('has a new random string of 11 characters at each place', () => {
    const parts = evaluated('!{firehose:random-string}/!{firehose:random-string}/').split('/');
    expect(parts[0]).toMatch(/^[0-9a-f-]{11}$/);
    expect(parts[1]).not.toBe(parts[0]);
  });

  it('takes values from the transform, and appends the hour where it tells no time', () => {
    const prefix = compilePrefix('k=!{partitionKeyFromLambda:kind}/', 'Prefix');
    expect(prefix.lambdaKeys).toEqual(['kind']);
    const keys = { kind: 'a b' };
    expect(evaluatePrefix(withDefaultTime(prefix), { time: utc, keys })).toBe('k=a b/2026/01/04/21/');
    expect(isTooLong(prefix, { kind: 'x'.repeat(509) })).toBe(false);
    expect(isTooLong(prefix, { kind: 'x'.repeat(510) })).toBe(true);
  });

  it.each([
    ['a/!{timestamp:yyyy', 'Invalid expression usage in Prefix'],
    ['a/!{yyyy}/', 'Invalid expression usage in Prefix'],
    ['!{date:yyyy}/', 'Namespace to the left of colon (date) is an invalid keyword!'],
    ['!{firehose:uuid}/', 'Invalid conversion character used in the value of the expression in Prefix'],
    ['!{timestamp:YYYYTHH}/', 'Invalid conversion character used in the value of the expression in Prefix'],
    ['!{timestamp:}/', 'Invalid conversion character used in the value of the expression in Prefix'],
    ['!{firehose:error-output-type}/', 'Prefix must not contain any occurrence of !{firehose:error-output-type}'],
    ['x'.repeat(513), 'Length of evaluated prefix cannot be greater than 512'],
  ])('%j is refused', (prefix, message) => {
    expect(() => compilePrefix(prefix, 'Prefix')).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentException', message }),
    );
  });
});

describe('an error prefix', () => {
  const errors = (prefix: string): string =>
    evaluatePrefix(compilePrefix(prefix, 'ErrorOutputPrefix'), { time: utc, errorType: 'processing-failed' });

  it.each([
    ['e/!{firehose:error-output-type}/', 'e/processing-failed/'],
    ['e/!{timestamp:yyyy}/!{firehose:error-output-type}/', 'e/2026/processing-failed/'],
    ['errors/', 'errors/'],
  ])('%j evaluates to %j', (prefix, result) => {
    expect(errors(prefix)).toBe(result);
  });

  it('is made of the prefix where it is not given', () => {
    const made = defaultErrorPrefix(compilePrefix('data/', 'Prefix'));
    expect(evaluatePrefix(made, { time: utc, errorType: 'processing-failed' })).toBe(
      'data/processing-failed/2026/01/04/21/',
    );
  });

  it.each([
    ['e/!{timestamp:yyyy}/', 'ErrorOutputPrefix must contain at least one occurrence of !{firehose:error-output-type}'],
    [
      'e/!{partitionKeyFromLambda:kind}/!{firehose:error-output-type}/',
      "Dynamic Partitioning Namespaces can't be part of an error prefix expression",
    ],
  ])('%j is refused', (prefix, message) => {
    expect(() => compilePrefix(prefix, 'ErrorOutputPrefix')).toThrow(message);
  });
});

describe('a time pattern', () => {
  it.each([
    ['yyyy yy uuuu y', '2026 26 2026 2026'],
    ['M MM MMM MMMM MMMMM L', '1 01 Jan January J 1'],
    ['d dd D DDD', '4 04 4 004'],
    ['E EEEE EEEEE e', 'Sun Sunday S 1'],
    ['H HH h hh K k a', '21 21 9 09 9 21 PM'],
    ['m mm s ss S SSS SSSSSSSSS', '5 05 9 09 0 087 087000000'],
    ['Q QQQ QQQQ q', '1 Q1 1st quarter 1'],
    ["YYYY-'W'ww W", '2026-W02 2'],
    ['X XXX x xxx Z z', 'Z Z +00 +00:00 +0000 UTC'],
    ["yyyy''[MM]", "2026'01"],
  ])('%s', (pattern, result) => {
    expect(compileTimePattern(pattern)(utc)).toBe(result);
  });

  it.each(['T', 'P', 'yyyyMMddb', "'open", 'HHH', 'aa', '#'])('%s is refused', (pattern) => {
    expect(() => compileTimePattern(pattern)).toThrow();
  });

  it('is read by the clocks of a zone', () => {
    const format = compileTimePattern('yyyy-MM-dd-HH-mm XXX');
    expect(format(inZone(AT, 'Asia/Tokyo'))).toBe('2026-01-05-06-05 +09:00');
    expect(format(inZone(AT, 'Asia/Calcutta'))).toBe('2026-01-05-02-35 +05:30');
    expect(format(inZone(AT, 'America/New_York'))).toBe('2026-01-04-16-05 -05:00');
    expect(['UTC', 'Asia/Tokyo'].map(isTimeZone)).toEqual([true, true]);
    expect(['EST', 'Mars/Base', 'utc', '', 'Etc/GMT+3'].map(isTimeZone)).toEqual(new Array(5).fill(false));
  });
});
