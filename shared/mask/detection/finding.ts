import { EVIDENCE, type Evidence, type Place, type Rule } from '../detector.ts';
import { type Context, pathHolds } from './keywords.ts';
import { isIntroduced, isMentionedNear } from './mentions.ts';
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
  /** The text's classes, as far as they are known: all of them where they are not. */
  found: number;
  set: DetectorSet;
  context: Context;
  spans: Span[] | undefined;
  /** Where text in base64 may begin. */
  tokens: number[] | undefined;
  /** By detector: how far secrets reach that were found, so that none is looked for inside another of its kind. */
  reach: Map<number, number> | undefined;
  /** How many keywords stand in the text: see mentions.ts. */
  mentions: number;
  /** Where keywords stand that rules need (in the source). */
  keywordsAt: number[] | undefined;
}

/** The text that is scanned. Most texts are passed over without anyone asking for it. */
export function textOf(scan: Scan): string {
  scan.cut ??= scan.to - scan.from === scan.source.length ? scan.source : scan.source.slice(scan.from, scan.to);
  return scan.cut;
}

/** Notes a find, unless it needs a keyword and none is near. */
export function report(scan: Scan, start: number, end: number, rule: Rule, detector: number): void {
  const { keywords = [] } = scan.set.detectors[detector]!;
  if (rule.keyword !== undefined) {
    const asked = typeof rule.keyword === 'boolean' ? keywords : rule.keyword;
    if (!isNear(scan, asked, start, end)) return;
  }
  if (rule.introduced === true && !pathHolds(keywords, scan.context)) {
    if (!isIntroduced(scan, textOf(scan), keywords, start, end)) return;
  }
  if (rule.doubtful === true && isNamedOtherwise(placeOf(scan, start, end)) && !isNear(scan, keywords, start, end)) {
    return;
  }
  note(scan, { start, end, detector, evidence: rule.evidence });
}

function isNear(scan: Scan, keywords: readonly string[], start: number, end: number): boolean {
  return isMentionedNear(scan, keywords, start, end) || pathHolds(keywords, scan.context);
}

/** Whether one of a detector's keywords stands near a find, or in the path. */
export function keywordNear(scan: Scan, start: number, end: number, detector: number): boolean {
  return isNear(scan, scan.set.detectors[detector]!.keywords ?? [], start, end);
}

/** Whether a secret of the same kind has been found that goes beyond `start`. */
export function isReached(scan: Scan, start: number, detector: number): boolean {
  return scan.reach !== undefined && (scan.reach.get(detector) ?? 0) > start;
}

export function note(scan: Scan, span: Span): void {
  if (span.evidence === EVIDENCE.secret) {
    scan.reach ??= new Map();
    scan.reach.set(span.detector, Math.max(span.end, scan.reach.get(span.detector) ?? 0));
  }
  if (scan.spans === undefined) scan.spans = [span];
  else scan.spans.push(span);
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
}

export function placeOf(scan: Scan, start: number, end: number): Place {
  return { text: textOf(scan), start, end, context: scan.context };
}
