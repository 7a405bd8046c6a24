import type { ByteString } from '../record/byte-string.ts';
import type { InputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { csv } from './csv.ts';
import { splitContent, unpacked } from './gunzip.ts';
import { jsonInput } from './json.ts';

/** A text that begins so is JSON: no row or line that pipelines read begins with a brace or bracket. */
const JSON_START = /^[ \t\r\n]*[{[]/;

export const jsonOr = documented<[other: InputFormat], InputFormat>(
  {
    name: 'jsonOr',
    summary:
      'JSON where a record begins with `{` or `[`, another format where it does not: for streams with producers of two kinds.',
    settings: { other: 'The format of records that are no JSON.' },
    examples: [
      { shows: 'a row', args: [csv({ header: ['a', 'b'] })], in: '1,2\n', out: '{"a":"1","b":"2"}' },
      { shows: 'JSON', args: [csv({ header: ['a', 'b'] })], in: ' {"a":1}', out: ' {"a":1}' },
    ],
  },
  (other) => {
    const json = jsonInput('json');
    const formatOf = (text: ByteString) => (JSON_START.test(text) ? json : other);
    return {
      name: `jsonOr(${other.name})`,
      decode: (data) => {
        const text = unpacked(data);
        return typeof text === 'string' ? formatOf(text).decode(text) : text;
      },
      split: (data, pieces) => splitContent(data, (text) => formatOf(text).split?.(text, pieces)),
    };
  },
);
