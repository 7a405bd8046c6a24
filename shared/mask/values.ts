import { classes, encodeString } from '../json/index.ts';
import type { Node } from '../record/document.ts';
import { ENCODED, HIDING, isShortNumber, isTooPlain, VISITED } from './clean.ts';
import { editsOfText } from './detection/hidden.ts';
import { coversAll, detect, detectIn, type Finds, NOTHING } from './detection/scan.ts';
import { shown, type Taken } from './detection/taken.ts';
import { applyEdits, type Edit } from './edit.ts';
import { replacementFor, type Visit } from './masker.ts';
import { applies, settle } from './named.ts';
import { placesInJson } from './places.ts';

/** Masks what is found in a single value. */
export function maskValue(node: Node, visit: Visit): void {
  const found = node.classes;
  if (found & classes.STRING) {
    if (found & VISITED) maskString(node, found, visit);
  } else if (found & classes.NUMBER) maskNumber(node, visit);
}

function maskString(node: Node, found: number, visit: Visit): void {
  const { source } = node;
  const start = node.start + 1;
  const end = node.end - 1;
  if (isTooPlain(source, start, end, found)) return;
  if (found & HIDING) {
    maskText(node, found, visit);
    return;
  }
  // Most strings are short and hide nothing: they are looked through where they stand.
  const finds = visit.whole ?? detectIn(source, start, end, visit.masker.policy.set, visit.place, found);
  if (finds === NOTHING) return;
  if (found & classes.OTHER || !coversAll(finds, end - start)) maskText(node, found, visit, finds);
  else {
    const replacement = replacementFor(visit, node.string!, finds.spans[0]!, visit.outerPlace);
    if (replacement !== undefined) node.replace(encodeString(replacement));
  }
}

function maskText(node: Node, found: number, visit: Visit, finds?: Finds): void {
  const text = node.string!;
  const taken = editsOfText(text, visit.search, visit.depth, found, finds);
  if (taken.length === 0 || maskNamedAfter(node, text, taken, visit)) return;
  const content = node.json.slice(1, -1);
  const places = found & ENCODED ? placesInJson(content) : undefined;
  const inside = taken.map((edit) => inJson(edit, places));
  node.replace(`"${applyEdits(content, inside)}"`);
}

/** An edit of a string's text as an edit of what stands between its quotes. */
function inJson(edit: Edit, places: readonly number[] | undefined): Edit {
  const text = encodeString(edit.text).slice(1, -1);
  if (places === undefined) return { start: edit.start, end: edit.end, text };
  return { start: places[edit.start]!, end: places[edit.end]!, text };
}

/** What is found in a value may be what keeps its key from saying anything of it: then all of the value goes. */
function maskNamedAfter(node: Node, text: string, taken: readonly Taken[], visit: Visit): boolean {
  const { key } = node;
  const { keyNames } = visit.masker.policy.set;
  if (key === undefined || keyNames === undefined) return false;
  for (const named of keyNames.find(key)) {
    if (named.rule.pair !== undefined || named.rule.verify?.(text) !== false) continue;
    if (!applies(named, node, visit, applyEdits(text, taken.map(shown)))) continue;
    settle(node, named.detector, visit);
    return true;
  }
  return false;
}

function maskNumber(node: Node, visit: Visit): void {
  if (isShortNumber(node.start, node.end, node.classes)) return;
  const text = integerOf(node.json);
  if (text === undefined) return;
  const { policy } = visit.masker;
  const { spans } = detect(text, policy.set, visit.place);
  if (spans.length === 0 || policy.allows(text) || !policy.covers(visit.place)) return;
  settle(node, spans[0]!.detector, visit);
}

/** A JSON number's digits where it is a whole number, however it is spelled. */
function integerOf(json: string): string | undefined {
  if (!/[.eE]/.test(json)) return json;
  const value = Number(json);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
