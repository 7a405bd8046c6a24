import type { Document, Node } from '../record/document.ts';
import type { Span } from './detection/finding.ts';
import type { Context } from './detection/keywords.ts';
import type { Finds } from './detection/scan.ts';
import type { Search } from './detection/search.ts';
import type { DetectorSet } from './detection/set.ts';
import type { KnownKeys } from './known-keys.ts';
import type { CompiledMethod, Place } from './method.ts';
import type { Masking } from './settle.ts';
import type { Siblings } from './siblings.ts';

/** How documents are masked. */
export interface Policy {
  readonly set: DetectorSet;
  readonly method: CompiledMethod;
  /** Values that are no secret, though they look it. */
  allows(text: string): boolean;
  /** Whether the value at a place is to be looked at. */
  covers(place: Place): boolean;
}

/** A policy with what is known under it of keys. */
export interface Masker {
  readonly policy: Policy;
  /** By detector: what says that one of its finds stood somewhere, and how values are masked that its rules name. */
  readonly tokens: readonly string[];
  readonly maskings: readonly Masking[];
  readonly keys: KnownKeys;
  /** A look that changes nothing, and hears nothing of where a text stands. */
  readonly looking: Search;
}

/** Where the walk through one document stands. */
export interface Visit {
  readonly masker: Masker;
  document: Document;
  node: Node;
  /** What is found in the node's value, where it is known to be all of it. */
  whole: Finds | undefined;
  /** The path of the string that the document stands in; empty for a record's own. */
  base: string;
  /** The path of the value of a record's own document that all this stands in; empty for that document itself. */
  outer: string;
  /** False where keys above what is visited have not been looked at: they may say anything. */
  knowsAbove: boolean;
  /** How many texts the document stands inside of. */
  readonly depth: number;
  /** Values that say what they are together with one beside them. */
  readonly siblings: Siblings;
  readonly search: Search;
  readonly place: Context;
  /** What methods are told: a path in the record's own document, of a value and of a key. */
  readonly outerPlace: Place;
  readonly outerKey: Place;
}

/** What the method puts in the place of a find; undefined where it stays. */
export function replacementFor(
  { masker: { policy, tokens }, document, place }: Visit,
  found: string,
  span: Span,
  told: Place,
): string | undefined {
  if (policy.allows(found) || !policy.covers(place)) return undefined;
  return policy.method.mask({ text: found, kind: 'string', token: tokens[span.detector]!, place: told, document });
}
