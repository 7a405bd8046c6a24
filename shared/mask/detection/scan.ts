import { EVIDENCE } from '../detector.ts';
import { encodedAt, endOfEncoded, LETTER_TOKEN, startOfEncoded, TOKEN } from './base64.ts';
import { examineChain, resetChain, takeGroup } from './chain.ts';
import { isAlphanumeric, report, type Scan, type Span, textOf } from './finding.ts';
import { headAt } from './heads.ts';
import { findKeyValue } from './key-value.ts';
import { type Context, NO_CONTEXT } from './keywords.ts';
import { begun, isDigit, prefixed } from './match.ts';
import { noteMentions } from './mentions.ts';
import { resolveOverlaps } from './overlap.ts';
import { ANCHOR, type DetectorSet, DIGIT, LETTER, OUTSIDE, type Rules, wordSlot } from './set.ts';
import { beginsReference } from './view.ts';

/** What a scan came to. */
export interface Finds {
  /** In order, none overlapping another. */
  readonly spans: readonly Span[];
  /** Where text in base64 may begin, or a character reference: text that hides in text. */
  readonly tokens: readonly number[];
}

export const NOTHING: Finds = { spans: [], tokens: [] };

/** Whether a find is all of a text of this length, and nothing else is found. */
export function coversAll({ spans, tokens }: Finds, length: number): boolean {
  return spans.length === 1 && tokens.length === 0 && spans[0]!.start === 0 && spans[0]!.end === length;
}

/** The scan that is under way: there is one at a time. */
const scan: Scan = {
  source: '',
  from: 0,
  to: 0,
  cut: undefined,
  found: -1,
  set: undefined as unknown as DetectorSet,
  context: NO_CONTEXT,
  spans: undefined,
  tokens: undefined,
  keywordsAt: undefined,
  reach: undefined,
  mentions: 0,
};

/** What the set's detectors find in plain text. */
export function detect(text: string, set: DetectorSet, context: Context = NO_CONTEXT): Finds {
  return detectIn(text, 0, text.length, set, context, -1);
}

/**
 * The same for a part of a text whose classes are known; places count from the part's start. NOTHING where nothing is found.
 * One pass tells runs of letters and digits apart; only what can begin a find is looked at more closely, by rules that
 * look a bounded way ahead. A second pass tries the rules that need a keyword, where there is one. Time is linear in the
 * length of the text, whatever it holds.
 */
export function detectIn(
  source: string,
  from: number,
  to: number,
  set: DetectorSet,
  context: Context,
  found: number,
): Finds {
  scan.source = source;
  scan.found = found;
  scan.from = from;
  scan.to = to;
  scan.cut = undefined;
  scan.set = set;
  scan.context = context;
  scan.spans = undefined;
  scan.tokens = undefined;
  scan.keywordsAt = undefined;
  scan.reach = undefined;
  scan.mentions = 0;
  digitRuns = 0;
  pass(scan, set.strong, true, from, to);
  // Of what the first pass found, some stands behind what the second one begins with.
  scan.reach = undefined;
  if (digitRuns > 0 && (context.speaks || scan.keywordsAt !== undefined)) {
    passWeak(scan, context.speaks ? undefined : scan.keywordsAt);
  }
  const { tokens = NOTHING.tokens } = scan;
  if (scan.spans === undefined) return tokens.length === 0 ? NOTHING : { spans: NOTHING.spans, tokens };
  const spans = tokens.length === 0 ? scan.spans : outsideOf(tokens, scan.spans, textOf(scan));
  return { spans: resolveOverlaps(scan, spans), tokens };
}

/** Finds with nothing but a keyword to speak for them count for less than text in base64 around them. */
function outsideOf(tokens: readonly number[], spans: readonly Span[], text: string): Span[] {
  const encoded = new Map<number, number>();
  return spans.filter(({ start, end, evidence }) => {
    if (evidence !== EVIDENCE.keyword) return true;
    const token = tokens.findLast((at) => at <= start);
    if (token === undefined) return true;
    if (!encoded.has(token)) encoded.set(token, encodedAt(text, token)?.end ?? 0);
    return encoded.get(token)! < end;
  });
}

