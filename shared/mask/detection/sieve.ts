import { LETTER_TOKEN, startOfEncoded, TOKEN } from './base64.ts';
import { CODES, headAt } from './heads.ts';
import { isDigit } from './match.ts';
import { ANCHOR, type BoundAnchor, type DetectorSet, DIGIT, LETTER, OUTSIDE, type Rules, wordSlot } from './set.ts';
import { MANY_GROUPS } from './shapes.ts';

/** What may begin in a text: a find that stands for itself, one that needs a keyword, and a keyword. */
export const STRONG = 1;
const WEAK = 2;
export const KEYWORD = 4;

/** A detector set's tables laid together, so that one quick look tells that a text holds nothing. */
export interface Sieve {
  readonly set: DetectorSet;
  /** Kind of each ASCII character, for rules of both sorts. */
  readonly kinds: Uint8Array;
  /** By the code of a character: with which behind it something begins. See heads.ts. */
  readonly pairs: Int32Array;
  /** By `wordSlot`: what may begin with a run of that kind and length. */
  readonly words: Uint8Array;
  /** So many digits a text needs for any rule about digits: by its number of groups, see shapes.ts. */
  readonly strongDigits: readonly number[];
  readonly weakDigits: readonly number[];
}

export function createSieve(set: DetectorSet): Sieve {
  const { strong, weak, keywords } = set;
  const words = new Uint8Array(wordSlot(DIGIT | LETTER, Number.POSITIVE_INFINITY) + 1);
  for (let slot = 0; slot < words.length; slot++) {
    words[slot] = (strong.words[slot] === undefined ? 0 : STRONG) | (weak.words[slot] === undefined ? 0 : WEAK);
  }
  return {
    set,
    kinds: strong.kinds.map((kind, code) => kind | weak.kinds[code]!),
    pairs: keywords.pairs.map((pairs, code) => pairs | strong.prefixes.pairs[code]! | weak.prefixes.pairs[code]!),
    words,
    strongDigits: fewestDigits(strong),
    weakDigits: fewestDigits(weak),
  };
}

function fewestDigits({ shapes, chains }: Rules): readonly number[] {
  const ofChains = Math.min(...chains.map(({ rule }) => rule.digits[0]));
  return shapes.fewestIn.map((digits) => Math.min(digits, ofChains));
}

/**
 * What may begin in a part of a text of ASCII characters that hide nothing; where it is 0 the scan finds nothing there. One
 * pass over runs of letters and digits: it looks for what each rule needs, and tries none.
 */
export function mayBegin(sieve: Sieve, source: string, from: number, to: number): number {
  const { kinds, pairs, words } = sieve;
  let may = 0;
  let digits = 0;
  let groups = 0;
  let all = 0;
  for (let i = from; i < to; ) {
    const code = source.charCodeAt(i) & 127;
    const kind = kinds[code]!;
    if (kind === 0) {
      i++;
      continue;
    }
    if (kind === ANCHOR) {
      may |= anchorAt(sieve.set, source, i, from, to);
      if (may & STRONG) return may;
      i++;
      continue;
    }
    let run = kind;
    let end = i + 1;
    for (; end < to; end++) {
      const next = kinds[source.charCodeAt(end) & 127]!;
      if (next === 0 || next === ANCHOR) break;
      run |= next;
    }
    all |= run;
    if (run === DIGIT) {
      digits += end - i;
      groups++;
    } else {
      const next = CODES[source.charCodeAt(i + 1) & 127]!;
      if ((pairs[CODES[code]!]! >>> next) & 1) may |= headBegins(sieve.set, source, i, end, to);
      if (end - i >= TOKEN || kind === DIGIT) may |= longBegins(source, run, i, end, from);
    }
    const begins = words[wordSlot(run, end - i)]!;
    if (begins !== 0) may |= wordBegins(sieve.set, begins, wordSlot(run, end - i), source, i, end, to);
    if (may & STRONG) return may;
    i = end;
  }
  const many = Math.min(groups, MANY_GROUPS);
  if (digits >= sieve.strongDigits[many]!) return may | STRONG;
  // Whatever needs a keyword has a digit.
  if ((all & DIGIT) === 0) return may & ~WEAK;
  return digits >= sieve.weakDigits[many]! ? may | WEAK : may;
}

function headBegins(
  { strong, weak, keywords }: DetectorSet,
  source: string,
  start: number,
  end: number,
  to: number,
): number {
  const head = headAt(source, start, to);
  // A keyword of one or two letters ends where its run does.
  const word = end - start > 2 ? head : headAt(source, start, end);
  return (
    (strong.prefixes.table[head] === 0 ? 0 : STRONG) |
    (weak.prefixes.table[head] === 0 ? 0 : WEAK) |
    (keywords.table[head] === 0 && keywords.table[word] === 0 ? 0 : KEYWORD)
  );
}

const X = 0x78;

/** A run with letters in it: text in base64, or the end of a telephone number with its extension. */
function longBegins(source: string, run: number, start: number, end: number, from: number): number {
  const length = end - start;
  if (length >= TOKEN && (run !== LETTER || length >= LETTER_TOKEN) && startOfEncoded(source, from, start) >= 0) {
    return STRONG;
  }
  let at = start;
  while (at < end && source.charCodeAt(at) <= 0x39) at++;
  return at - start >= 4 && (source.charCodeAt(at) | 0x20) === X ? STRONG : 0;
}

function wordBegins(
  { strong, weak }: DetectorSet,
  begins: number,
  slot: number,
  source: string,
  start: number,
  end: number,
  to: number,
): number {
  if (begins & STRONG && wordFits(strong, slot, source, start, end, to)) return STRONG;
  return begins & WEAK && wordFits(weak, slot, source, start, end, to) ? WEAK : 0;
}

function wordFits({ words }: Rules, slot: number, source: string, start: number, end: number, to: number): boolean {
  const { rules, next } = words[slot]!;
  const after = end < to ? source.charCodeAt(end) : OUTSIDE;
  if (next[after] === 0) return false;
  const initial = source.charCodeAt(start);
  for (let i = 0; i < rules.length; i++) {
    const bound = rules[i]!;
    if (bound.next !== undefined && bound.next[after] === 0) continue;
    if (bound.rule.then === 'digit' && !isDigit(source.charCodeAt(end + 1))) continue;
    if (bound.initial === undefined || bound.initial[initial] !== 0) return true;
  }
  return false;
}

const COLON = 0x3a;
const SLASH = 0x2f;
/** Stand between names and their values, or begin a character reference: only the scan can read those. */
const NOTED = new Set([0x26, COLON, 0x3d, 0x3e]);

function anchorAt(set: DetectorSet, source: string, at: number, from: number, to: number): number {
  const code = source.charCodeAt(at);
  const before = at > from ? source.charCodeAt(at - 1) : OUTSIDE;
  const after = at + 1 < to ? source.charCodeAt(at + 1) : OUTSIDE;
  if (NOTED.has(code) && !(code === COLON && after === SLASH)) return STRONG;
  if (fitsOne(set.strong.anchors[code], before, after)) return STRONG;
  return fitsOne(set.weak.anchors[code], before, after) ? WEAK : 0;
}

function fitsOne(anchors: readonly BoundAnchor[] | undefined, before: number, after: number): boolean {
  if (anchors === undefined) return false;
  for (let i = 0; i < anchors.length; i++) {
    if (anchors[i]!.before[before] !== 0 && anchors[i]!.after[after] !== 0) return true;
  }
  return false;
}
