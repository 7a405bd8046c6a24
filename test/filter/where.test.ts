import { describe, expect, it } from 'vitest';
import { and, type Condition, not, or, where } from '../../shared/filter/index.ts';
import { compilePath } from '../../shared/json/index.ts';
import type { Selector } from '../../shared/record/document.ts';
import { documentOf } from '../factories/document.ts';

function faultsAnd(condition: Condition, text = '{}'): { holds: boolean; faults: string[] } {
  const faults: string[] = [];
  const test = condition.compile({
    pipeline: 'test',
    selector: (path) => compilePath(path) as Selector,
    fault: (message) => faults.push(message),
  });
  return { holds: test(documentOf(text)), faults };
}

const holds = (condition: Condition, text: string) => faultsAnd(condition, text).holds;
const a = where('a');

describe('where', () => {
  it.each([
    [a.is('x'), '{"a":"x"}', '{"a":"y"}'],
    [a.is('é'), '{"a":"\\u00e9"}', '{"a":"e"}'],
    [a.is(1), '{"a":1.0}', '{"a":"1"}'],
    [a.is(0), '{"a":-0.0}', '{"a":null}'],
    [a.is(0.1), '{"a":1e-1}', '{"a":0.2}'],
    [a.is(12345678901234567890n), '{"a":12345678901234567890}', '{"a":12345678901234567891}'],
    [a.is(true), '{"a":true}', '{"a":"true"}'],
    [a.is(null), '{"a":null}', '{}'],
    [a.is('1'), '{"a":"1"}', '{"a":1}'],
    [a.in('x', 'y'), '{"a":"y"}', '{"a":"z"}'],
    [a.in(['x', 1, false]), '{"a":false}', '{"a":0}'],
    [a.in(), '{"a":1}', '{"a":1}'],
    [a.exists(), '{"a":null}', '{"b":1}'],
    [a.matches(/^ab+$/), '{"a":"abb"}', '{"a":"ac"}'],
    [a.matches(/^4\d+$/), '{"a":4111}', '{"a":5111}'],
    [a.matches(/x/), '{"a":"x"}', '{"a":{"x":"x"}}'],
    [a.greater(10), '{"a":10.01}', '{"a":10}'],
    [a.greater(10), '{"a":"11"}', '{"a":"x11"}'],
    [a.greater(-1), '{"a":0}', '{"a":""}'],
    [a.less(10), '{"a":9}', '{"a":10}'],
    [a.less(10), '{"a":-1e5}', '{}'],
    [a.less(10), '{"a":9}', '{"a":null}'],
    [a.before('2026-01-01T00:00:00Z'), '{"a":"2025-12-31T23:59:59.999Z"}', '{"a":"2026-01-01T00:00:00Z"}'],
    [a.before('2026-01-01T00:00:00Z'), '{"a":1767225599}', '{"a":1767225600}'],
    [a.before(new Date('2026-01-01T00:00:00Z')), '{"a":1767225599999}', '{"a":1767225600000}'],
    [a.before(1767225600), '{"a":"2025-12-31T23:59:59Z"}', '{"a":"soon"}'],
    [a.after('2026-01-01T00:00:00+01:00'), '{"a":"2025-12-31T23:00:01Z"}', '{"a":"2025-12-31T23:00:00Z"}'],
    [a.cidr('10.0.0.0/8', '192.168.1.0/24'), '{"a":"192.168.1.77"}', '{"a":"192.168.2.1"}'],
    [a.cidr('10.0.0.1'), '{"a":"10.0.0.1"}', '{"a":"10.0.0.2"}'],
    [a.cidr('2001:db8::/32'), '{"a":"2001:0DB8::1"}', '{"a":"2001:db9::1"}'],
    [a.cidr('10.0.0.0/8'), '{"a":"::ffff:10.1.2.3"}', '{"a":"::ffff:11.1.2.3"}'],
    [a.cidr('0.0.0.0/0'), '{"a":"8.8.8.8"}', '{"a":"8.8.8"}'],
    [not(a.is(1)), '{}', '{"a":1}'],
    [and(a.greater(1), a.less(3)), '{"a":2}', '{"a":3}'],
    [or(a.is(1), where('b').is(1)), '{"b":1}', '{"b":2}'],
    [a.is(1).and(where('b').exists()), '{"a":1,"b":0}', '{"a":1}'],
    [a.is(1).or(a.is(2), a.is(3)), '{"a":3}', '{"a":4}'],
    [and(), '{}', ''],
    [or(), '', '{}'],
    [where('a[*].b').is(2), '{"a":[{"b":1},{"b":2}]}', '{"a":[{"b":1}]}'],
    [where('**.b').is(2), '{"x":{"y":[{"b":2}]}}', '{"x":2}'],
    [where('a["x.y"]').exists(), '{"a":{"x.y":0}}', '{"a":{"x":{"y":0}}}'],
  ] as const)('$text', (condition, yes, no) => {
    const text = condition.text;
    if (text !== 'where("a").in()' && yes !== '') expect(holds(condition, yes)).toBe(true);
    if (no !== '') expect(holds(condition, no)).toBe(false);
  });

  it('forgets where an expression with g or y stopped', () => {
    const condition = a.matches(/x/g);
    for (let time = 0; time < 3; time++) expect(holds(condition, '{"a":"xx"}')).toBe(true);
  });

  it('says what it asks, as its author wrote it', () => {
    expect(not(a.in('x', 2n).and(where('b c').matches(/y/i), a.cidr('::/0')).or(a.before('2026'))).text).toBe(
      'not(or(and(where("a").in("x", 2n), where("b c").matches(/y/i), where("a").cidr("::/0")), where("a").before("2026")))',
    );
  });

  it.each([
    [a.is(Number('12345678901234567890')), 'has lost digits: write it as a bigint'],
    [a.in(1, Number.NaN), 'NaN is no JSON number'],
    [a.before('tomorrow'), '"tomorrow" is no moment'],
    [a.after(new Date(Number.NaN)), 'is no moment'],
    [a.cidr('10.0.0.0/33'), '"10.0.0.0/33" is no network'],
    [a.cidr('10.0.0/8'), '"10.0.0/8" is no network'],
    [a.cidr('10.0.0.0/'), '"10.0.0.0/" is no network'],
    [a.cidr('::/129', '1.2.3.4'), '"::/129" is no network'],
  ])('reports what can not be meant', (condition, fault) => {
    expect(faultsAnd(condition).faults.join('\n')).toContain(fault);
  });
});
