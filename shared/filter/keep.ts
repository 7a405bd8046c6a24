import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { type Condition, not } from './condition.ts';
import { drop } from './drop.ts';
import { where } from './where.ts';

export const keep = documented<[reason: string, condition: Condition], Step>(
  {
    name: 'keep',
    summary: 'Leaves out documents for which the condition does not hold: the opposite of `drop`.',
    settings: { reason: 'Why the others are left out, in a few words.', condition: 'As for `drop`.' },
    examples: [
      {
        shows: 'one that is wanted',
        args: ['not from the shop', where('site').matches(/^shop\./)],
        in: '{"site":"shop.example"}',
        out: '{"site":"shop.example"}',
      },
      {
        shows: 'one that is not',
        args: ['not from the shop', where('site').matches(/^shop\./)],
        in: '{"site":"blog.example"}',
        out: { dropped: 'not from the shop' },
      },
      {
        shows: 'one without the value',
        args: ['no order', where('orderId').exists()],
        in: '{}',
        out: { dropped: 'no order' },
      },
    ],
  },
  (reason, condition) => ({ ...drop(reason, not(condition)), name: 'keep' }),
);
