import { readDocument } from '../json/index.ts';
import { encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText, Node } from '../record/document.ts';
import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import { documented } from '../record/reference.ts';
import type { Step } from '../record/step.ts';
import { readMoment } from './moment.ts';
import { readQuery, readUrl } from './url.ts';
import { write } from './write.ts';

/** What a text is read as. */
export type ParseKind = 'json' | 'url' | 'queryString' | 'timestamp';

export interface ParseOptions {
  /** Path that the result is put at. Default: in place of the text. */
  readonly to?: string;
  /** What becomes of a value that can't be read so: the record fails (the default), or goes on as it is. */
  readonly whenInvalid?: 'fail' | 'skip';
}

const READERS: Readonly<Record<ParseKind, (node: Node) => JsonText | undefined>> = {
  json: ({ string }) => (string === undefined ? undefined : readJson(string)),
  url: ({ string }) => (string === undefined ? undefined : readUrl(string)),
  queryString: ({ string }) => (string === undefined ? undefined : readQuery(string)),
  timestamp: readMoment,
};

export const parse = documented<[path: string, as: ParseKind, options?: ParseOptions], Step>(
  {
    name: 'parse',
    summary:
      'Reads a value: `json` in a string; a `url` into scheme, host, port, path, query, fragment; a `queryString` into an object (a name that comes twice is an array); a `timestamp` (epoch seconds, milliseconds, microseconds or nanoseconds; RFC 3339, SQL, HTTP and access log spellings) into ISO 8601, UTC. Null, and a value that is not there, go on as they are.',
    settings: {
      path: 'Path of the value.',
      as: '`json`, `url`, `queryString` or `timestamp`.',
      to: 'Path that the result is put at. Default: in place of the value.',
      whenInvalid:
        '`fail` (the default) fails the record where the value can not be read; `skip` lets it go on as it is.',
    },
    examples: [
      {
        shows: 'JSON in a string, its number spelled as it came',
        args: ['payload', 'json'],
        in: '{"payload":"{\\"price\\": 1.0}"}',
        out: '{"payload":{"price": 1.0}}',
      },
      {
        shows: 'a URL',
        args: ['link', 'url', { to: 'page' }],
        in: '{"link":"https://shop.example:8443/a%20b?id=7&id=8#top"}',
        out: '{"link":"https://shop.example:8443/a%20b?id=7&id=8#top","page":{"scheme":"https","host":"shop.example","port":8443,"path":"/a%20b","query":{"id":["7","8"]},"fragment":"top"}}',
      },
      {
        shows: 'a query string',
        args: ['q', 'queryString'],
        in: '{"q":"?a=1&b=x+y"}',
        out: '{"q":{"a":"1","b":"x y"}}',
      },
      {
        shows: 'epoch seconds',
        args: ['at', 'timestamp'],
        in: '{"at":1789809023.187}',
        out: '{"at":"2026-09-19T09:10:23.187Z"}',
      },
      { shows: 'no time', args: ['at', 'timestamp'], in: '{"at":"soon"}', out: { failed: 'CannotParse' } },
    ],
  },
  (path, as, { to = path, whenInvalid = 'fail' } = {}) => ({
    name: 'parse',
    stage: 'enrich',
    compile(compiler) {
      const [source, target] = [compiler.selector(path, 'concrete'), compiler.selector(to, 'concrete')];
      const read = READERS[as];
      if (read === undefined) compiler.fault(`there is no ${String(as)}; known are ${Object.keys(READERS).join(', ')}`);
      const invalid = failed(permanent('CannotParse', 'enrich', `parse: the value at ${path} is no ${as}`));
      return {
        apply(document) {
          const node = document.get(source);
          if (node === undefined || node.kind === 'null') return undefined;
          const json = read(node);
          if (json === undefined) return whenInvalid === 'fail' ? invalid : undefined;
          return write(document, target, json, 'parse');
        },
      };
    },
  }),
);

/** The text between the white space, as it is. A lone surrogate can't be written outside of an escape, so it is refused. */
function readJson(text: string): JsonText | undefined {
  if (!text.isWellFormed()) return undefined;
  const document = readDocument(encodeUtf8(text));
  return 'code' in document ? undefined : document.text().trim();
}
