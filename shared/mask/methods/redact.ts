import { documented } from '../../record/reference.ts';
import type { Method } from '../method.ts';

export const redact = documented<[token?: string], Method>(
  {
    name: 'redact',
    summary: 'Puts a token in the place of the value: what was found (`[EMAIL]`), or `[REDACTED]` at a path.',
    settings: { token: 'Another text to put there.' },
    examples: [
      { shows: 'a path', args: [], in: '{"value":"alice"}', out: '{"value":"[REDACTED]"}' },
      { shows: 'a number', args: [], in: '{"value":42}', out: '{"value":"[REDACTED]"}' },
      {
        shows: 'all that is below',
        args: [],
        in: '{"value":{"a":["x",1,null]}}',
        out: '{"value":{"a":["[REDACTED]","[REDACTED]",null]}}',
      },
      { shows: 'a token of one’s own', args: ['***'], in: '{"value":"alice"}', out: '{"value":"***"}' },
    ],
  },
  (token) => ({ name: 'redact', compile: () => ({ mask: (value) => token ?? value.token }) }),
);
