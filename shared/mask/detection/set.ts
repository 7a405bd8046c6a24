import { classes } from '../../json/index.ts';
import type { AnchorRule, ChainRule, Detector, DigitsRule, PrefixRule, Rule, WordRule } from '../detector.ts';
import { addHead, addPair, createHeads, type Heads, type HeadsBuilder } from './heads.ts';
import { compileKeyNames, type KeyNames } from './key-names.ts';
import { BETWEEN } from './key-value.ts';
import { joined } from './keywords.ts';
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

/** Tables that tell from a few characters which rules to try. */
export interface Rules {
  /** Kind of each ASCII character. */
  readonly kinds: Uint8Array;
  /** Word rules by kind of the first run (DIGIT, LETTER or both) and length: see `wordSlot`. */
  readonly words: readonly (WordRules | undefined)[];
  readonly prefixes: Heads<Bound<PrefixRule>>;
  readonly anchors: readonly (readonly BoundAnchor[] | undefined)[];
  readonly shapes: Shapes;
  readonly chains: readonly Bound<ChainRule>[];
}

/** Rules that a run of one kind and length may begin. */
interface WordRules {
  readonly rules: BoundWord[];
  /** By ASCII code: 1 where one of the rules may go on after the run; the last place stands for the end and all else. */
  readonly next: Uint8Array;
  /** By ASCII code: 1 where one of the rules may begin with it. */
  readonly initial: Uint8Array;
}

/** A rule with the characters that may follow the run, by code; the last place stands for the end and all else. */
export interface BoundWord extends Bound<WordRule> {
  /** Undefined: any. */
  readonly next: Uint8Array | undefined;
  /** Of the characters that the rule's pattern may begin with; undefined: any. */
  readonly initial: Uint8Array | undefined;
}

/** A rule with the characters that may stand beside its anchor, by code; the last place stands for the ends and all else. */
export interface BoundAnchor extends Bound<AnchorRule> {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Classes of which the text must have one (shared/json/classes.ts). */
  readonly needs: number;
}

/** Characters beyond ASCII, and the ends of a text. */
export const OUTSIDE = 128;

/** Detectors compiled for the scan. */
export interface DetectorSet {
  readonly detectors: readonly Detector[];
  /** Rules that stand for themselves. */
  readonly strong: Rules;
  /** Rules that need a keyword: tried only where the text or its path may hold one. */
  readonly weak: Rules;
  /** All keywords: without spaces, in lower case. */
  readonly keywords: Heads<string>;
  /** Those that weak rules need. */
  readonly needed: ReadonlySet<string>;
  /** The characters beyond ASCII that keywords have. */
  readonly foreign: ReadonlySet<number>;
  /** Names that tell what a value is; undefined where no detector of the set goes by names. */
  readonly keyNames: KeyNames | undefined;
}

export function wordSlot(kind: number, length: number): number {
  return kind * (LONGEST + 1) + (length > LONGEST ? LONGEST : length);
}

export function compileSet(detectors: readonly Detector[]): DetectorSet {
  const rules = detectors.flatMap((each, detector) => (each.rules ?? []).map((rule) => ({ rule, detector })));
  const weak = rules.filter(({ rule }) => isWeak(rule));
  const keyNames = compileKeyNames(detectors);
  const needed = weak.flatMap(({ rule, detector }) => keywordsFor(rule, detectors[detector]!));
  const words = [...needed, ...detectors.flatMap(({ keywords = [] }) => keywords)];
  return {
    detectors,
    strong: compileRules(
      rules.filter(({ rule }) => !isWeak(rule)),
      keyNames === undefined ? REFERENCE : BETWEEN + REFERENCE,
    ),
    weak: compileRules(weak, ''),
    keywords: keywordHeads(words),
    needed: new Set(needed.map(joined)),
    foreign: new Set([...words.join('')].map((c) => c.charCodeAt(0)).filter((code) => code > 0x7f)),
    keyNames,
  };
}

/** Begins a character reference of HTML, which hides a character. */
export const REFERENCE = '&';

function isWeak(rule: Rule): boolean {
  return rule.keyword !== undefined || rule.introduced === true;
}

function keywordsFor(rule: Rule, detector: Detector): readonly string[] {
  return Array.isArray(rule.keyword) ? rule.keyword : (detector.keywords ?? []);
}

/** How the suffixes begin that a short keyword may have: see keywords.ts. */
const SUFFIXES = 'snicv';

