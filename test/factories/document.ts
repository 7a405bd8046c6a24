import { createTape, type JsonDocument, readDocument } from '../../shared/json/index.ts';
import { encodeUtf8 } from '../../shared/record/byte-string.ts';

/** The document that a text holds; throws where it is not JSON. */
export function documentOf(text: string): JsonDocument {
  const read = readDocument(encodeUtf8(text), createTape());
  if ('code' in read) throw new SyntaxError(read.message);
  return read;
}
