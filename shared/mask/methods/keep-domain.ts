import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';

export const keepDomain = documented<[], Method>(
  {
    name: 'keepDomain',
    summary: 'Of an email address keeps the domain. A value that is no address fails the record.',
    settings: {},
    examples: [
      { shows: 'an address', args: [], in: '{"value":"alice@example.com"}', out: '{"value":"***@example.com"}' },
      { shows: 'no address', args: [], in: '{"value":"alice"}', out: { failed: 'MaskFailed' } },
    ],
  },
  () => ({
    name: 'keepDomain',
    compile: () => ({
      mask({ text }) {
        const at = text.lastIndexOf('@');
        if (at < 1 || at === text.length - 1) throw new MaskError('keepDomain: the value is not an email address');
        return `***${text.slice(at)}`;
      },
    }),
  }),
);
