import type { AnchorRule, ChainRule, Detector, DigitsRule, PrefixRule, WordRule } from '../detector.ts';
import { compileKeyNames, type KeyNames } from './key-names.ts';
import { BETWEEN } from './key-value.ts';
import { createShapes, type Shapes } from './shapes.ts';

/** A rule, and the number of its detector in the set. */
export interface Bound<R> {
  readonly rule: R;
  readonly detector: number;
}

/** Kinds of character that the scan tells apart. */
export const DIGIT = 1;
export const LETTER = 2;
export const ANCHOR = 4;

/** First runs longer than this are one length to the tables. */
const LONGEST = 63;

/** Detectors compiled for the scan: tables that tell from a few characters which rules to try. */
export interface DetectorSet {
  readonly detectors: readonly Detector[];
  /** Kind of each ASCII character. */
  readonly kinds: Uint8Array;
  /** Word rules by kind of the first run (DIGIT, LETTER or both) and length: see `wordsAt`. */
  readonly words: readonly (readonly Bound<WordRule>[] | undefined)[];
  /** For each pair of ASCII characters the number of a list in `prefixes`, 0 for none. */
  readonly prefixAt: Uint8Array;
  readonly prefixes: readonly (readonly Bound<PrefixRule>[])[];
  readonly anchors: readonly (readonly Bound<AnchorRule>[] | undefined)[];
  readonly shapes: Shapes;
  readonly chains: readonly Bound<ChainRule>[];
  /** Names that tell what a value is; undefined where no detector of the set goes by names. */
  readonly keyNames: KeyNames | undefined;
}

export function wordSlot(kind: number, length: number): number {
  return kind * (LONGEST + 1) + (length > LONGEST ? LONGEST : length);
}

export function compileSet(detectors: readonly Detector[]): DetectorSet {
  const words: Bound<WordRule>[][] = [];
  const prefixes: Bound<PrefixRule>[][] = [[]];
  const prefixAt = new Uint8Array(128 * 128);
  const anchors: Bound<AnchorRule>[][] = [];
  const digits: Bound<DigitsRule>[] = [];
  const chains: Bound<ChainRule>[] = [];
  detectors.forEach((each, detector) => {
    for (const rule of each.rules ?? []) {
      if (rule.kind === 'word') addWord(words, { rule, detector });
      else if (rule.kind === 'prefix') addPrefix(prefixes, prefixAt, { rule, detector });
      else if (rule.kind === 'digits') digits.push({ rule, detector });
      else if (rule.kind === 'chain') chains.push({ rule, detector });
      else for (const c of rule.characters) listAt(anchors, c.charCodeAt(0)).push({ rule, detector });
    }
  });
  const keyNames = compileKeyNames(detectors);
  if (keyNames !== undefined) for (const c of BETWEEN) anchors[c.charCodeAt(0)] ??= [];
  return {
    detectors,
    kinds: kindsOf(anchors),
    words,
    prefixAt,
    prefixes,
    anchors,
    shapes: createShapes(digits),
    chains,
    keyNames,
  };
}

/** The list at an index, made where there is none. */
function listAt<T>(lists: T[][], index: number): T[] {
  lists[index] ??= [];
  return lists[index];
}

const FIRST = { digits: DIGIT, letters: LETTER, mixed: DIGIT | LETTER } as const;

function addWord(words: Bound<WordRule>[][], bound: Bound<WordRule>): void {
  const [shortest, longest] = bound.rule.length;
  for (let length = shortest; length <= Math.min(longest, LONGEST); length++) {
    listAt(words, wordSlot(FIRST[bound.rule.first], length)).push(bound);
  }
}

function addPrefix(lists: Bound<PrefixRule>[][], at: Uint8Array, bound: Bound<PrefixRule>): void {
  for (const prefix of bound.rule.prefixes) {
    const pair = prefix.charCodeAt(0) * 128 + prefix.charCodeAt(1);
    if (at[pair] === 0) at[pair] = lists.push([]) - 1;
    const list = lists[at[pair]!]!;
    if (!list.includes(bound)) list.push(bound);
  }
}

function kindsOf(anchors: readonly (readonly unknown[] | undefined)[]): Uint8Array {
  const kinds = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    if (code >= 0x30 && code <= 0x39) kinds[code] = DIGIT;
    else if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) kinds[code] = LETTER;
    else if (anchors[code] !== undefined) kinds[code] = ANCHOR;
  }
  return kinds;
}
