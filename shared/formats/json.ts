import type { JsonDocument } from '../json/index.ts';
import { createTape, readDocuments } from '../json/index.ts';
import type { ByteString } from '../record/byte-string.ts';
import { type InputFormat, OneText } from '../record/format.ts';
import { documented } from '../record/reference.ts';
import { splitContent, unpacked } from './gunzip.ts';
import { deal } from './text.ts';

/** A record's text as it came: the engine's scanner checks it, and finds the documents in it. */
export function jsonInput(name: string): InputFormat {
  return {
    name,
    decode: (data) => {
      const text = unpacked(data);
      return typeof text === 'string' ? new OneText(text) : text;
    },
    split: (data, pieces) => splitContent(data, (text) => splitJson(text, pieces)),
  };
}

/** The documents' own bytes, dealt out to several records. */
function splitJson(text: ByteString, pieces: number): readonly ByteString[] | undefined {
  const documents: JsonDocument[] = [];
  if (readDocuments(text, createTape(), documents) !== undefined || documents.length < 2) return undefined;
  return deal(documents, pieces).map((group) => group.map(({ from, to }) => `${text.slice(from, to)}\n`).join(''));
}

export const json = documented<[], InputFormat>(
  {
    name: 'json',
    summary:
      'JSON by RFC 8259: one document a record, or several one after the other (`{}{}`, NDJSON). One bad document fails the record, and the failure names it. Bytes that no step changes leave as they came.',
    settings: {},
    examples: [
      {
        shows: 'numbers, key order and spaces stay',
        args: [],
        in: '{"id": 1234567890123456789, "price": 1.0, "b": 1e2, "a": "\\u00e9"}',
        out: '{"id": 1234567890123456789, "price": 1.0, "b": 1e2, "a": "\\u00e9"}',
      },
      { shows: 'several documents', args: [], in: '{"n":1}{"n":2}\n{"n":3}', out: '{"n":1}\n{"n":2}\n{"n":3}' },
      { shows: 'a bad document', args: [], in: '{"n":1}\n{"n":01}', out: { failed: 'InvalidJson' } },
    ],
  },
  () => jsonInput('json'),
);
