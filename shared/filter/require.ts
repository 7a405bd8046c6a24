import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';

const required = documented<readonly string[], Step>(
  {
    name: 'require',
    summary:
      'Fails documents that lack one of these values; null counts as lacking, an empty string does not. The failure names the paths.',
    settings: { paths: 'What every document must have. Of a path with wildcards, one value is enough.' },
    examples: [
      {
        shows: 'a document that has all',
        args: ['id', 'user.name'],
        in: '{"id":1,"user":{"name":""}}',
        out: '{"id":1,"user":{"name":""}}',
      },
      {
        shows: 'one that lacks a value',
        args: ['id', 'user.name'],
        in: '{"id":1,"user":{}}',
        out: { failed: 'MissingField' },
      },
      { shows: 'null', args: ['id'], in: '{"id":null}', out: { failed: 'MissingField' } },
      { shows: 'an element', args: ['items[*].sku'], in: '{"items":[{},{"sku":1}]}', out: '{"items":[{},{"sku":1}]}' },
    ],
  },
  (...paths) => ({
    name: 'require',
    stage: 'filter',
    compile(compiler) {
      if (paths.length === 0) compiler.fault('it names no path');
      const selectors = paths.map((path) => compiler.selector(path));
      return {
        apply(document) {
          let missing: string[] | undefined;
          for (const selector of selectors) {
            const node = document.get(selector);
            if (node !== undefined && node.kind !== 'null') continue;
            missing ??= [];
            missing.push(selector.path);
          }
          if (missing === undefined) return undefined;
          return failed(permanent('MissingField', 'filter', `the document has no ${missing.join(', ')}`));
        },
      };
    },
  }),
);

export { required as require };
