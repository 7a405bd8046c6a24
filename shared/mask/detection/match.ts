import { EVIDENCE, type PrefixRule, type WordRule } from '../detector.ts';
import { isAlphanumeric, isReached, placeOf, report, type Scan, textOf } from './finding.ts';
import { type Bound, type BoundWord, OUTSIDE } from './set.ts';

/** Tries the rules that the run from `start` to `end` (in the source) may begin. */
export function begun(scan: Scan, start: number, end: number, rules: readonly BoundWord[]): void {
  const { source, from, to } = scan;
  const after = end < to ? source.charCodeAt(end) : OUTSIDE;
  const initial = source.charCodeAt(start);
  for (let i = 0; i < rules.length; i++) {
    const { rule, detector, next, initial: initials } = rules[i]!;
    if (next !== undefined && next[after < OUTSIDE ? after : OUTSIDE] === 0) continue;
    if (initials !== undefined && initials[initial] === 0) continue;
    if (rule.then === 'digit' && !isDigit(source.charCodeAt(end + 1))) continue;
    matched(scan, start - from, rule, detector);
  }
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Tries the rules one of whose prefixes may stand at `start` (in the source). */
export function prefixed(scan: Scan, start: number, rules: readonly Bound<PrefixRule>[]): void {
  for (const { rule, detector } of rules) {
    if (rule.anyCase === true) {
      matched(scan, start - scan.from, rule, detector);
      continue;
    }
    for (const prefix of rule.prefixes) {
      if (scan.source.startsWith(prefix, start)) {
        matched(scan, start - scan.from, rule, detector);
        break;
      }
    }
  }
}

function matched(scan: Scan, start: number, rule: WordRule | PrefixRule, detector: number): void {
  if (rule.evidence === EVIDENCE.secret && isReached(scan, start, detector)) return;
  const { pattern } = rule;
  const text = textOf(scan);
  if (pattern === undefined) {
    const extent = rule.find?.(text, start);
    if (extent !== undefined) report(scan, extent[0], extent[1], rule, detector);
    return;
  }
  pattern.lastIndex = start;
  const match = pattern.exec(text);
  if (match === null) return;
  const end = start + match[0].length;
  const found = match[1] ?? match[0];
  const from = end - found.length;
  if (isJoined(text, end)) return;
  if (rule.verify?.(found, placeOf(scan, from, end)) === false) return;
  report(scan, from, end, rule, detector);
}

/** Whether the find would go on: a letter or digit follows it. */
function isJoined(text: string, end: number): boolean {
  if (end >= text.length) return false;
  const before = text.charCodeAt(end - 1);
  const after = text.charCodeAt(end);
  return isAlphanumeric(before) && isAlphanumeric(after);
}
