import type { PrefixRule, WordRule } from '../detector.ts';
import { endOfEncoded, startOfEncoded } from './base64.ts';
import { examineChain, resetChain, takeGroup } from './chain.ts';
import { isAlphanumeric, placeOf, report, type Scan, type Span } from './finding.ts';
import { findKeyValue } from './key-value.ts';
import { type Context, NO_CONTEXT } from './keywords.ts';
import { resolveOverlaps } from './overlap.ts';
import { ANCHOR, type Bound, type DetectorSet, DIGIT, LETTER, wordSlot } from './set.ts';

const NONE: readonly Span[] = [];

/**
 * What the set's detectors find in plain text, in order, none overlapping another.
 * One pass tells runs of letters and digits apart; only what can begin a find is looked at more closely, by rules that
 * look a bounded way ahead. Time is linear in the length of the text, whatever it holds.
 */
export function detect(text: string, set: DetectorSet, context: Context = NO_CONTEXT): readonly Span[] {
  return detectWithTokens(text, set, context).spans;
}

/** The same, and where runs begin that may be base64. */
export function detectWithTokens(text: string, set: DetectorSet, context: Context) {
  const scan: Scan = { text, set, context, spans: [], tokens: [] };
  pass(scan);
  return { spans: scan.spans.length === 0 ? NONE : resolveOverlaps(scan), tokens: scan.tokens };
}

/** Shortest run of letters and digits that is looked at as base64. */
const TOKEN = 10;

function pass(scan: Scan): void {
  const { text, set } = scan;
  const { kinds, words, prefixAt } = set;
  const length = text.length;
  resetChain();
  tokenEnd = 0;
  let i = 0;
  while (i < length) {
    const code = text.charCodeAt(i);
    const kind = code < 128 ? kinds[code]! : 0;
    if (kind === 0) {
      i++;
      continue;
    }
    if (kind === ANCHOR) {
      anchored(scan, i, code);
      i++;
      continue;
    }
    let run = kind;
    let end = i + 1;
    while (end < length) {
      const next = text.charCodeAt(end);
      const nextKind = next < 128 ? kinds[next]! : 0;
      if (nextKind !== DIGIT && nextKind !== LETTER) break;
      run |= nextKind;
      end++;
    }
    if (run === DIGIT) takeGroup(scan, i, end);
    const rules = words[wordSlot(run, end - i)];
    if (rules !== undefined) begun(scan, i, end, rules);
    if (end - i > 1) {
      const list = prefixAt[code * 128 + text.charCodeAt(i + 1)]!;
      if (list !== 0) prefixed(scan, i, set.prefixes[list]!);
    }
    if (end - i >= TOKEN && (run !== LETTER || end - i >= 16)) takeToken(scan, i);
    i = end;
  }
  examineChain(scan);
}

/** Notes a token of base64 that begins as text does; of its later runs none. */
function takeToken(scan: Scan, run: number): void {
  if (run < tokenEnd) return;
  const start = startOfEncoded(scan.text, run);
  if (start < 0) return;
  scan.tokens.push(start);
  tokenEnd = endOfEncoded(scan.text, start);
}

let tokenEnd = 0;

function anchored(scan: Scan, at: number, code: number): void {
  for (const { rule, detector } of scan.set.anchors[code]!) {
    const extent = rule.find(scan.text, at, placeOf(scan, at, at + 1));
    if (extent !== undefined) report(scan, extent, rule, detector);
  }
  if (scan.set.keyNames !== undefined && (code === EQUALS || code === COLON || code === TAG)) findKeyValue(scan, at);
}

const EQUALS = 0x3d;
const COLON = 0x3a;
const TAG = 0x3e;

function begun(scan: Scan, start: number, end: number, rules: readonly Bound<WordRule>[]): void {
  for (const { rule, detector } of rules) {
    if (rule.next !== undefined && (end >= scan.text.length || !rule.next.includes(scan.text[end]!))) continue;
    matched(scan, start, rule, detector);
  }
}

function prefixed(scan: Scan, start: number, rules: readonly Bound<PrefixRule>[]): void {
  for (const { rule, detector } of rules) {
    for (const prefix of rule.prefixes) {
      if (scan.text.startsWith(prefix, start)) {
        matched(scan, start, rule, detector);
        break;
      }
    }
  }
}

function matched(scan: Scan, start: number, rule: WordRule | PrefixRule, detector: number): void {
  const { pattern } = rule;
  if (pattern === undefined) {
    const extent = rule.find?.(scan.text, start);
    if (extent !== undefined) report(scan, extent, rule, detector);
    return;
  }
  pattern.lastIndex = start;
  const match = pattern.exec(scan.text);
  if (match === null) return;
  const end = start + match[0].length;
  const found = match[1] ?? match[0];
  const from = end - found.length;
  if (isJoined(scan.text, end)) return;
  if (rule.verify?.(found, placeOf(scan, from, end)) === false) return;
  report(scan, [from, end], rule, detector);
}

/** Whether the find would go on: a letter or digit follows it. */
function isJoined(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const before = text.charCodeAt(end - 1);
  const after = text.charCodeAt(end);
  return isAlphanumeric(before) && isAlphanumeric(after);
}
