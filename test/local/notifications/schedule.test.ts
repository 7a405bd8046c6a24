import { describe, expect, test } from 'vitest';
import { parseSchedule } from '../../../local/notifications/schedule-expression.ts';

const at = (iso: string) => Date.parse(iso);

/** The next times after one, as ISO text to the minute. */
function times(expression: string, after: string, count: number, timeZone?: string): string[] {
  const schedule = parseSchedule(expression, at(after), timeZone);
  const found: string[] = [];
  let last: number | undefined = at(after);
  while (found.length < count) {
    last = schedule(last);
    if (last === undefined) break;
    found.push(new Date(last).toISOString().slice(0, 16));
  }
  return found;
}

describe('a schedule expression', () => {
  test.each([
    ['rate(5 minutes)', ['2026-11-08T10:20', '2026-11-08T10:25']],
    ['rate(1 hour)', ['2026-11-08T11:15', '2026-11-08T12:15']],
    ['rate(7 days)', ['2026-11-15T10:15', '2026-11-22T10:15']],
    ['cron(0 12 * * ? *)', ['2026-11-08T12:00', '2026-11-09T12:00']],
    ['cron(0/15 * * * ? *)', ['2026-11-08T10:30', '2026-11-08T10:45']],
    ['cron(15,45 9-17/4 * * ? *)', ['2026-11-08T13:15', '2026-11-08T13:45', '2026-11-08T17:15']],
    ['cron(0 18 ? * MON-FRI *)', ['2026-11-09T18:00', '2026-11-10T18:00']],
    ['cron(0 8 1 * ? *)', ['2026-12-01T08:00', '2027-01-01T08:00']],
    ['cron(0 0 L * ? *)', ['2026-11-30T00:00', '2026-12-31T00:00']],
    ['cron(0 0 15W * ? *)', ['2026-11-16T00:00', '2026-12-15T00:00', '2027-01-15T00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-11-27T00:00', '2026-12-25T00:00']],
    ['cron(0 0 ? * MON#1 *)', ['2026-12-07T00:00', '2027-01-04T00:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(30 6 ? JAN,JUL SUN 2027-2028)', ['2027-01-03T06:30', '2027-01-10T06:30']],
    ['at(2026-12-24T18:30:00)', ['2026-12-24T18:30']],
    ['at(2020-01-01T00:00:00)', []],
    ['cron(0 0 * * ? 2025)', []],
  ])('%s', (expression, expected) => {
    expect(times(expression, '2026-11-08T10:15:00Z', Math.max(expected.length, 1))).toEqual(expected);
  });

  test('follows its time zone through summer time', () => {
    expect(times('cron(30 9 * * ? *)', '2026-10-24T00:00:00Z', 3, 'Europe/Berlin')).toEqual([
      '2026-10-24T07:30',
      '2026-10-25T08:30',
      '2026-10-26T08:30',
    ]);
    expect(times('at(2026-07-01T00:00:00)', '2026-01-01T00:00:00Z', 1, 'America/New_York')).toEqual([
      '2026-07-01T04:00',
    ]);
    expect(times('cron(30 2 28-29 3 ? 2026)', '2026-03-27T00:00:00Z', 2, 'Europe/Berlin').length).toBe(2);
  });

  test.each([
    'every day',
    'rate(0 minutes)',
    'rate(5 seconds)',
    'cron(0 12 * * *)',
    'cron(0 12 * * * *)',
    'cron(60 * * * ? *)',
    'cron(0 0 ? * XYZ *)',
    'cron(5-1 * * * ? *)',
    'at(tomorrow)',
  ])('that AWS would refuse is refused: %s', (expression) => {
    expect(() => parseSchedule(expression, 0)).toThrow(/rate|cron|at\(|not valid/);
  });

  test('needs a time zone that exists', () => {
    expect(() => parseSchedule('cron(0 12 * * ? *)', 0, 'Mars/Olympus')).toThrow('Mars/Olympus');
  });
});