/** How far around a keyword finds may begin: what a keyword reaches, and the length of a find that ends there. */
const BEFORE = 160;
const AFTER = 60;
/** Whatever needs a keyword has a digit among its first characters, or among those of its first run. */
const NEAR_DIGIT = 16;

/**
 * Tries the rules that need a keyword: around digits, where a keyword is near. Without keywords in the text it is the path
 * that says one.
 */
function passWeak(scan: Scan, keywordsAt: readonly number[] | undefined): void {
  let done = scan.from;
  let keyword = 0;
  for (let i = 0; i < digitRuns; i++) {
    const first = digitsAt[i]!;
    if (first < done) continue;
    if (keywordsAt !== undefined) {
      while (keyword < keywordsAt.length && keywordsAt[keyword]! < first - AFTER) keyword++;
      if (keyword === keywordsAt.length) return;
      if (keywordsAt[keyword]! > first + BEFORE) continue;
    }
    let to = first + 1;
    while (i + 1 < digitRuns && digitsAt[i + 1]! - NEAR_DIGIT <= to) to = digitsAt[++i]! + 1;
    // A run that begins before is read to its end: the next pass must not begin inside it.
    done = pass(scan, scan.set.weak, false, Math.max(done, startOfRun(scan, first - NEAR_DIGIT)), to);
  }
}

/** Where runs with a digit begin in the text that is scanned (in the source), and how many there are. */
let digitsAt = new Int32Array(256);
let digitRuns = 0;

function noteDigits(at: number): void {
  if (digitRuns === digitsAt.length) {
    const longer = new Int32Array(digitsAt.length * 2);
    longer.set(digitsAt);
    digitsAt = longer;
  }
  digitsAt[digitRuns++] = at;
}

/** A place at or before `at` where no run, nor text in base64, goes on. */
function startOfRun({ source, from }: Scan, at: number): number {
  let start = at;
  const limit = Math.max(from, at - AFTER);
  while (start > limit && isRun(source.charCodeAt(start - 1))) start--;
  return Math.max(from, start);
}

function isRun(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2b || code === 0x2f;
}

/**
 * Looks for what begins at `from` or after, and before `until`; what begins there may go on to the end of the text. Returns
 * where the last run ends that it has read.
 */
function pass(scan: Scan, rules: Rules, strong: boolean, from: number, until: number): number {
  const { source, set, to } = scan;
  const { kinds, words } = rules;
  const prefixAt = rules.prefixes.table;
  const keywordAt = set.keywords.table;
  resetChain();
  tokenEnd = 0;
  let i = from;
  while (i < until) {
    const code = source.charCodeAt(i);
    const kind = code < OUTSIDE ? kinds[code]! : 0;
    if (kind === 0) {
      if (strong && code > 0xbf && set.foreign.has(code)) foreign(scan, i);
      i++;
      continue;
    }
    if (kind === ANCHOR) {
      anchored(scan, i, code, rules, strong);
      i++;
      continue;
    }
    let run = kind;
    let end = i + 1;
    while (end < to) {
      const next = source.charCodeAt(end);
      const nextKind = next < OUTSIDE ? kinds[next]! : 0;
      if (nextKind === 0 || nextKind === ANCHOR) break;
      run |= nextKind;
      end++;
    }
    if (strong && run !== LETTER) noteDigits(i);
    if (run === DIGIT) takeGroup(scan, rules, i, end);
    else {
      if (run !== LETTER && kind === DIGIT && end - i <= LONGEST_EXTENDED) takeExtended(scan, rules, i, end);
      const head = headAt(source, i, to);
      if (strong) {
        const word = end - i > 2 ? head : headAt(source, i, end);
        if (keywordAt[word] !== 0 && kind === LETTER && noteMentions(scan, i, word, end - i)) noteKeyword(scan, i);
        if (end - i >= TOKEN && (run !== LETTER || end - i >= LETTER_TOKEN)) takeToken(scan, i);
      }
      const list = prefixAt[head]!;
      if (list !== 0) prefixed(scan, i, rules.prefixes.lists[list]!);
    }
    const begins = words[wordSlot(run, end - i)];
    if (begins !== undefined && begins.initial[code] === 1) {
      const next = end < to ? source.charCodeAt(end) : OUTSIDE;
      if (begins.next[next < OUTSIDE ? next : OUTSIDE] === 1) begun(scan, i, end, begins.rules);
    }
    i = end;
  }
  examineChain(scan, rules);
  return i;
}

