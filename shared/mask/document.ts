import type { JsonDocument } from '../json/index.ts';
import {
  classes,
  createTape,
  editsOf,
  encodeString,
  KEY_IDS,
  memo,
  readDocument,
  readDocuments,
  selectorOf,
} from '../json/index.ts';
import { decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import type { Document, Node, Selector, Wanted } from '../record/document.ts';
import { createAddedMembers } from './added.ts';
import type { Span } from './detection/finding.ts';
import { editsOfText } from './detection/hidden.ts';
import { type NamedKey, standsBelow } from './detection/key-names.ts';
import { type Context, NO_CONTEXT, speaksOf } from './detection/keywords.ts';
import { detect, detectIn, type Finds, NOTHING } from './detection/scan.ts';
import type { Search } from './detection/search.ts';
import type { DetectorSet } from './detection/set.ts';
import { createSieve, KEYWORD, mayBegin, STRONG } from './detection/sieve.ts';
import { shown, type Taken } from './detection/taken.ts';
import { isToken, tokenOf } from './detector.ts';
import { applyEdits, type Edit } from './edit.ts';
import type { CompiledMethod, Place } from './method.ts';
import { keyPath } from './parents.ts';
import { placesInJson, placesOfBytes } from './places.ts';
import { isPlainIdentifier, isTokenOfLetters } from './plain.ts';
import { joinPath, settleValue } from './settle.ts';
import { createSiblings, isKeyBeside, isNamingKey, type Siblings } from './siblings.ts';

/** How documents are masked. */
export interface Policy {
  readonly set: DetectorSet;
  readonly method: CompiledMethod;
  /** Values that are no secret, though they look it. */
  allows(text: string): boolean;
  /** Whether the value at a place is to be looked at. */
  covers(place: Place): boolean;
}

/** Masks what the policy's detectors find in the values that a selector matches. */
export type DocumentMasker = (document: Document, selector: Selector) => void;

/** What is known of a key: a rule is named so, it holds a find itself; what follows. 0: nothing yet. */
const KNOWN = 1;
const NAMED = 2;
const FOUND = 4;
/** It holds the name of what stands beside it, or what is named so: `{"key":"password","value":"…"}`. */
const NAMING = 8;
const BESIDE = 16;

/** Values with none of these hold nothing, unless their key says so. */
const SUSPECT =
  classes.AT |
  classes.DIGIT |
  classes.COLON |
  classes.EQUALS |
  classes.PERCENT |
  classes.ESCAPE |
  classes.HIGH |
  classes.BRACKET |
  classes.OTHER;
/** Strings with none of those but with capitals may be credentials. */
const VISITED = SUSPECT | classes.UPPER;
/** No find is shorter: `::1`; and without one of these marks none is shorter than six characters. */
const SHORTEST = 3;
const SHORTEST_PLAIN = 6;
const MARKED =
  classes.AT |
  classes.COLON |
  classes.EQUALS |
  classes.OTHER |
  classes.PERCENT |
  classes.ESCAPE |
  classes.HIGH |
  classes.BRACKET;
const ENCODED = classes.ESCAPE | classes.HIGH;
/** Strings with one of these may hide one text in another. */
const HIDING = ENCODED | classes.PERCENT | classes.BRACKET;
/** How often values of a key are looked up in vain: at first, after one was found, and after so many that were not looked up. */
const TRIES = 4;
const MOST_TRIES = 16;
const PAUSE = 1000;
/** How many texts are remembered as holding nothing or something, and how long each may be. */
const MOST_REMEMBERED = 1024;
const LONGEST_REMEMBERED = 512;

/** Where the walk through one document stands. */
interface Visit {
  document: Document;
  /** The path of the string that the document stands in; empty for a record's own. */
  base: string;
  /** The path of the value of a record's own document that all this stands in; empty for that document itself. */
  outer: string;
  /** False where keys above what is visited have not been looked at: they may say anything. */
  knowsAbove: boolean;
  node: Node;
  /** Values that say what they are together with one beside them. */
  readonly siblings: Siblings;
  /** How many texts the document stands inside of. */
  readonly depth: number;
  readonly search: Search;
  readonly place: Context;
  /** What methods are told: a path in the record's own document, of a value and of a key. */
  readonly outerPlace: Place;
  readonly outerKey: Place;
  readonly visitor: (node: Node) => void;
  readonly wanted: Wanted;
}

export function createDocumentMasker(policy: Policy): DocumentMasker {
  const { set } = policy;
  const names = set.keyNames;
  const tokens = set.detectors.map(({ name }) => tokenOf(name));
  const maskings = tokens.map((token) => ({ method: policy.method, token, booleans: false }));
  /** By key id. */
  const flags = new Uint8Array(KEY_IDS);
  const quiet = new Uint8Array(KEY_IDS);
  const sieve = createSieve(set);
  const speaking = new Uint8Array(KEY_IDS);
  /** A look that changes nothing. */
  const looking: Search = {
    set,
    tokens,
    context: NO_CONTEXT,
    replacement: (_found, { detector }) => tokens[detector],
    json: () => undefined,
  };
  /** By key id: whether values come again, so that looking them up is worth it. See `comesAgain`. */
  const repeats = new Int16Array(KEY_IDS).fill(TRIES);
  let computed = false;
  /** Whether a string that hides nothing holds nothing, where no key above it says otherwise: the same few come in every record. */
  const isClean = memo(MOST_REMEMBERED, (json) => {
    computed = true;
    return editsOfText(json.slice(1, -1), looking).length === 0;
  });
  let dry: DocumentMasker | undefined;
  /** What is found in the value that is visited, where it is all of it. */
  let whole: Finds | undefined;
  const isAddedClean = createAddedMembers((json) => {
    const document = readDocument(json, createTape());
    if ('code' in document) return false;
    dry ??= createDocumentMasker({ ...policy, method: DRY, allows: () => false, covers: () => true });
    dry(document, EVERYTHING);
    return document.text() === json;
  });
  /** One for each depth, used again and again: a document is done before the next of its depth begins. */
  const visits: Visit[] = [];

  function createVisit(depth: number): Visit {
    const place: Context = {
      get path() {
        return joinPath(visit.base, visit.node.path);
      },
      get speaks() {
        return visit.base !== '' || !visit.knowsAbove || visit.node.isUnder(speaking);
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
      set,
      tokens,
      context: place,
      replacement: (found, span) => replacementFor(found, span, visit, outerPlace),
      json: (text, level) => editsOfJsonText(text, place.path, outerPlace.path, level),
    };
    const visitor = (node: Node) => visitNode(node, visit);
    const wanted: Wanted = {
      classes: VISITED,
      quiet,
      passesOver: (source, start, end, found, node) => holdsNothing(source, start, end, found, node, visit),
      skips: isAddedClean,
    };
    const places = { place, outerPlace, outerKey };
    const visit = {
      base: '',
      outer: '',
      knowsAbove: true,
      siblings: createSiblings(names),
      depth,
      search,
      visitor,
      wanted,
      ...places,
    } as Visit;
    return visit;
  }

  function maskDocument(document: Document, selector: Selector, base: string, outer: string, depth: number): void {
    visits[depth] ??= createVisit(depth);
    const visit = visits[depth];
    visit.document = document;
    visit.base = base;
    visit.outer = outer;
    visit.knowsAbove = selector.path === '**';
    visit.siblings.clear();
    document.each(selector, visit.visitor, visit.wanted);
    if (visit.siblings.waiting) maskSiblings(visit);
  }

  function replacementFor(found: string, span: Span, visit: Visit, place: Place): string | undefined {
    if (policy.allows(found) || !policy.covers(visit.place)) return undefined;
    const { document } = visit;
    const { token } = maskings[span.detector]!;
    return policy.method.mask({ text: found, kind: 'string', token, place, document });
  }

  /** Whether a value is surely to be left as it is, so far as its key says nothing: most are, and need no visit. */
  function holdsNothing(source: string, start: number, end: number, found: number, node: Node, visit: Visit): boolean {
    if (found & classes.NUMBER) return isShortNumber(start, end, found);
    if (isTooPlain(source, start + 1, end - 1, found)) return true;
    if (found & HIDING) return false;
    const silent = visit.base === '' && visit.knowsAbove && !node.isUnder(speaking);
    if (silent && end - start <= LONGEST_REMEMBERED && comesAgain(node.keyId)) return isKnownClean(node);
    const may = mayBegin(sieve, source, start + 1, end - 1);
    if (may === 0) return true;
    return silent && (may & (STRONG | KEYWORD)) === 0;
  }

  /** Values under some keys are few, and under others never the same: those are asked for again only now and then. */
  function comesAgain(id: number): boolean {
    const credit = repeats[id]!;
    if (credit > 0) return true;
    repeats[id] = credit === -PAUSE ? TRIES : credit - 1;
    return false;
  }

  function isKnownClean(node: Node): boolean {
    computed = false;
    const clean = node.recall(isClean);
    const id = node.keyId;
    repeats[id] = computed ? repeats[id]! - 1 : MOST_TRIES;
    return clean;
  }

  function visitNode(node: Node, visit: Visit): void {
    visit.node = node;
    whole = undefined;
    const id = node.keyId;
    const known = flags[id]! || examineKey(node, id);
    if (known !== KNOWN && maskByKey(node, known, visit)) return;
    visitValue(node, visit);
  }

  function visitValue(node: Node, visit: Visit): void {
    const found = node.classes;
    if (found & classes.STRING) {
      if (found & VISITED) maskString(node, found, visit);
    } else if (found & classes.NUMBER) maskNumber(node, visit);
  }

  function examineKey(node: Node, id: number): number {
    const { key } = node;
    if (key === undefined) return KNOWN;
    let known = KNOWN;
    const finds = editsOfText(key, looking);
    if (finds.length > 0) known |= FOUND;
    if (names !== undefined) {
      if (names.find(applyEdits(key, finds)).length > 0) known |= NAMED;
      if (isNamingKey(key)) known |= NAMING;
      if (isKeyBeside(key)) known |= BESIDE;
    }
    if (id !== 0) {
      flags[id] = known;
      quiet[id] = known === KNOWN ? 1 : 0;
      speaking[id] = speaksOf(set.detectors, key) ? 1 : 0;
    }
    return known;
  }

  /** True where nothing is left to look at. */
  function maskByKey(node: Node, known: number, visit: Visit): boolean {
    let key = node.key!;
    if (known & FOUND) {
      // What a key says is what is left of it when it is masked, whatever the method puts in the place of a find.
      key = applyEdits(key, editsOfText(key, looking));
      // What is left may say something of other values below too.
      if (maskKey(node, visit)) examineKey(node, node.keyId);
    }
    if (known & NAMING) visit.siblings.noteName(node);
    else if (known & BESIDE) visit.siblings.noteBeside(node);
    return (known & NAMED) !== 0 && maskNamed(node, key, visit);
  }

  /** Masks what is found in a key itself. */
  function maskKey(node: Node, visit: Visit): boolean {
    const key = node.key!;
    const edits = editsOfText(key, {
      set,
      tokens,
      context: NO_CONTEXT,
      replacement: (found, span) => replacementFor(found, span, visit, visit.outerKey),
      json: () => undefined,
    });
    if (edits.length > 0) node.rename(encodeString(applyEdits(key, edits)));
    return edits.length > 0;
  }

  /** True where a rule for the key's name has dealt with the value. */
  function maskNamed(node: Node, key: string, visit: Visit): boolean {
    for (const named of names!.find(key)) {
      if (named.rule.pair !== undefined) {
        if (visit.siblings.noteHalf(node, named)) return true;
      } else if (applies(named, node, visit)) {
        settle(node, named.detector, visit);
        return true;
      }
    }
    return false;
  }

  function applies({ rule, detector }: NamedKey, node: Node, { place }: Visit, rest?: string): boolean {
    const { kind } = node;
    if (kind === 'null' || kind === 'boolean') return false;
    if (rule.below !== undefined && !standsBelow(rule.below, place.path)) return false;
    if (kind === 'object' || kind === 'array') {
      return rule.verifyContainer?.(node.json) !== false && policy.covers(place);
    }
    const text = rest ?? (kind === 'string' ? node.string! : node.json);
    if (text === '' || isToken(text) || rule.verify?.(text) === false) return false;
    if (policy.allows(text) || !policy.covers(place)) return false;
    return set.detectors[detector]!.group === 'credentials' || !isFoundWhole(text, place);
  }

  /** What the value itself shows to be something says more than its key's name. */
  function isFoundWhole(text: string, place: Context): boolean {
    const finds = detect(text, set, place);
    if (!coversAll(finds, text.length)) return false;
    whole = finds;
    return true;
  }

  function settle(node: Node, detector: number, visit: Visit): void {
    const leaves = (below: Node) => {
      if (below.key !== undefined) maskKey(below, visit);
      return below.kind === 'string' && isToken(below.string!);
    };
    settleValue(node, { ...maskings[detector]!, leaves }, visit.document, visit.outerPlace);
  }

  function maskSiblings(visit: Visit): void {
    for (const { node, detector, paired } of visit.siblings.halves()) {
      visit.node = node;
      whole = undefined;
      if (paired && saysOnlyItsKey(node, visit.place)) settle(node, detector, visit);
      else visitValue(node, visit);
    }
    for (const { node, names } of visit.siblings.named()) {
      visit.node = node;
      const named = names.find((each) => applies(each, node, visit));
      if (named !== undefined) settle(node, named.detector, visit);
    }
  }

  /** Whether a single value is to be masked for its key's name: it is not allowed, nor found to be something else. */
  function saysOnlyItsKey(node: Node, place: Context): boolean {
    const text = node.kind === 'string' ? node.string! : node.json;
    if (text === '' || isToken(text) || policy.allows(text) || !policy.covers(place)) return false;
    return !isFoundWhole(text, place);
  }

  function maskString(node: Node, found: number, visit: Visit): void {
    const start = node.start + 1;
    const end = node.end - 1;
    const { source } = node;
    if (isTooPlain(source, start, end, found)) return;
    const length = end - start;
    if (found & HIDING) {
      maskText(node, found, visit);
      return;
    }
    // Most strings are short and hide nothing: they are looked through where they stand.
    const finds = whole ?? detectIn(source, start, end, set, visit.place, found);
    if (finds === NOTHING) return;
    if (found & classes.OTHER || !coversAll(finds, length)) maskText(node, found, visit, finds);
    else {
      const replacement = replacementFor(node.string!, finds.spans[0]!, visit, visit.outerPlace);
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

  /** What is found in a value may be what keeps its key from saying anything of it: then all of the value goes. */
  function maskNamedAfter(node: Node, text: string, taken: readonly Taken[], visit: Visit): boolean {
    const { key } = node;
    if (key === undefined || names === undefined) return false;
    for (const named of names.find(key)) {
      if (named.rule.pair !== undefined || named.rule.verify?.(text) !== false) continue;
      if (!applies(named, node, visit, applyEdits(text, taken.map(shown)))) continue;
      settle(node, named.detector, visit);
      return true;
    }
    return false;
  }

  function maskNumber(node: Node, visit: Visit): void {
    if (isShortNumber(node.start, node.end, node.classes)) return;
    const json = node.json;
    const text = integerOf(json);
    if (text === undefined) return;
    const { spans } = detect(text, set, visit.place);
    if (spans.length === 0 || policy.allows(text) || !policy.covers(visit.place)) return;
    settle(node, spans[0]!.detector, visit);
  }

  function editsOfJsonText(text: string, base: string, outer: string, depth: number): readonly Edit[] | undefined {
    const json = encodeUtf8(text);
    const documents: JsonDocument[] = [];
    if (readDocuments(json, createTape(), documents) !== undefined) return undefined;
    const edits: Edit[] = [];
    for (const document of documents) {
      maskDocument(document, EVERYTHING, base, outer, depth);
      edits.push(...editsOf(document));
    }
    if (json.length === text.length) return edits;
    const places = placesOfBytes(text);
    return edits.map((edit) => ({ start: places[edit.start]!, end: places[edit.end]!, text: decodeUtf8(edit.text) }));
  }

  return (document, selector) => maskDocument(document, selector, '', '', 0);
}

const EVERYTHING = selectorOf('**');
/** Shows that something was found. */
const DRY: CompiledMethod = { mask: () => '\u27e6' };
/** Whether a find is all of a text, and nothing else is. */
function coversAll({ spans, tokens }: Finds, length: number): boolean {
  return spans.length === 1 && tokens.length === 0 && spans[0]!.start === 0 && spans[0]!.end === length;
}

/** An edit of a string's text as an edit of what stands between its quotes. */
function inJson(edit: Edit, places: readonly number[] | undefined): Edit {
  const text = encodeString(edit.text).slice(1, -1);
  if (places === undefined) return { start: edit.start, end: edit.end, text };
  return { start: places[edit.start]!, end: places[edit.end]!, text };
}

/** Whether what stands in a string's quotes is no one's, whatever its place: too short, an identifier, plain words. */
function isTooPlain(source: string, start: number, end: number, found: number): boolean {
  if (end - start < (found & MARKED ? SHORTEST : SHORTEST_PLAIN)) return true;
  if (isPlainIdentifier(source, start, end, found)) return true;
  return (found & SUSPECT) === 0 && !isTokenOfLetters(source, start, end);
}

/** A number that is whole behind a point, `4111111.0`, has two characters more. */
function isShortNumber(start: number, end: number, found: number): boolean {
  return (
    end - start <
    (found & classes.DOT && (found & (classes.LOWER | classes.UPPER)) === 0 ? SHORTEST_PLAIN + 2 : SHORTEST_PLAIN)
  );
}

/** A JSON number's digits where it is a whole number, however it is spelled. */
function integerOf(json: string): string | undefined {
  if (!/[.eE]/.test(json)) return json;
  const value = Number(json);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
