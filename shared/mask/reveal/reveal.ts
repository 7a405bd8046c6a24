import { createTape, encodeString, type JsonDocument, readDocuments, selectorOf } from '../../json/index.ts';
import { decodeUtf8, encodeUtf8 } from '../../record/byte-string.ts';
import type { JsonText, Node } from '../../record/document.ts';
import { MaskError } from '../method.ts';
import { open, unwrap } from '../methods/data-key.ts';
import { contextOf, MARK } from '../methods/encrypt.ts';
import { keyPath } from '../parents.ts';
import type { Secret } from '../secret.ts';

export interface RevealOptions {
  /** The pipeline that encrypted the values. */
  readonly pipeline: string;
  /** For values that were encrypted with a secret; those of KMS need none. */
  readonly key?: Secret;
}

/** Reads what `encrypt` wrote, for those who hold the key. */
export interface Revealer {
  /** One encrypted value, or a text with encrypted parts, that stood at `path`. */
  text(text: string, path: string): Promise<string>;
  /** One JSON document or several (NDJSON): every encrypted value and key in it. */
  documents(json: string): Promise<string>;
}

const ENCRYPTED = /e1\.(?:kms|k\d{1,6})\.[\w-]{16,8192}\.[\w-]{38,1000000}/g;

/** Throws a MaskError, without any value, where the key, the pipeline or the path is another. */
export function createRevealer({ pipeline, key }: RevealOptions): Revealer {
  const dataKeys = new Map<string, Promise<Buffer>>();
  const dataKeyOf = (wrapped: string): Promise<Buffer> => {
    let dataKey = dataKeys.get(wrapped);
    if (dataKey === undefined) {
      dataKey = unwrap(wrapped, pipeline, key);
      dataKeys.set(wrapped, dataKey);
    }
    return dataKey;
  };

  async function revealOne(encrypted: string, path: string): Promise<string> {
    const wrapped = encrypted.slice(MARK.length, encrypted.lastIndexOf('.'));
    const sealed = Buffer.from(encrypted.slice(encrypted.lastIndexOf('.') + 1), 'base64url');
    const dataKey = await dataKeyOf(wrapped);
    try {
      return open(dataKey, sealed, contextOf(pipeline, path)).toString('utf8');
    } catch (cause) {
      throw new MaskError(`a value at ${path} does not belong there: another path or pipeline, or changed bytes`, {
        cause,
      });
    }
  }

  async function text(source: string, path: string): Promise<string> {
    let revealed = '';
    let at = 0;
    for (const match of source.matchAll(ENCRYPTED)) {
      revealed += source.slice(at, match.index) + (await revealOne(match[0], path));
      at = match.index + match[0].length;
    }
    return revealed + source.slice(at);
  }

  async function documents(json: string): Promise<string> {
    const read: JsonDocument[] = [];
    const failure = readDocuments(encodeUtf8(json), createTape(), read);
    if (failure !== undefined) throw new MaskError(failure.message);
    const lines: string[] = [];
    for (const document of read) lines.push(await revealDocument(document, text));
    return lines.join('\n');
  }

  return { text, documents };
}

const EVERYTHING = selectorOf('**');

/** Values first: they are bound to paths with the keys as they stand. */
async function revealDocument(document: JsonDocument, reveal: Revealer['text']): Promise<string> {
  const values = await revealed(
    document,
    reveal,
    (node) => node.string,
    (path) => path,
  );
  document.each(EVERYTHING, (node) => {
    const { string } = node;
    if (string?.includes(MARK)) node.replace(values.get(`${node.path}\n${string}`)!);
  });
  const keys = await revealed(document, reveal, (node) => node.key, keyPath);
  const renames: [Node, string][] = [];
  document.each(EVERYTHING, (node) => {
    const { key } = node;
    // A path holds the keys above: they change only once every path has been asked for.
    if (key?.includes(MARK)) renames.push([node.copy(), keys.get(`${node.path}\n${key}`)!]);
  });
  for (const [node, key] of renames) node.rename(key);
  return decodeUtf8(document.text());
}

/** The texts with a mark, by path and text, revealed and as JSON strings. */
async function revealed(
  document: JsonDocument,
  reveal: Revealer['text'],
  textOf: (node: Node) => string | undefined,
  boundTo: (path: string) => string,
): Promise<ReadonlyMap<string, JsonText>> {
  const found: [path: string, text: string][] = [];
  document.each(EVERYTHING, (node) => {
    const text = textOf(node);
    if (text?.includes(MARK)) found.push([node.path, text]);
  });
  const texts = new Map<string, JsonText>();
  for (const [path, text] of found) texts.set(`${path}\n${text}`, encodeString(await reveal(text, boundTo(path))));
  return texts;
}
