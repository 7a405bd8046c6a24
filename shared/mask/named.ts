import { encodeString } from '../json/index.ts';
import type { Node } from '../record/document.ts';
import { editsOfText } from './detection/hidden.ts';
import { type NamedKey, standsBelow } from './detection/key-names.ts';
import type { Context } from './detection/keywords.ts';
import { coversAll, detect } from './detection/scan.ts';
import { isToken } from './detector.ts';
import { applyEdits } from './edit.ts';
import { BESIDE, FOUND, NAMED } from './known-keys.ts';
import { replacementFor, type Visit } from './masker.ts';
import { settleValue } from './settle.ts';

/** Deals with a value for its key's sake. True where nothing is left to look at. */
export function maskByKey(node: Node, known: number, visit: Visit): boolean {
  const { looking, keys } = visit.masker;
  let key = node.key!;
  if (known & FOUND) {
    // What a key says is what is left of it when it is masked, whatever the method puts in the place of a find.
    key = applyEdits(key, editsOfText(key, looking));
    // What is left may say something of other values below too.
    if (maskKey(node, visit)) keys.examine(node);
  }
  if (known & BESIDE) visit.siblings.noteBeside(node);
  return (known & NAMED) !== 0 && maskNamed(node, key, visit);
}

/** Masks what is found in a key itself. */
function maskKey(node: Node, visit: Visit): boolean {
  const key = node.key!;
  const edits = editsOfText(key, {
    ...visit.masker.looking,
    replacement: (found, span) => replacementFor(visit, found, span, visit.outerKey),
  });
  if (edits.length > 0) node.rename(encodeString(applyEdits(key, edits)));
  return edits.length > 0;
}

/** True where a rule for the key's name has dealt with the value. */
function maskNamed(node: Node, key: string, visit: Visit): boolean {
  for (const named of visit.masker.policy.set.keyNames!.find(key)) {
    if (named.rule.pair !== undefined) {
      if (visit.siblings.noteHalf(node, named)) return true;
    } else if (applies(named, node, visit)) {
      settle(node, named.detector, visit);
      return true;
    }
  }
  return false;
}

/** Whether a rule for a name applies to the value. `rest`: what is left of its text where other finds were taken out. */
export function applies({ rule, detector }: NamedKey, node: Node, visit: Visit, rest?: string): boolean {
  const { kind } = node;
  const { place } = visit;
  const { policy } = visit.masker;
  if (kind === 'null' || kind === 'boolean') return false;
  if (rule.below !== undefined && !standsBelow(rule.below, place.path)) return false;
  if (kind === 'object' || kind === 'array') {
    return rule.verifyContainer?.(node.json) !== false && policy.covers(place);
  }
  const text = rest ?? textOf(node);
  if (rule.verify?.(text) === false || !mayBeMasked(text, visit)) return false;
  return policy.set.detectors[detector]!.group === 'credentials' || !isFoundWhole(text, visit);
}

/** Whether a single value is to be masked for its key's name: it is not allowed, nor found to be something else. */
export function saysOnlyItsKey(node: Node, visit: Visit): boolean {
  const text = textOf(node);
  return mayBeMasked(text, visit) && !isFoundWhole(text, visit);
}

function textOf(node: Node): string {
  return node.kind === 'string' ? node.string! : node.json;
}

function mayBeMasked(text: string, { masker: { policy }, place }: Visit): boolean {
  return text !== '' && !isToken(text) && !policy.allows(text) && policy.covers(place);
}

/** What the value itself shows to be something says more than its key's name. */
function isFoundWhole(text: string, visit: Visit): boolean {
  const place: Context = visit.place;
  const finds = detect(text, visit.masker.policy.set, place);
  if (!coversAll(finds, text.length)) return false;
  visit.whole = finds;
  return true;
}

/** Masks all of a value, and the keys below it. */
export function settle(node: Node, detector: number, visit: Visit): void {
  const leaves = (below: Node) => {
    if (below.key !== undefined) maskKey(below, visit);
    return below.kind === 'string' && isToken(below.string!);
  };
  settleValue(node, { ...visit.masker.maskings[detector]!, leaves }, visit.document, visit.outerPlace);
}