/** The last digits of a telephone number with an extension right behind them: `2671x123`. */
const LONGEST_EXTENDED = 17;

function takeExtended(scan: Scan, rules: Rules, start: number, end: number): void {
  let at = start;
  while (isDigit(scan.source.charCodeAt(at))) at++;
  if (at - start < 4 || (scan.source.charCodeAt(at) | 0x20) !== 0x78) return;
  for (let i = at + 1; i < end; i++) if (!isDigit(scan.source.charCodeAt(i))) return;
  takeGroup(scan, rules, start, at);
}

/** Keywords of other scripts, and those that begin with one letter before such a character: `téléphone`. */
function foreign(scan: Scan, at: number): void {
  for (const start of [at, at - 1, at - 2]) {
    if (start < scan.from || isAlphanumeric(scan.source.charCodeAt(start - 1))) continue;
    for (const end of [scan.to, Math.min(start + 2, scan.to)]) {
      const head = headAt(scan.source, start, end);
      if (scan.set.keywords.table[head] !== 0 && noteMentions(scan, start, head, 0)) noteKeyword(scan, start);
    }
  }
}

function noteKeyword(scan: Scan, at: number): void {
  if (scan.keywordsAt === undefined) scan.keywordsAt = [at];
  else scan.keywordsAt.push(at);
}

/** Where the last token of base64 ends, in the text. */
let tokenEnd = 0;

/** Notes a token of base64 that begins as text does; of its later runs none. */
function takeToken(scan: Scan, run: number): void {
  const at = run - scan.from;
  if (at < tokenEnd) return;
  const start = startOfEncoded(scan.source, scan.from, run);
  if (start < 0) return;
  noteToken(scan, start - scan.from);
  tokenEnd = endOfEncoded(textOf(scan), start - scan.from);
}

function noteToken(scan: Scan, at: number): void {
  if (scan.tokens === undefined) scan.tokens = [at];
  else scan.tokens.push(at);
}

const EQUALS = 0x3d;
const COLON = 0x3a;
const TAG = 0x3e;
const AMPERSAND = 0x26;

function anchored(scan: Scan, at: number, code: number, rules: Rules, strong: boolean): void {
  const { source, from, to } = scan;
  const before = at > from ? source.charCodeAt(at - 1) : OUTSIDE;
  const after = at + 1 < to ? source.charCodeAt(at + 1) : OUTSIDE;
  const anchors = rules.anchors[code]!;
  for (let i = 0; i < anchors.length; i++) {
    const anchor = anchors[i]!;
    if ((scan.found & anchor.needs) === 0) continue;
    if (anchor.before[before < OUTSIDE ? before : OUTSIDE] === 0) continue;
    if (anchor.after[after < OUTSIDE ? after : OUTSIDE] === 0) continue;
    const extent = anchor.rule.find(textOf(scan), at - from);
    if (extent !== undefined) report(scan, extent[0], extent[1], anchor.rule, anchor.detector);
  }
  if (!strong) return;
  if (code === AMPERSAND && beginsReference(source, at)) noteToken(scan, at - from);
  if (scan.set.keyNames === undefined) return;
  if (code === EQUALS || code === COLON || code === TAG) findKeyValue(scan, scan.set.keyNames, at);
}
