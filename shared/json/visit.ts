import type { Node, Wanted } from '../record/document.ts';
import { ARRAY, CONTAINER, LITERAL, NUMBER, OBJECT, SETTLED, STRING } from './classes.ts';
import { Cursor } from './cursor.ts';
import type { JsonDocument } from './document.ts';
import type { Fragment } from './fragment.ts';
import { advance, type CompiledSelector, type KeySegment } from './path.ts';
import {
  after,
  CLASSES,
  EDIT,
  END,
  EXTENDED,
  KEY_ID,
  KEY_START,
  NEXT,
  REMOVED,
  REPLACED,
  START,
  STRIDE,
  TOUCHED,
} from './tape.ts';

type Visit = (node: Node) => void;

/** Visits every value that is wanted: a walk along the tape, and into what steps put in. */
export function visitAll(document: JsonDocument, visit: Visit, wanted: Wanted | undefined): void {
  const { root } = document;
  const cursor = new Cursor(document, root);
  const goesOn =
    wanted === undefined
      ? visitOne(document, root, cursor, visit, 0)
      : isPlainObject(document, wanted) || visitOne(document, root, cursor, visit, ANY);
  if (goesOn) visitBelow(document, root, cursor, visit, wanted);
}

/** Whether a document is an object that came with a record, has no key, and is not asked for itself: nearly every one. */
function isPlainObject({ rows, root, fragment }: JsonDocument, wanted: Wanted): boolean {
  const found = rows[root + CLASSES]!;
  return fragment === undefined && (found & (OBJECT | REPLACED | SETTLED | wanted.classes)) === OBJECT;
}

/** Visits what the value at `top` holds. */
function visitBelow(
  document: JsonDocument,
  top: number,
  cursor: Cursor,
  visit: Visit,
  wanted: Wanted | undefined,
): void {
  const { rows, source } = document;
  const open = wanted === undefined ? 0 : ANY;
  const classes = rows[top + CLASSES]!;
  if (classes & REPLACED) {
    if (isClosed(classes, open)) return;
    const inside = document.inside(top);
    visitBelow(inside, inside.root, new Cursor(inside, inside.root), visit, wanted);
    return;
  }
  if ((classes & CONTAINER) === 0) return;
  const end = rows[top + NEXT]!;
  let at = top + STRIDE;
  while (at < end) {
    const found = rows[at + CLASSES]!;
    // Most values were not edited, and most of those are not asked for.
    if ((found & (TOUCHED | SETTLED)) === 0) {
      if (wanted !== undefined && isQuiet(rows, at, wanted.quiet)) {
        if ((found & wanted.classes) === 0) {
          at += STRIDE;
          continue;
        }
        cursor.node = at;
        if (wanted.passesOver(source, rows[at + START]!, rows[at + END]!, found, cursor)) {
          at += STRIDE;
          continue;
        }
      }
      cursor.node = at;
      visit(cursor);
      const now = rows[at + CLASSES]!;
      if (now & (REMOVED | REPLACED)) at = after(rows, at);
      else if (now & EXTENDED) {
        visitBelow(document, at, cursor, visit, wanted);
        at = after(rows, at);
      } else at += STRIDE;
    } else if (!visitOne(document, at, cursor, visit, open)) at = after(rows, at);
    else if (rows[at + CLASSES]! & (REPLACED | EXTENDED)) {
      visitBelow(document, at, cursor, visit, wanted);
      at = after(rows, at);
    } else at += STRIDE;
  }
  if ((classes & EXTENDED) === 0) return;
  for (let added: Fragment | undefined = document.fragmentAt(top); added !== undefined; added = added.more) {
    if (wanted !== undefined && isAside(document, top, added) && wanted.skips(added)) continue;
    visitAll(document.read(added), visit, wanted);
  }
}

/** A member of the outermost object that nobody has looked into. */
function isAside(document: JsonDocument, top: number, added: Fragment): boolean {
  return added.document === undefined && top === document.root && document.fragment === undefined;
}

/** Every class but that of what is settled. */
export const ANY = STRING | NUMBER | CONTAINER | LITERAL;

/** An element of an array has no key that could be heard. */
function isQuiet(rows: Int32Array, at: number, quiet: Uint8Array): boolean {
  const id = rows[at + KEY_ID]!;
  return id === 0 ? rows[at + KEY_START]! < 0 : quiet[id] !== 0;
}

/** A path rule has dealt with the value, and settled ones are not asked for. */
function isClosed(classes: number, gate: number): boolean {
  return gate !== 0 && (classes & SETTLED) !== 0 && (gate & SETTLED) === 0;
}

