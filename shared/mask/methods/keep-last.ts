import { documented } from '../../record/reference.ts';
import type { Method } from '../method.ts';
import { remembered } from '../remembered.ts';
import { checkCount, veil } from './veil.ts';

/** Values remembered, at least: a visitor's telephone number stands in many records. */
const REMEMBERED = 4096;

export const keepLast = documented<[count: number], Method>(
  {
    name: 'keepLast',
    summary:
      'Keeps the last characters and puts `*` in the place of the others. A value that is no longer than that is covered whole.',
    settings: { count: 'How many characters stay, from 1.' },
    examples: [
      { shows: 'a telephone number', args: [4], in: '{"value":"+14155552671"}', out: '{"value":"********2671"}' },
      { shows: 'a short value', args: [4], in: '{"value":"2671"}', out: '{"value":"****"}' },
      { shows: 'a number', args: [4], in: '{"value":4111111111111111}', out: '{"value":"************1111"}' },
    ],
  },
  (count) => ({
    name: 'keepLast',
    compile(compiler) {
      checkCount('keepLast', count, compiler);
      const veiled = remembered(REMEMBERED, (text) => veil(text, 'last', count));
      return { mask: ({ text }) => veiled.of(text), maskJson: () => veiled.json };
    },
  }),
);
