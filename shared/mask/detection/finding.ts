import type { Evidence, Place, Rule } from '../detector.ts';
import { type Context, hasKeyword, isIntroduced, keywordsOf, keywordsOfRule } from './keywords.ts';
import { isNamedOtherwise } from './otherwise.ts';
import type { DetectorSet } from './set.ts';

/** Something that a detector found in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Number of the detector in its set. */
  readonly detector: number;
  readonly evidence: Evidence;
}

/** One scan of one text, which may be a part of a longer one: what the rules need to know, and what they found. */
export interface Scan {
  source: string;
  /** Where the text starts and ends in the source. */
  from: number;
  to: number;
  /** The text by itself, once a rule has asked for it. Places in it count from its own start. */
  cut: string | undefined;
  set: DetectorSet;
  context: Context;
  spans: Span[] | undefined;
  /** Where text in base64 may begin. */
  tokens: number[] | undefined;
  /** Where words stand that begin as a keyword does (in the source). */
  keywordsAt: number[] | undefined;
}

/** The text that is scanned. Most texts are passed over without anyone asking for it. */
export function textOf(scan: Scan): string {
  scan.cut ??= scan.to - scan.from === scan.source.length ? scan.source : scan.source.slice(scan.from, scan.to);
  return scan.cut;
}

/** Notes a find, unless it needs a keyword and none is near. */
export function report(scan: Scan, start: number, end: number, rule: Rule, detector: number): void {
  if (rule.keyword !== undefined && !ruleKeywordNear(scan, start, end, rule, detector)) return;
  if (rule.introduced === true) {
    const { keywords } = scan.set.detectors[detector]!;
    if (!isIntroduced(keywords ?? [], placeOf(scan, start, end))) return;
  }
  if (
    rule.doubtful === true &&
    isNamedOtherwise(placeOf(scan, start, end)) &&
    !keywordNear(scan, start, end, detector)
  ) {
    return;
  }
  note(scan, { start, end, detector, evidence: rule.evidence });
}

export function note(scan: Scan, span: Span): void {
  if (scan.spans === undefined) scan.spans = [span];
  else scan.spans.push(span);
}

function ruleKeywordNear(scan: Scan, start: number, end: number, rule: Rule, detector: number): boolean {
  if (typeof rule.keyword === 'boolean') return keywordNear(scan, start, end, detector);
  return hasKeyword(keywordsOfRule(rule.keyword!), textOf(scan), start, end, scan.context);
}

export function keywordNear(scan: Scan, start: number, end: number, detector: number): boolean {
  return hasKeyword(keywordsOf(scan.set.detectors[detector]!), textOf(scan), start, end, scan.context);
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

export function placeOf(scan: Scan, start: number, end: number): Place {
  return { text: textOf(scan), start, end, context: scan.context };
}
