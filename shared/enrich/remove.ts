import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';

export const remove = documented<readonly [...paths: string[]], Step>(
  {
    name: 'remove',
    summary: 'Takes values out, each with its key.',
    settings: { paths: 'What is taken out. `*` stands for one level, `**` for any depth.' },
    examples: [
      {
        shows: 'a field, and one at any depth',
        args: ['b', '**.debug'],
        in: '{"a":{"debug":1,"c":2},"b":3}',
        out: '{"a":{"c":2}}',
      },
    ],
  },
  (...paths) => ({
    name: 'remove',
    stage: 'enrich',
    compile(compiler) {
      if (paths.length === 0) compiler.fault('no path is named');
      const selectors = paths.map((path) => compiler.selector(path));
      return {
        apply(document) {
          for (const selector of selectors) document.each(selector, (node) => node.remove());
          return undefined;
        },
      };
    },
  }),
);
