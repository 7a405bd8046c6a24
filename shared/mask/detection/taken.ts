import { applyEdits, type Edit } from '../edit.ts';
import type { Span } from './finding.ts';
import { detect } from './scan.ts';
import type { Search } from './search.ts';
import { backTo, type Extended, plainView } from './view.ts';

/** An edit that takes a find out of a text. */
export interface Taken extends Edit {
  /** What stands for it while the rest is looked at again. Undefined: its own text, in which nothing is left to find. */
  readonly token?: string | undefined;
}

export function meet(a: Extended, b: Extended): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Whether a part of a text lies in another, and is not all of it. */
export function liesWithin(a: Extended, b: Extended): boolean {
  return a.start >= b.start && a.end <= b.end && a.end - a.start < b.end - b.start;
}

/**
 * Two readings of one text as one, each in order and apart in itself. Where they meet, the one that covers the other stays;
 * where neither does, all that both cover goes, by the first reading's word.
 */
export function together(edits: readonly Taken[], others: readonly Taken[]): readonly Taken[] {
  if (others.length === 0) return edits;
  if (edits.length === 0) return others;
  const all: Taken[] = [];
  let i = 0;
  let j = 0;
  while (i < edits.length || j < others.length) {
    const first = j === others.length || (i < edits.length && edits[i]!.start <= others[j]!.start);
    const next = first ? edits[i++]! : others[j++]!;
    const last = all.at(-1);
    if (last === undefined || !meet(last, next)) all.push(next);
    else all[all.length - 1] = joined(last, next, first);
  }
  return all;
}

/** Two edits that meet as one; `later` is of the first reading if `first` says so. */
function joined(earlier: Taken, later: Taken, first: boolean): Taken {
  if (earlier.start <= later.start && earlier.end >= later.end) {
    return first && earlier.end === later.end && earlier.start === later.start ? later : earlier;
  }
  if (later.start <= earlier.start) return later;
  const kept = first && later.token !== undefined ? later : earlier;
  return { ...kept, start: earlier.start, end: later.end };
}

/** How often a text is looked at again. */
const MOST_ROUNDS = 8;

/**
 * What was taken out of a text, with what comes to light when it is. A token is mostly shorter than what it stands for, and
 * brings what stands beside it closer together: keywords, and the marks that a find begins with. So a text is looked at
 * again as it reads with tokens, until nothing more is found: masking it once more finds nothing.
 * `json` is the part of the text that is JSON, which has been looked at by other rules.
 */
export function withRest(
  text: string,
  first: readonly Taken[],
  json: Extended | undefined,
  search: Search,
): readonly Taken[] {
  let taken = first;
  for (let round = 0; round < MOST_ROUNDS && leavesRest(text, taken); round++) {
    const more = comingToLight(text, taken, json, search);
    if (more.length === 0) break;
    taken = together(more, taken);
  }
  return taken;
}

/** Whether there is more to a text than one find. */
function leavesRest(text: string, taken: readonly Taken[]): boolean {
  const { length } = taken;
  return length > 1 || (length === 1 && (taken[0]!.start > 0 || taken[0]!.end < text.length));
}

/** A find in a text as it reads with tokens; its text is what was found. */
interface Candidate extends Edit {
  readonly span: Span;
}

function comingToLight(
  text: string,
  taken: readonly Taken[],
  json: Extended | undefined,
  search: Search,
): readonly Taken[] {
  const rest = applyEdits(text, taken.map(shown));
  const more: Taken[] = [];
  const places = placesOf(taken);
  for (const { span, ...candidate } of candidatesIn(rest, search)) {
    const source = inSource(candidate, taken, places);
    if (source === undefined || (json !== undefined && liesWithin(source, json))) continue;
    const { start, end, joins } = source;
    const replacement = search.replacement(joins ? text.slice(start, end) : candidate.text, span);
    if (replacement !== undefined) more.push({ start, end, text: replacement, token: search.tokens[span.detector] });
  }
  return more;
}

/** An edit as the text reads while it is looked at again. */
export function shown({ start, end, text, token }: Taken): Edit {
  return { start, end, text: token ?? text };
}

function candidatesIn(rest: string, search: Search): readonly Candidate[] {
  const plain = spansOf(rest, search);
  const view = plainView(rest);
  if (view === undefined) return plain;
  const uncovered = spansOf(view.text, search).map((candidate) => ({
    ...backTo(view, rest, candidate),
    text: candidate.text,
    span: candidate.span,
  }));
  return together(uncovered, plain) as readonly Candidate[];
}

function spansOf(text: string, { set, context }: Search): readonly Candidate[] {
  return detect(text, set, context).spans.map((span) => {
    const { start, end } = span;
    return { start, end, text: text.slice(start, end), span };
  });
}

/** Where each edit's text starts in the text with edits. */
function placesOf(taken: readonly Taken[]): readonly number[] {
  let moved = 0;
  return taken.map((edit) => {
    const start = edit.start + moved;
    moved += shown(edit).text.length - (edit.end - edit.start);
    return start;
  });
}

/**
 * A part of the text with edits as a part of the text without; one that begins or ends in an edit takes in all of it.
 * Undefined where it lies in an edit.
 */
function inSource(
  { start, end }: Extended,
  taken: readonly Taken[],
  places: readonly number[],
): (Extended & { readonly joins: boolean }) | undefined {
  const first = lastUpTo(places, start);
  const last = lastUpTo(places, end - 1);
  const from = originOf(start, first, taken, places);
  const to = originOf(end - 1, last, taken, places);
  if (first === last && from.inside && to.inside) return undefined;
  return {
    start: from.inside ? taken[first]!.start : from.at,
    end: to.inside ? taken[last]!.end : to.at + 1,
    joins: first !== last || from.inside || to.inside,
  };
}

/** Where a character of the text with edits stood; `edit` is the last that begins at it or before. */
function originOf(at: number, edit: number, taken: readonly Taken[], places: readonly number[]) {
  if (edit < 0) return { at, inside: false };
  const end = places[edit]! + shown(taken[edit]!).text.length;
  return { at: taken[edit]!.end + at - end, inside: at < end };
}

/** The index of the last place that is not beyond `at`; -1 where all are. */
function lastUpTo(places: readonly number[], at: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