function keywordHeads(keywords: readonly string[]): Heads<string> {
  const heads = createHeads<string>();
  for (const keyword of new Set(keywords)) {
    const written = joined(keyword);
    addHead(heads, written, written);
    // A first word shorter than a head may stand apart, `d.o.b.`; a short keyword may go on, `ccno`.
    const first = keyword.split(' ')[0]!;
    if (first.length < 3) addHead(heads, first, written);
    if (written.length < 3) for (const letter of SUFFIXES) addHead(heads, written + letter, written);
  }
  return heads;
}

function compileRules(bound: readonly Bound<Rule>[], noted: string): Rules {
  const words: WordRules[] = [];
  const prefixes = createHeads<Bound<PrefixRule>>();
  const anchors: BoundAnchor[][] = [];
  const digits: Bound<DigitsRule>[] = [];
  const chains: Bound<ChainRule>[] = [];
  for (const { rule, detector } of bound) {
    if (rule.kind === 'word') addWord(words, { rule, detector });
    else if (rule.kind === 'prefix') addPrefix(prefixes, { rule, detector });
    else if (rule.kind === 'digits') digits.push({ rule, detector });
    else if (rule.kind === 'chain') chains.push({ rule, detector });
    else for (const c of rule.characters) listAt(anchors, c.charCodeAt(0)).push(boundAnchor(rule, detector));
  }
  for (const c of noted) listAt(anchors, c.charCodeAt(0));
  return { kinds: kindsOf(anchors), words, prefixes, anchors, shapes: createShapes(digits), chains };
}

/** The list at an index, made where there is none. */
function listAt<T>(lists: T[][], index: number): T[] {
  lists[index] ??= [];
  return lists[index];
}

const FIRST = { digits: DIGIT, letters: LETTER, mixed: DIGIT | LETTER } as const;

function addWord(words: WordRules[], { rule, detector }: Bound<WordRule>): void {
  const [shortest, longest] = rule.length;
  const after = rule.next === undefined ? undefined : tableOf(rule.next);
  const initial = initialsOf(rule.pattern);
  for (let length = shortest; length <= Math.min(longest, LONGEST); length++) {
    const slot = wordSlot(FIRST[rule.first], length);
    words[slot] ??= { rules: [], next: new Uint8Array(OUTSIDE + 1), initial: new Uint8Array(OUTSIDE + 1) };
    words[slot].rules.push({ rule, detector, next: after, initial });
    join(words[slot].next, after);
    join(words[slot].initial, initial);
  }
}

/** Adds the characters of a table to another one's; undefined: all. */
function join(all: Uint8Array, table: Uint8Array | undefined): void {
  if (table === undefined) all.fill(1);
  else for (let code = 0; code <= OUTSIDE; code++) if (table[code] === 1) all[code] = 1;
}

/** Which characters a pattern may begin with, where that is one class of them: `[XYZ]\d{7}[A-Z]`. */
function initialsOf(pattern: RegExp | undefined): Uint8Array | undefined {
  // What is looked ahead for does not count.
  const source = (pattern?.source ?? '').replace(/^(?:\(\?![^()]{1,80}\)){1,3}/, '');
  const first = /^(?:\[(?!\^)(?:[^\]\\]|\\.){1,60}\]|\\d|[A-Z])(?!\?|\{0,|\|)/.exec(source)?.[0];
  if (pattern === undefined || first === undefined || /^[^(]{0,200}\|/.test(source)) return undefined;
  const character = new RegExp(`^${first}$`, pattern.flags.replace('y', ''));
  const table = new Uint8Array(OUTSIDE + 1);
  for (let code = 0; code < OUTSIDE; code++) table[code] = character.test(String.fromCharCode(code)) ? 1 : 0;
  return table;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(OUTSIDE + 1);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

function boundAnchor(rule: AnchorRule, detector: number): BoundAnchor {
  const needs = rule.besides === undefined ? -1 : classes.classesOf(rule.besides);
  return { rule, detector, before: besides(rule.before), after: besides(rule.after), needs };
}

/** Of a pattern for one character: which match it. */
function besides(pattern: RegExp | undefined): Uint8Array {
  const table = new Uint8Array(OUTSIDE + 1).fill(1);
  if (pattern === undefined) return table;
  for (let code = 0; code < OUTSIDE; code++) table[code] = pattern.test(String.fromCharCode(code)) ? 1 : 0;
  table[OUTSIDE] = pattern.test('') ? 1 : 0;
  return table;
}

const HEXADECIMAL = '0123456789abcdef';

function addPrefix(heads: HeadsBuilder<Bound<PrefixRule>>, bound: Bound<PrefixRule>): void {
  for (const prefix of bound.rule.prefixes) {
    if (prefix.length > 2) addHead(heads, prefix, bound);
    else addPair(heads, prefix, bound.rule.third ?? HEXADECIMAL, bound);
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
