import { createTape, editsOf, type JsonDocument, readDocument, readDocuments, selectorOf } from '../json/index.ts';
import { decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import type { Document, Node, Selector, Wanted } from '../record/document.ts';
import { createAddedMembers } from './added.ts';
import { createHoldsNothing, VISITED } from './clean.ts';
import { type Context, NO_CONTEXT } from './detection/keywords.ts';
import type { Search } from './detection/search.ts';
import { tokenOf } from './detector.ts';
import type { Edit } from './edit.ts';
import { createKnownKeys, HEARD, NAMING } from './known-keys.ts';
import { type Masker, type Policy, replacementFor, type Visit } from './masker.ts';
import type { CompiledMethod, Place } from './method.ts';
import { applies, maskByKey, saysOnlyItsKey, settle } from './named.ts';
import { keyPath } from './parents.ts';
import { placesOfBytes } from './places.ts';
import { joinPath } from './settle.ts';
import { createSiblings } from './siblings.ts';
import { maskValue } from './values.ts';

/** Masks what the policy's detectors find in the values that a selector matches. */
export type DocumentMasker = (document: Document, selector: Selector) => void;

/** Masks a document that stands in a string, or by itself: see Visit. */
type MaskNested = (document: Document, selector: Selector, base: string, outer: string, depth: number) => void;

/** A visit, and the walks that it goes on. */
interface Walk {
  readonly visit: Visit;
  readonly visitor: (node: Node) => void;
  readonly wanted: Wanted;
  /** Goes through what names what stands beside it. */
  readonly namer: (node: Node) => void;
  readonly wantedNames: Wanted;
}

export function createDocumentMasker(policy: Policy): DocumentMasker {
  const masker = createMasker(policy);
  const holdsNothing = createHoldsNothing(masker.looking);
  const skips = createAddedMembers(emptyMember(policy));
  /** One for each depth, used again and again: a document is done before the next of its depth begins. */
  const walks: Walk[] = [];

  const mask: MaskNested = (document, selector, base, outer, depth) => {
    walks[depth] ??= createWalk(createVisit(masker, depth, mask));
    const { visit, visitor, wanted, namer, wantedNames } = walks[depth];
    visit.document = document;
    visit.base = base;
    visit.outer = outer;
    visit.knowsAbove = selector.path === '**';
    visit.siblings.clear();
    document.each(selector, visitor, wanted);
    if (visit.siblings.wantNames) document.each(selector, namer, wantedNames);
    if (visit.siblings.waiting) maskSiblings(visit);
  };

  function createWalk(visit: Visit): Walk {
    const { keys } = masker;
    const isSilent = (node: Node) => !speaks(visit, node);
    const wanted: Wanted = {
      classes: VISITED,
      quiet: keys.quiet,
      passesOver: (source, start, end, found, node) => holdsNothing(source, start, end, found, node, isSilent),
      skips,
    };
    return {
      visit,
      visitor: (node) => visitNode(node, visit),
      wanted,
      namer: (node) => {
        if (keys.of(node) & NAMING) visit.siblings.noteName(node);
      },
      wantedNames: { ...wanted, classes: 0, quiet: keys.nameless },
    };
  }

  return (document, selector) => mask(document, selector, '', '', 0);
}

function createMasker(policy: Policy): Masker {
  const { set, method } = policy;
  const tokens = set.detectors.map(({ name }) => tokenOf(name));
  const looking: Search = {
    set,
    tokens,
    context: NO_CONTEXT,
    replacement: (_found, { detector }) => tokens[detector],
    json: () => undefined,
  };
  const maskings = tokens.map((token) => ({ method, token, booleans: false }));
  return { policy, tokens, maskings, keys: createKnownKeys(looking), looking };
}

/** Whether something above a value may be a keyword for it. */
function speaks({ masker, base, knowsAbove }: Visit, node: Node): boolean {
  return base !== '' || !knowsAbove || node.isUnder(masker.keys.speaking);
}

function createVisit(masker: Masker, depth: number, mask: MaskNested): Visit {
  const { policy, tokens } = masker;
  const place: Context = {
    get path() {
      return joinPath(visit.base, visit.node.path);
    },
    get speaks() {
      return speaks(visit, visit.node);
    },
  };
  const outerPlace: Place = {
    get path() {
      return visit.outer === '' ? visit.node.path : visit.outer;
    },
  };
  const outerKey: Place = {
    get path() {
      return visit.outer === '' ? keyPath(visit.node.path) : visit.outer;
    },
  };
  const search: Search = {
    set: policy.set,
    tokens,
    context: place,
    replacement: (found, span) => replacementFor(visit, found, span, outerPlace),
    json: (text, level) =>
      editsOfJsonText(text, (document) => mask(document, EVERYTHING, place.path, outerPlace.path, level)),
  };
  const siblings = createSiblings(policy.set.keyNames);
  const places = { place, outerPlace, outerKey };
  const visit = { masker, depth, base: '', outer: '', knowsAbove: true, siblings, search, ...places } as Visit;
  return visit;
}

function visitNode(node: Node, visit: Visit): void {
  visit.node = node;
  visit.whole = undefined;
  const known = visit.masker.keys.of(node);
  if (known & HEARD && maskByKey(node, known, visit)) return;
  maskValue(node, visit);
}

/** Values that say what they are together with what stands beside them. */
function maskSiblings(visit: Visit): void {
  for (const { node, detector, paired } of visit.siblings.halves()) {
    visit.node = node;
    visit.whole = undefined;
    if (paired && saysOnlyItsKey(node, visit)) settle(node, detector, visit);
    else maskValue(node, visit);
  }
  for (const { node, names } of visit.siblings.named()) {
    visit.node = node;
    const named = names.find((each) => applies(each, node, visit));
    if (named !== undefined) settle(node, named.detector, visit);
  }
}

/** The edits for JSON in a text, in places of the text (UTF-16); undefined where it is not JSON. */
function editsOfJsonText(text: string, mask: (document: Document) => void): readonly Edit[] | undefined {
  const json = encodeUtf8(text);
  const documents: JsonDocument[] = [];
  if (readDocuments(json, createTape(), documents) !== undefined) return undefined;
  const edits: Edit[] = [];
  for (const document of documents) {
    mask(document);
    edits.push(...editsOf(document));
  }
  if (json.length === text.length) return edits;
  const places = placesOfBytes(text);
  return edits.map((edit) => ({ start: places[edit.start]!, end: places[edit.end]!, text: decodeUtf8(edit.text) }));
}

const EVERYTHING = selectorOf('**');
/** Shows that something was found. */
const DRY: CompiledMethod = { mask: () => '\u27e6' };

/** Tells of a document with one member whether nothing in it would be masked. */
function emptyMember(policy: Policy): (json: string) => boolean {
  let dry: DocumentMasker | undefined;
  return (json) => {
    const document = readDocument(json, createTape());
    if ('code' in document) return false;
    dry ??= createDocumentMasker({ ...policy, method: DRY, allows: () => false, covers: () => true });
    dry(document, EVERYTHING);
    return document.text() === json;
  };
}
