import type { Evidence, Extent, Place, Rule } from '../detector.ts';
import { type Context, hasKeyword, keywordsOf, keywordsOfRule } from './keywords.ts';
import type { DetectorSet } from './set.ts';

/** Something that a detector found in a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Number of the detector in its set. */
  readonly detector: number;
  readonly evidence: Evidence;
}

/** One scan of one text: what the rules need to know, and what they found. */
export interface Scan {
  readonly text: string;
  readonly set: DetectorSet;
  readonly context: Context;
  readonly spans: Span[];
  /** Where text in base64 may begin. */
  readonly tokens: number[];
}

/** Notes a find, unless it needs a keyword and none is near. */
export function report(scan: Scan, [start, end]: Extent, rule: Rule, detector: number): void {
  if (rule.keyword !== undefined && !ruleKeywordNear(scan, start, end, rule, detector)) return;
  scan.spans.push({ start, end, detector, evidence: rule.evidence });
}

function ruleKeywordNear(scan: Scan, start: number, end: number, rule: Rule, detector: number): boolean {
  if (typeof rule.keyword === 'boolean') return keywordNear(scan, start, end, detector);
  return hasKeyword(keywordsOfRule(rule.keyword!), scan.text, start, end, scan.context);
}

export function keywordNear(scan: Scan, start: number, end: number, detector: number): boolean {
  return hasKeyword(keywordsOf(scan.set.detectors[detector]!), scan.text, start, end, scan.context);
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

export function placeOf(scan: Scan, start: number, end: number): Place {
  return { text: scan.text, start, end, context: scan.context };
}
