import { EVIDENCE } from '../detector.ts';
import { isAlphanumeric, keywordNear, type Scan, type Span, textOf } from './finding.ts';

/**
 * The rule for overlaps, in this order: a secret wins; then a find with one of its detector's keywords near it; then the
 * stronger evidence; then the longer; then the one that begins first; then the detector listed first.
 * What a loser that has a keyword near covers beyond the winner stays found, where it holds four digits or more: a find
 * that reaches too far must not bring another one to light. Secrets that overlap become one, under the name of the longest.
 */
export function resolveOverlaps(scan: Scan, spans: Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const resolved: Span[] = [];
  let cluster: Span[] = [];
  let end = 0;
  for (const span of spans) {
    if (cluster.length > 0 && span.start >= end) {
      settle(scan, cluster, resolved);
      cluster = [];
    }
    cluster.push(span);
    end = cluster.length === 1 ? span.end : Math.max(end, span.end);
  }
  settle(scan, cluster, resolved);
  return resolved;
}

/** Resolves finds that hang together, and appends what stays. */
function settle(scan: Scan, cluster: Span[], resolved: Span[]): void {
  if (cluster.length === 1) {
    resolved.push(cluster[0]!);
    return;
  }
  const alike = cluster.every(({ detector }) => detector === cluster[0]!.detector);
  const ranked = joinSecrets(cluster).map((span) => ({
    span,
    near: span.evidence === EVIDENCE.secret || (!alike && keywordNear(scan, span.start, span.end, span.detector)),
  }));
  ranked.sort(
    (a, b) =>
      Number(b.near) - Number(a.near) ||
      b.span.evidence - a.span.evidence ||
      b.span.end - b.span.start - (a.span.end - a.span.start) ||
      a.span.start - b.span.start ||
      a.span.detector - b.span.detector,
  );
  const kept: Span[] = [];
  for (const { span, near } of ranked) {
    if (!insert(kept, span) && near) for (const rest of remainders(scan, kept, span)) insert(kept, rest);
  }
  resolved.push(...kept);
}

/** Takes the span into the sorted list if it overlaps none there. */
function insert(kept: Span[], span: Span): boolean {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.start < span.start) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && kept[low - 1]!.end > span.start) return false;
  if (low < kept.length && kept[low]!.start < span.end) return false;
  kept.splice(low, 0, span);
  return true;
}

const FEWEST_DIGITS = 4;

/** The parts of a span that none of those kept covers, without what only separates. */
function remainders(scan: Scan, kept: readonly Span[], span: Span): Span[] {
  const parts: Span[] = [];
  let start = span.start;
  for (let i = firstBeyond(kept, start); i < kept.length && kept[i]!.start < span.end; i++) {
    const other = kept[i]!;
    const part = trimmed(scan, start, Math.min(other.start, span.end));
    if (part !== undefined) parts.push({ ...span, ...part });
    start = Math.max(start, other.end);
  }
  const last = start < span.end ? trimmed(scan, start, span.end) : undefined;
  return last === undefined ? parts : [...parts, { ...span, ...last }];
}

/** The index of the first of the sorted spans that ends after `at`. */
function firstBeyond(kept: readonly Span[], at: number): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.end <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function trimmed(scan: Scan, from: number, to: number): { readonly start: number; readonly end: number } | undefined {
  const text = textOf(scan);
  let start = from;
  let end = to;
  while (start < end && !isAlphanumeric(text.charCodeAt(start))) start++;
  while (end > start && !isAlphanumeric(text.charCodeAt(end - 1))) end--;
  let digits = 0;
  for (let i = start; i < end; i++) if (text.charCodeAt(i) >= 0x30 && text.charCodeAt(i) <= 0x39) digits++;
  return digits >= FEWEST_DIGITS ? { start, end } : undefined;
}

/** The longer; of two of one length that of the detector listed first. */
function weightier(a: Span, b: Span): Span {
  const longer = a.end - a.start - (b.end - b.start);
  if (longer !== 0) return longer > 0 ? a : b;
  return a.detector <= b.detector ? a : b;
}

function joinSecrets(cluster: readonly Span[]): Span[] {
  const joined: Span[] = [];
  let last = -1;
  for (const span of cluster) {
    const before = last < 0 ? undefined : joined[last]!;
    if (span.evidence === EVIDENCE.secret && before !== undefined && span.start < before.end) {
      joined[last] = { ...weightier(before, span), start: before.start, end: Math.max(before.end, span.end) };
      continue;
    }
    if (span.evidence === EVIDENCE.secret) last = joined.length;
    joined.push(span);
  }
  return joined;
}
