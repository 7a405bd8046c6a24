import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { write } from './write.ts';

export const rename = documented<[from: string, to: string], Step>(
  {
    name: 'rename',
    summary:
      'Moves a value to another path, in place of what was there; it comes last in its new object. Without such a value nothing happens.',
    settings: { from: 'Where the value is.', to: 'Where it goes. Parent objects are made.' },
    examples: [
      {
        shows: 'a field into an object',
        args: ['uid', 'user.id'],
        in: '{"uid":12345678901234567890,"a":1}',
        out: '{"a":1,"user":{"id":12345678901234567890}}',
      },
      { shows: 'a field that is not there', args: ['x', 'y'], in: '{"a":1}', out: '{"a":1}' },
    ],
  },
  (from, to) => ({
    name: 'rename',
    stage: 'enrich',
    compile(compiler) {
      const [source, target] = [compiler.selector(from, 'concrete'), compiler.selector(to, 'concrete')];
      if (from === to) compiler.fault('both paths are the same');
      return {
        apply(document) {
          const node = document.get(source);
          if (node === undefined) return undefined;
          const json = node.json;
          node.remove();
          return write(document, target, json, 'rename');
        },
      };
    },
  }),
);
