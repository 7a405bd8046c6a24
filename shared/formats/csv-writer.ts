import { createTape, readDocument, rewind, selectorOf, type Tape } from '../json/index.ts';
import { type ByteString, encodeUtf8 } from '../record/byte-string.ts';
import type { JsonText, Node } from '../record/document.ts';

/** Writes documents as CSV rows, each ended by a newline, by RFC 4180. Without a header line: S3 delivery joins records. */
export function csvWriter(
  header: readonly string[],
  delimiter: string,
): (documents: readonly JsonText[]) => ByteString {
  const selectors = header.map((name) => selectorOf(`["${name.replace(/["\\]/g, '\\$&')}"]`));
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]`);
  let tape: Tape | undefined;
  return (documents) => {
    tape ??= createTape();
    let rows = '';
    for (const text of documents) {
      rewind(tape);
      const document = readDocument(text, tape);
      if ('code' in document) throw new Error(document.message);
      rows += `${selectors.map((selector) => cellOf(document.get(selector), special)).join(delimiter)}\n`;
    }
    return rows;
  };
}

/** Null and what is missing are empty; what is nested stays JSON. */
function cellOf(node: Node | undefined, special: RegExp): ByteString {
  if (node === undefined || node.kind === 'null') return '';
  const text = node.string === undefined ? node.json : encodeUtf8(node.string);
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
