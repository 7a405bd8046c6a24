import { dropped } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { and, type Condition } from './condition.ts';
import { where } from './where.ts';

export const drop = documented<[reason: string, condition: Condition], Step>(
  {
    name: 'drop',
    summary: 'Leaves out documents for which the condition holds. Each is counted under the reason.',
    settings: {
      reason: 'A few words, the same for every document: they become a dimension of a metric.',
      condition:
        '`where(path)` and `is`, `in`, `exists`, `matches`, `greater`, `less`, `before`, `after`, `cidr`; joined by `and(…)`, `or(…)`, `not(…)`, or by `.and(…)` and `.or(…)`.',
    },
    examples: [
      {
        shows: 'a value that holds',
        args: ['internal traffic', where('user.internal').is(true)],
        in: '{"user":{"internal":true}}',
        out: { dropped: 'internal traffic' },
      },
      {
        shows: 'text that looks the same',
        args: ['internal traffic', where('user.internal').is(true)],
        in: '{"user":{"internal":"true"}}',
        out: '{"user":{"internal":"true"}}',
      },
      {
        shows: 'any element of an array',
        args: ['test order', where('tags[*]').in('test', 'qa')],
        in: '{"tags":["new","qa"]}',
        out: { dropped: 'test order' },
      },
      {
        shows: 'an address of a range',
        args: ['own network', where('ip').cidr('10.0.0.0/8', '2001:db8::/32')],
        in: '{"ip":"2001:db8::7"}',
        out: { dropped: 'own network' },
      },
      {
        shows: 'two conditions',
        args: ['old', and(where('at').before('2026-01-01T00:00:00Z'), where('size').less(10))],
        in: '{"at":1767225599,"size":9.5}',
        out: { dropped: 'old' },
      },
    ],
  },
  (reason, condition) => ({
    name: 'drop',
    stage: 'filter',
    compile(compiler) {
      if (reason === '') compiler.fault('the reason is empty');
      const holds = condition.compile(compiler);
      const outcome = dropped(reason);
      return { apply: (document) => (holds(document) ? outcome : undefined) };
    },
  }),
);
