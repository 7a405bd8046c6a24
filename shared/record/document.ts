import type { ByteString } from './byte-string.ts';

/** JSON text as a ByteString (UTF-8 bytes, one character each). */
export type JsonText = ByteString;

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** A path compiled for one pipeline: dot and bracket paths, `*` for one level, `**` for any depth. */
export interface Selector {
  readonly path: string;
}

/** One value of a document, as it stands after the steps before. Valid only until the next edit or visit. */
export interface Node {
  readonly kind: JsonKind;
  /** The value's JSON text as it stands now. */
  readonly json: JsonText;
  /** For a string: its decoded text, in UTF-16. Undefined for every other kind. */
  readonly string: string | undefined;
  /** The path of this very value: `items[2].email`. Computed when asked for: not for the hot path. */
  readonly path: string;
  /** Puts JSON text in the value's place. */
  replace(json: JsonText): void;
  /** Takes the value out, with its key (in an array: with its place). */
  remove(): void;
}

/**
 * One JSON document: its text, and the edits that steps lay over it. Reading never parses more than the value asked for.
 * Bytes that no step changed leave as they came.
 */
export interface Document {
  /** The first value that the selector matches. */
  get(selector: Selector): Node | undefined;
  /** Calls `visit` for each value that the selector matches, in document order. */
  each(selector: Selector, visit: (node: Node) => void): void;
  /** Puts JSON text at a concrete path (no wildcards), making missing parent objects. False where a parent is not an object. */
  set(selector: Selector, json: JsonText): boolean;
  /** The whole document as it stands now. */
  text(): JsonText;
}
