import { describe, expect, it } from 'vitest';
import { compilePath } from '../../shared/json/index.ts';
import { day, field, hour, month } from '../../shared/pipeline/index.ts';
import { safeForS3 } from '../../shared/pipeline/partition.ts';
import type { DocumentValue } from '../../shared/pipeline/value.ts';
import type { Selector } from '../../shared/record/document.ts';
import { documentOf } from '../factories/document.ts';

function readBy(value: DocumentValue, text: string): string | undefined {
  const compiled = value.compile({
    pipeline: 'test',
    selector: (path) => compilePath(path) as Selector,
    fault: () => undefined,
  });
  return compiled(documentOf(text));
}

describe('a field', () => {
  it.each([
    ['{"a":"x"}', 'x'],
    ['{"a":"\\u00e9"}', 'é'],
    ['{"a":1.50}', '1.50'],
    ['{"a":12345678901234567890}', '12345678901234567890'],
    ['{"a":true}', 'true'],
    ['{"a":null}', undefined],
    ['{"a":""}', undefined],
    ['{"a":{}}', undefined],
    ['{"a":[1]}', undefined],
    ['{}', undefined],
  ])('of %s is %s', (text, expected) => {
    expect(readBy(field('a'), text)).toBe(expected);
    expect(readBy(field('a', { default: 'none' }), text)).toBe(expected ?? 'none');
  });
});

describe('day, hour and month', () => {
  it.each([
    ['"2026-11-20T09:22:11Z"', '2026-11-20-09'],
    ['"2026-11-20T09:22:11.123456Z"', '2026-11-20-09'],
    ['"2026-11-20T09:59:59.999Z"', '2026-11-20-09'],
    ['"2026-11-20T00:30:00+01:00"', '2026-11-19-23'],
    ['"2026-12-31T23:30:00-01:00"', '2027-01-01-00'],
    ['"2026-11-20 09:22:11"', '2026-11-20-09'],
    ['"20/Nov/2026:09:22:11 +0000"', '2026-11-20-09'],
    ['1795166531', '2026-11-20-09'],
    ['1795166531123', '2026-11-20-09'],
    ['1795166531.5', '2026-11-20-09'],
    ['"1795166531123"', '2026-11-20-09'],
    ['0', '1970-01-01-00'],
    ['-1', '1969-12-31-23'],
  ])('of %s are in UTC', (text, expected) => {
    const document = `{"at":${text}}`;
    expect(readBy(hour('at'), document)).toBe(expected);
    expect(readBy(day('at'), document)).toBe(expected.slice(0, 10));
    expect(readBy(month('at'), document)).toBe(expected.slice(0, 7));
  });

  it.each([
    '"2026-13-01T00:00:00Z"',
    '"2026-02-30T00:00:00Z"',
    '"2026-11-20T24:00:01Z"',
    '"2026-11-20T09:61:00Z"',
    '"2026-11-20T09:00:61Z"',
    '"2026-11-20T09:00:00.Z"',
    '"2026-11-20T09:00:00.x1Z"',
    '"yesterday"',
    '""',
    'null',
    'true',
    '{}',
    '1e300',
    '"+102026-11-20T09:00:00Z"',
  ])('of %s are the default', (text) => {
    // One that is right, so that what was remembered of it can't help.
    expect(readBy(day('at'), '{"at":"2026-11-20T09:00:00Z"}')).toBe('2026-11-20');
    expect(readBy(day('at'), `{"at":${text}}`)).toBeUndefined();
    expect(readBy(day('at', { default: 'unknown' }), `{"at":${text}}`)).toBe('unknown');
  });
});

describe('a partition value', () => {
  it.each([
    ['view', 'view'],
    ['2026-11-20', '2026-11-20'],
    ['a.b_c-D9', 'a.b_c-D9'],
    ['a/b', 'a_b'],
    ['../../etc', '_._.._etc'],
    ['..', '_.'],
    ['a=b&c', 'a_b_c'],
    ['é', '_'],
    ['😀', '__'],
    ['a b\n', 'a_b_'],
    ['', '__HIVE_DEFAULT_PARTITION__'],
    [undefined, '__HIVE_DEFAULT_PARTITION__'],
    ['x'.repeat(300), 'x'.repeat(128)],
    [`${'x'.repeat(200)}/`, 'x'.repeat(128)],
  ])('%j is safe in an S3 key as %j', (value, expected) => {
    expect(safeForS3(value)).toBe(expected);
  });
});
