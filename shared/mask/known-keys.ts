import { KEY_IDS } from '../json/index.ts';
import type { Node } from '../record/document.ts';
import { editsOfText } from './detection/hidden.ts';
import { speaksOf } from './detection/keywords.ts';
import type { Search } from './detection/search.ts';
import { applyEdits } from './edit.ts';
import { isKeyBeside, isNamingKey } from './siblings.ts';

/** What is known of a key, as bits: a rule is named so, it holds a find itself; what follows. */
const KNOWN = 1;
export const NAMED = 2;
export const FOUND = 4;
/** It holds the name of what stands beside it, or what is named so: `{"key":"password","value":"…"}`. */
export const NAMING = 8;
export const BESIDE = 16;
/** Something is to be done for the key alone. */
export const HEARD = NAMED | FOUND | BESIDE;

/** Keys come again in every record: each is examined once. By key id. */
export interface KnownKeys {
  /** 1 where nothing is to be done for the key. */
  readonly quiet: Uint8Array;
  /** 1 where the key names nothing beside it. */
  readonly nameless: Uint8Array;
  /** 1 where the key, in the path of a value, may be a keyword for it. */
  readonly speaking: Uint8Array;
  /** What is known of the value's key. */
  of(node: Node): number;
  /** The same, looked at again: of a key that has changed. */
  examine(node: Node): number;
}

/** `looking` is a search that hears nothing of where a text stands. */
export function createKnownKeys(looking: Search): KnownKeys {
  const { detectors, keyNames } = looking.set;
  const [flags, quiet, nameless, speaking] = [0, 1, 2, 3].map(() => new Uint8Array(KEY_IDS)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];

  function examine(node: Node): number {
    const { key, keyId } = node;
    if (key === undefined) return KNOWN;
    let known = KNOWN;
    const finds = editsOfText(key, looking);
    if (finds.length > 0) known |= FOUND;
    if (keyNames !== undefined) {
      if (keyNames.find(applyEdits(key, finds)).length > 0) known |= NAMED;
      if (isNamingKey(key)) known |= NAMING;
      if (isKeyBeside(key)) known |= BESIDE;
    }
    if (keyId !== 0) {
      flags[keyId] = known;
      quiet[keyId] = known & HEARD ? 0 : 1;
      nameless[keyId] = known & NAMING ? 0 : 1;
      speaking[keyId] = speaksOf(detectors, key) ? 1 : 0;
    }
    return known;
  }

  return { quiet, nameless, speaking, examine, of: (node) => flags[node.keyId]! || examine(node) };
}
