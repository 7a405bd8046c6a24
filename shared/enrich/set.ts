import { encodeUtf8 } from '../record/byte-string.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { write } from './write.ts';

/** A JSON value as TypeScript writes it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export const set = documented<[path: string, value: JsonValue], Step>(
  {
    name: 'set',
    summary: 'Puts a fixed value at a path, in place of what was there. Parent objects are made.',
    settings: { path: 'Where the value is put.', value: 'Any JSON value.' },
    examples: [
      { shows: 'a new field', args: ['meta.source', 'web'], in: '{"id":1}', out: '{"id":1,"meta":{"source":"web"}}' },
      { shows: 'a parent that is no object', args: ['id.x', 1], in: '{"id":1}', out: { failed: 'CannotWrite' } },
    ],
  },
  (path, value) => ({
    name: 'set',
    stage: 'enrich',
    compile(compiler) {
      const target = compiler.selector(path, 'concrete');
      const json = encodeUtf8(JSON.stringify(value) ?? 'null');
      if (value === undefined) compiler.fault('the value is undefined');
      return { apply: (document) => write(document, target, json, 'set') };
    },
  }),
);
