import type { ByteString } from '../record/byte-string.ts';
import type { JsonText } from '../record/document.ts';
import type { InputFormat, OutputFormat } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { jsonInput } from './json.ts';

export interface NdjsonOptions {
  /** Writes each document on one line, whatever line breaks stood between its tokens. Default: its bytes stay as they are. */
  readonly oneLine?: boolean;
}

export const ndjson = documented<[options?: NdjsonOptions], InputFormat & OutputFormat>(
  {
    name: 'ndjson',
    summary:
      'JSON documents, each ended by a newline: as input (where it is the same as `json`) and as output, which is what S3 delivery needs, since it joins records with nothing between them.',
    settings: {
      oneLine:
        'As output, turns line breaks between the tokens of a document into spaces, for readers that take a line for a document (Athena). Default: false, bytes stay as they came.',
    },
    examples: [
      { shows: 'two documents in one record', args: [], in: '{"n":1}\r\n\n{"n":2}', out: '{"n":1}\n{"n":2}' },
      { shows: 'a document over several lines', args: [{ oneLine: true }], in: '{\n"n": 1\n}', out: '{ "n": 1 }' },
    ],
  },
  ({ oneLine = false } = {}) => ({
    ...jsonInput('ndjson'),
    encode: oneLine ? (documents) => encode(documents.map(onOneLine)) : encode,
  }),
);

function encode(documents: readonly JsonText[]): ByteString {
  return documents.length === 1 ? `${documents[0]}\n` : `${documents.join('\n')}\n`;
}

/** Inside strings a line break is always an escape, so what is found stands between tokens. */
function onOneLine(text: JsonText): JsonText {
  return text.replace(/[\r\n]/g, ' ');
}
