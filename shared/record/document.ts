import type { ByteString } from './byte-string.ts';

/** JSON text as a ByteString (UTF-8 bytes, one character each). */
export type JsonText = ByteString;

export type JsonKind = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

/** A path compiled for one pipeline: dot and bracket paths, `*` for one level, `**` for any depth (none included). */
export interface Selector {
  readonly path: string;
}

/** Remembers what a pure function makes of texts. */
export interface Memo<Value> {
  of(text: string): Value;
  /**
   * The same of the text from `start` to `end` in `source`, whose bytes stand at the same places in `bytes` (and four more
   * behind them): one that was seen before is not taken out of the source.
   */
  at(bytes: DataView, start: number, end: number, source: JsonText): Value;
}

/** One value of a document, as it stands after the steps before. Valid only until the next edit or visit. */
export interface Node {
  readonly kind: JsonKind;
  /** The value's JSON text as it stands now. */
  readonly json: JsonText;
  /** What the memo makes of `json`: cheaper where it has seen the same before. */
  recall<Value>(memo: Memo<Value>): Value;
  /** The text that the value is read in, and where in it the value's JSON text starts and ends, as it came. */
  readonly source: JsonText;
  readonly start: number;
  readonly end: number;
  /** For a string: its decoded text, in UTF-16. Undefined for every other kind. */
  readonly string: string | undefined;
  /** The path of this very value: `items[2].email`. Computed when asked for: not for the hot path. */
  readonly path: string;
  /** Bit set of what the value is and which characters it holds: see shared/json/classes.ts. */
  readonly classes: number;
  /** The member's key, decoded. Undefined for array elements and the document itself. */
  readonly key: string | undefined;
  /** Bit set of the characters of the key, as `classes` (without a kind). 0 where there is no key. */
  readonly keyClasses: number;
  /**
   * A number that stands for the key's decoded text as long as the process lives, to index caches by; always below
   * KEY_IDS of shared/json. 0: no key, or one of too many different keys: ask `key`.
   */
  readonly keyId: number;
  /** Whether the value's key, or a key above it, is not 0 in `keys` (of KEY_IDS bytes, by key id), or has no id. */
  isUnder(keys: Uint8Array): boolean;
  /** True where a path rule has dealt with the value: no detector should look at it again. */
  readonly settled: boolean;
  /** The same value, to be kept beyond the visit. */
  copy(): Node;
  /** Puts JSON text in the value's place. */
  replace(json: JsonText): void;
  /** Puts JSON text in the value's place, and marks it as dealt with. */
  settle(json: JsonText): void;
  /** Puts a JSON string (with its quotes) in the key's place. */
  rename(key: JsonText): void;
  /** Takes the value out, with its key (in an array: with its place). */
  remove(): void;
}

/** A member that a step added to a document's outermost object, and that nobody has looked into. */
export interface Added {
  /** Its value as it was put in. */
  readonly json: JsonText;
  /** Its key with quotes and colon, and its id. */
  readonly key: JsonText | undefined;
  readonly keyId: number;
}

/** Which values a visit of all of a document is for. */
export interface Wanted {
  /** Values with one of these classes (shared/json/classes.ts), as far as `passesOver` does not say otherwise. */
  readonly classes: number;
  /** By key id (of KEY_IDS bytes): values whose key is not quiet (0) are visited whatever they are. */
  readonly quiet: Uint8Array;
  /**
   * Whether a value that came with the record, and whose key is quiet, is one that nothing would be done with: asked with
   * the text it stands in, where its JSON text starts and ends there, and its classes.
   */
  passesOver(source: JsonText, start: number, end: number, classes: number, node: Node): boolean;
  /** The same of a member that a step added, before it is read. */
  skips(added: Added): boolean;
}

/**
 * One JSON document: its text, and the edits that steps lay over it. Reading never parses more than the value asked for.
 * Bytes that no step changed leave as they came.
 */
export interface Document {
  /**
   * The first value that the selector matches. Of members with the same key, the last: as JSON.parse and most readers
   * downstream take it.
   */
  get(selector: Selector): Node | undefined;
  /**
   * Calls `visit` for each value that the selector matches, in document order, each of duplicate keys included; a
   * container before what it holds. With `wanted` the values that it does not ask for may be left out, at less cost than a
   * visit.
   */
  each(selector: Selector, visit: (node: Node) => void, wanted?: Wanted): void;
  /**
   * Where the selector is a path of keys that names one string, as it came with the record and not empty: puts what `masked`
   * makes of it (of the JSON string) in its place, and marks it as dealt with. True also where the path names nothing.
   * False where it takes `each` to tell, and then nothing was done.
   */
  settleString(selector: Selector, masked: Memo<JsonText>): boolean;
  /**
   * Puts JSON text at a concrete path (no wildcards), making missing parent objects; where `get` reads. False where a
   * parent is not an object, or an array has no such index.
   */
  set(selector: Selector, json: JsonText): boolean;
  /** The whole document as it stands now. */
  text(): JsonText;
}
