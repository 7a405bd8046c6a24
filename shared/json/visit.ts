import type { Node } from '../record/document.ts';
import { SETTLED } from './classes.ts';
import { Cursor } from './cursor.ts';
import type { JsonDocument } from './document.ts';
import { advance, type CompiledSelector } from './path.ts';
import {
  ARRAY,
  CLASSES,
  EXTENDED,
  KEY_ID,
  KIND,
  META,
  NEXT,
  OBJECT,
  REMOVED,
  REPLACED,
  SETTLED_HERE,
  STRIDE,
} from './tape.ts';

type Visit = (node: Node) => void;

/** Visits every value: a walk along the tape, and into what steps put in. */
export function visitAll(document: JsonDocument, visit: Visit, gate: number): void {
  const cursor = new Cursor(document, document.root);
  if (visitOne(document, document.root, cursor, visit, gate)) visitBelow(document, document.root, visit, gate);
}

/** Visits what the container at `top` holds. */
function visitBelow(document: JsonDocument, top: number, visit: Visit, gate: number): void {
  const rows = document.rows;
  if (rows[top + META]! & REPLACED) {
    if (gate !== 0 && rows[top + META]! & SETTLED_HERE && (gate & SETTLED) === 0) return;
    const inside = document.inside(top);
    visitBelow(inside, inside.root, visit, gate);
    return;
  }
  const end = rows[top + NEXT]!;
  const cursor = new Cursor(document, top);
  const extended = rows[top + META]! & EXTENDED ? document.inside(top) : undefined;
  let at = top + STRIDE;
  while (at < end) {
    if (!visitOne(document, at, cursor, visit, gate)) at = rows[at + NEXT]!;
    else if (rows[at + META]! & (REPLACED | EXTENDED)) {
      visitBelow(document, at, visit, gate);
      at = rows[at + NEXT]!;
    } else at += STRIDE;
  }
  if (extended !== undefined) visitBelow(extended, extended.root, visit, gate);
}

/** Visits the value at `at`. False where nothing below it is to be visited: it is gone, or this visit put it in. */
function visitOne(document: JsonDocument, at: number, cursor: Cursor, visit: Visit, gate: number): boolean {
  const rows = document.rows;
  const meta = rows[at + META]!;
  if (meta & REMOVED) return false;
  const before = rows[at + CLASSES]!;
  if (gate === 0 || (document.classesAt(at) & gate) !== 0) {
    cursor.node = at;
    visit(cursor);
    const after = rows[at + META]!;
    if (after & REMOVED) return false;
    if (after & REPLACED) return (meta & REPLACED) !== 0 && rows[at + CLASSES] === before;
    if (after & EXTENDED && !(meta & EXTENDED)) return true;
  }
  return true;
}

/** Visits the values below `top` that the selector matches, `top` being in the matcher's `states`. */
export function visitMatches(
  document: JsonDocument,
  top: number,
  selector: CompiledSelector,
  states: number,
  visit: Visit,
  gate: number,
): void {
  if (states & selector.accept) {
    if (!visitOne(document, top, new Cursor(document, top), visit, gate)) return;
  } else if (document.rows[top + META]! & REMOVED) return;
  if ((states & (selector.accept - 1)) !== 0) visitMatchesBelow(document, top, selector, states, visit, gate);
}

function visitMatchesBelow(
  document: JsonDocument,
  top: number,
  selector: CompiledSelector,
  states: number,
  visit: Visit,
  gate: number,
): void {
  const rows = document.rows;
  if (rows[top + META]! & REPLACED) {
    if (gate !== 0 && rows[top + META]! & SETTLED_HERE && (gate & SETTLED) === 0) return;
    const inside = document.inside(top);
    visitMatchesBelow(inside, inside.root, selector, states, visit, gate);
    return;
  }
  const kind = rows[top + META]! & KIND;
  if (kind !== OBJECT && kind !== ARRAY) return;
  const extended = rows[top + META]! & EXTENDED ? document.inside(top) : undefined;
  const end = rows[top + NEXT]!;
  let index = kind === ARRAY ? 0 : -1;
  for (let at = top + STRIDE; at < end; at = rows[at + NEXT]!) {
    if (rows[at + META]! & REMOVED) continue;
    const next = advance(selector, states, rows[at + KEY_ID]!, index, () => document.keyOf(at));
    if (kind === ARRAY) index++;
    if (next !== 0) visitMatches(document, at, selector, next, visit, gate);
  }
  if (extended !== undefined) visitMatchesBelow(extended, extended.root, selector, states, visit, gate);
}
