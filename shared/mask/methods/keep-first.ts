import { documented } from '../../record/reference.ts';
import type { Method } from '../method.ts';
import { checkCount, veil } from './veil.ts';

export const keepFirst = documented<[count: number], Method>(
  {
    name: 'keepFirst',
    summary:
      'Keeps the first characters and puts `*` in the place of the others. A value that is no longer than that is covered whole.',
    settings: { count: 'How many characters stay, from 1.' },
    examples: [
      { shows: 'a postcode', args: [2], in: '{"value":"90210"}', out: '{"value":"90***"}' },
      { shows: 'a short value', args: [4], in: '{"value":"abc"}', out: '{"value":"***"}' },
    ],
  },
  (count) => ({
    name: 'keepFirst',
    compile(compiler) {
      checkCount('keepFirst', count, compiler);
      return { mask: ({ text }) => veil(text, 'first', count) };
    },
  }),
);
