import { EVIDENCE } from '../detector.ts';
import { keywordNear, type Scan, type Span } from './finding.ts';

/**
 * The rule for overlaps, in this order: a secret wins; then a find with one of its detector's keywords near it; then the
 * stronger evidence; then the longer; then the one that begins first; then the detector listed first.
 * Secrets that overlap become one, under the name of the longest: no part of a secret is left standing.
 */
export function resolveOverlaps(scan: Scan, spans: Span[]): readonly Span[] {
  if (spans.length === 1) return spans;
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
  const ranked = joinSecrets(cluster).map((span) => ({
    span,
    near: span.evidence === EVIDENCE.secret || keywordNear(scan, span.start, span.end, span.detector),
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
  for (const { span } of ranked) insert(kept, span);
  resolved.push(...kept);
}

/** Takes the span into the sorted list if it overlaps none there. */
function insert(kept: Span[], span: Span): void {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (kept[middle]!.start < span.start) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && kept[low - 1]!.end > span.start) return;
  if (low < kept.length && kept[low]!.start < span.end) return;
  kept.splice(low, 0, span);
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
