import { dropped } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { keyAt } from './key.ts';

const DUPLICATE = dropped('duplicate');

export const dedupe = documented<[by: string], Step>(
  {
    name: 'dedupe',
    summary:
      'Leaves out documents whose value at the path was seen before in the same batch. Documents without it all stay. Across batches, see the consumer’s table of duplicates.',
    settings: { by: "The path of what tells documents apart, such as an event's id." },
    examples: [
      { shows: 'the first of its kind', args: ['id'], in: '{"id":1}', out: '{"id":1}' },
      { shows: 'the same id twice in a record', args: ['id'], in: '{"id":1}\n{"id":1}', out: '{"id":1}' },
      { shows: 'no id', args: ['id'], in: '{"a":1}\n{"a":1}', out: '{"a":1}\n{"a":1}' },
    ],
  },
  (by) => ({
    name: 'dedupe',
    stage: 'filter',
    compile(compiler) {
      const selector = compiler.selector(by, 'concrete');
      const seen = new Set<string>();
      let of: number | undefined;
      return {
        apply(document, { batch }) {
          if (batch !== of) seen.clear();
          of = batch;
          const value = keyAt(document, selector);
          if (value === undefined) return undefined;
          if (seen.has(value)) return DUPLICATE;
          seen.add(value);
          return undefined;
        },
      };
    },
  }),
);