/** Visits the value at `at`. False where nothing below it is to be visited: it is gone, or this visit put it in. */
function visitOne(document: JsonDocument, at: number, cursor: Cursor, visit: Visit, gate: number): boolean {
  const { rows } = document;
  const before = rows[at + CLASSES]!;
  if (before & REMOVED || isClosed(before, gate)) return false;
  if (gate !== 0 && (document.classesAt(at) & gate) === 0) return true;
  const edit = rows[at + EDIT];
  cursor.node = at;
  visit(cursor);
  const now = rows[at + CLASSES]!;
  if (now & REMOVED) return false;
  return (now & REPLACED) === 0 || ((before & REPLACED) !== 0 && rows[at + EDIT] === edit);
}

/** Visits the values at a path of keys, each of duplicate keys included. */
export function visitMembers(
  document: JsonDocument,
  top: number,
  segments: readonly KeySegment[],
  depth: number,
  visit: Visit,
  gate: number,
): void {
  const { rows } = document;
  const classes = rows[top + CLASSES]!;
  if (classes & REPLACED) {
    if (isClosed(classes, gate)) return;
    const inside = document.inside(top);
    visitMembers(inside, inside.root, segments, depth, visit, gate);
    return;
  }
  if ((classes & OBJECT) === 0) return;
  const segment = segments[depth]!;
  const only = document.onlyMember(top, segment);
  if (only === undefined) {
    const end = rows[top + NEXT]!;
    for (let at = top + STRIDE; at < end; at = after(rows, at)) {
      if (document.hasKey(at, segment)) visitMember(document, at, segments, depth, visit, gate);
    }
  } else if (only >= 0) visitMember(document, only, segments, depth, visit, gate);
  if ((classes & EXTENDED) === 0) return;
  for (let added: Fragment | undefined = document.fragmentAt(top); added !== undefined; added = added.more) {
    if (added.document === undefined && added.keyId !== segment.keyId && added.keyId !== 0) continue;
    const inside = document.read(added);
    if (inside.hasKey(inside.root, segment)) visitMember(inside, inside.root, segments, depth, visit, gate);
  }
}

function visitMember(
  document: JsonDocument,
  node: number,
  segments: readonly KeySegment[],
  depth: number,
  visit: Visit,
  gate: number,
): void {
  if (depth === segments.length - 1) visitOne(document, node, new Cursor(document, node), visit, gate);
  else if (!document.isRemoved(node)) visitMembers(document, node, segments, depth + 1, visit, gate);
}

/** Visits the values at and below `top` that the selector matches, `top` being in the matcher's `states`. */
export function visitMatches(
  document: JsonDocument,
  top: number,
  selector: CompiledSelector,
  states: number,
  visit: Visit,
  gate: number,
): void {
  if (document.rows[top + CLASSES]! & REMOVED) return;
  if (states & selector.accept && !visitOne(document, top, new Cursor(document, top), visit, gate)) return;
  if (states & (selector.accept - 1)) visitMatchesBelow(document, top, selector, states, visit, gate);
}

function visitMatchesBelow(
  document: JsonDocument,
  top: number,
  selector: CompiledSelector,
  states: number,
  visit: Visit,
  gate: number,
): void {
  const { rows } = document;
  const classes = rows[top + CLASSES]!;
  if (classes & REPLACED) {
    if (isClosed(classes, gate)) return;
    const inside = document.inside(top);
    visitMatchesBelow(inside, inside.root, selector, states, visit, gate);
    return;
  }
  if ((classes & CONTAINER) === 0) return;
  const isArray = (classes & ARRAY) !== 0;
  const end = rows[top + NEXT]!;
  let index = 0;
  let at = top + STRIDE;
  // What a visit removes still counts: the elements behind it keep their places until the visit is over.
  while (at < end) {
    if ((rows[at + CLASSES]! & REMOVED) === 0) {
      const next = advance(selector, states, document, at, isArray ? index++ : -1);
      if (next !== 0) visitMatches(document, at, selector, next, visit, gate);
    }
    at = after(rows, at);
  }
  if ((classes & EXTENDED) === 0) return;
  for (let added: Fragment | undefined = document.fragmentAt(top); added !== undefined; added = added.more) {
    const inside = document.read(added);
    const { root } = inside;
    const next = advance(selector, states, inside, root, -1);
    if (next !== 0) visitMatches(inside, root, selector, next, visit, gate);
  }
}
