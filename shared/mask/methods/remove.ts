import { documented } from '../../record/reference.ts';
import type { Method } from '../method.ts';

export const remove = documented<[], Method>(
  {
    name: 'remove',
    summary: 'Takes the value out, with its key; of a find inside a longer text, the find.',
    settings: {},
    examples: [{ shows: 'a path', args: [], in: '{"a":1,"value":"alice"}', out: '{"a":1}' }],
  },
  () => ({ name: 'remove', compile: () => ({ removes: true, mask: () => '' }) }),
);
