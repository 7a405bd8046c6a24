import type { JsonDocument } from '../json/index.ts';
import { classes, createTape, editsOf, encodeString, KEY_IDS, readDocuments, selectorOf } from '../json/index.ts';
import { decodeUtf8, encodeUtf8 } from '../record/byte-string.ts';
import type { Document, Node, Selector } from '../record/document.ts';
import type { Span } from './detection/finding.ts';
import { editsOfText, type Search } from './detection/hidden.ts';
import { type NamedKey, normalName } from './detection/key-names.ts';
import { detect } from './detection/scan.ts';
import type { DetectorSet } from './detection/set.ts';
import { tokenOf } from './detector.ts';
import { applyEdits, type Edit } from './edit.ts';
import { type CompiledMethod, REMOVED } from './method.ts';
import { placesInJson, placesOfBytes } from './places.ts';
import { joinPath, settleValue } from './settle.ts';

/** How documents are masked. */
export interface Policy {
  readonly set: DetectorSet;
  readonly method: CompiledMethod;
  /** Values that are no secret, though they look it. */
  allows(text: string): boolean;
  /** Whether the value at a path is to be looked at. */
  covers(path: string): boolean;
}

/** Masks what the policy's detectors find in the values that a selector matches. */
export type DocumentMasker = (document: Document, selector: Selector) => void;

/** Keys that need no look, that are named by a rule, that hold a find themselves. */
const PLAIN = 1;
const NAMED = 2;
const FOUND = 4;

/** Values that are visited at all: settled ones are not. */
const VISITED = classes.STRING | classes.NUMBER | classes.CONTAINER;
/** A string without any of these holds nothing, unless it is long. */
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
const DISGUISED = classes.ESCAPE | classes.HIGH;
const BOTH_CASES = classes.UPPER | classes.LOWER;

/** Where the visitor stands. */
interface Visit {
  readonly document: Document;
  /** The path of the string that the document stands in; empty for a record's own. */
  readonly base: string;
  readonly depth: number;
  readonly search: Search;
  node: Node | undefined;
  /** Parents of latitudes and longitudes: which of the two they have. */
  pairs: Map<string, number> | undefined;
}

export function createDocumentMasker(policy: Policy): DocumentMasker {
  const { set } = policy;
  const names = set.keyNames;
  const keyFlags = new Uint8Array(KEY_IDS);

  function maskDocument(document: Document, selector: Selector, base: string, depth: number): void {
    const visit: Visit = { document, base, depth, search: searchOf(), node: undefined, pairs: undefined };
    function searchOf(): Search {
      const context = {
        get path() {
          return joinPath(base, visit.node?.path ?? '');
        },
      };
      return {
        set,
        context,
        replacement: (found, span) => replacementFor(found, span, visit),
        json: (text, level) => editsOfJsonText(text, context.path, level),
      };
    }
    document.each(selector, (node) => visitNode(node, visit), VISITED);
    if (visit.pairs !== undefined) maskPairs(visit, selector);
  }

  function pathOf(visit: Visit): string {
    return joinPath(visit.base, visit.node!.path);
  }

  function replacementFor(found: string, span: Span, visit: Visit): string | undefined {
    if (policy.allows(found) || !policy.covers(pathOf(visit))) return undefined;
    const token = tokenOf(set.detectors[span.detector]!.name);
    const masked = policy.method.mask({
      text: found,
      kind: 'string',
      token,
      path: pathOf(visit),
      document: visit.document,
    });
    return masked === REMOVED ? '' : masked;
  }

  function visitNode(node: Node, visit: Visit): void {
    visit.node = node;
    const id = node.keyId;
    let flags = keyFlags[id]!;
    if (flags === 0) {
      flags = examineKey(node.key);
      if (id !== 0) keyFlags[id] = flags;
    }
    if (flags !== PLAIN) {
      if (flags & NAMED && maskNamed(node, visit)) flags &= ~NAMED;
      else if ((flags & FOUND) === 0) flags = PLAIN;
      if (flags & FOUND) maskKey(node, visit);
      if (node.settled) return;
    }
    const found = node.classes;
    if (found & classes.STRING) {
      if (found & SUSPECT || (found & BOTH_CASES) === BOTH_CASES) maskString(node, found, visit);
    } else if (found & classes.NUMBER) maskNumber(node, visit);
  }

  function examineKey(key: string | undefined): number {
    if (key === undefined) return PLAIN;
    let flags = 0;
    if (names !== undefined && names.find(key).length > 0) flags |= NAMED;
    const looking: Search = { set, context: { path: '' }, replacement: () => '', json: () => undefined };
    if (editsOfText(key, looking).length > 0) flags |= FOUND;
    return flags === 0 ? PLAIN : flags;
  }

  function maskKey(node: Node, visit: Visit): void {
    const key = node.key!;
    const edits = editsOfText(key, { ...visit.search, context: { path: '' }, json: () => undefined });
    if (edits.length > 0) node.rename(encodeString(applyEdits(key, edits)));
  }

  /** True where a rule for the key's name has dealt with the value. */
  function maskNamed(node: Node, visit: Visit): boolean {
    for (const named of names!.find(node.key!)) {
      const { pair } = named.rule;
      if (pair !== undefined) notePair(node, visit, pair === 'latitude' ? 1 : 2);
      else if (applies(named, node, visit)) {
        settle(node, named.detector, visit);
        return true;
      }
    }
    return false;
  }

  function applies({ rule, detector }: NamedKey, node: Node, visit: Visit): boolean {
    const kind = node.kind;
    if (kind === 'null' || kind === 'boolean') return false;
    if (rule.below !== undefined && !standsBelow(rule.below, pathOf(visit))) return false;
    if (kind === 'object' || kind === 'array') {
      return rule.verifyContainer?.(node.json) !== false && policy.covers(pathOf(visit));
    }
    const text = kind === 'string' ? node.string! : node.json;
    if (text === '' || TOKEN.test(text) || rule.verify?.(text) === false) return false;
    if (policy.allows(text) || !policy.covers(pathOf(visit))) return false;
    return set.detectors[detector]!.group === 'credentials' || !isFoundWhole(text, visit);
  }

  /** What the value itself shows to be something says more than its key's name. */
  function isFoundWhole(text: string, visit: Visit): boolean {
    const spans = detect(text, set, visit.search.context);
    return spans.length === 1 && spans[0]!.start === 0 && spans[0]!.end === text.length;
  }

  function settle(node: Node, detector: number, visit: Visit): void {
    const token = tokenOf(set.detectors[detector]!.name);
    settleValue(node, { method: policy.method, token, path: pathOf(visit), document: visit.document, booleans: false });
  }

  function notePair(node: Node, visit: Visit, half: number): void {
    if (node.kind !== 'number' && node.kind !== 'string') return;
    visit.pairs ??= new Map();
    const parent = parentOf(node.path);
    visit.pairs.set(parent, (visit.pairs.get(parent) ?? 0) | half);
  }

  function maskPairs(visit: Visit, selector: Selector): void {
    visit.document.each(
      selector,
      (node) => {
        const key = node.key;
        if (key === undefined) return;
        for (const named of names!.find(key)) {
          if (named.rule.pair === undefined || visit.pairs!.get(parentOf(node.path)) !== 3) continue;
          visit.node = node;
          if (policy.covers(pathOf(visit))) settle(node, named.detector, visit);
          return;
        }
      },
      VISITED,
    );
  }

  function maskString(node: Node, found: number, visit: Visit): void {
    const content = node.json.slice(1, -1);
    if ((found & SUSPECT) === 0 && content.length < 16) return;
    const disguised = (found & DISGUISED) !== 0;
    const text = disguised ? node.string! : content;
    const edits = editsOfText(text, visit.search);
    if (edits.length === 0) return;
    const places = disguised ? placesInJson(content) : undefined;
    node.replace(
      `"${applyEdits(
        content,
        edits.map((edit) => inJson(edit, places)),
      )}"`,
    );
  }

  function maskNumber(node: Node, visit: Visit): void {
    const json = node.json;
    if (json.length < 6) return;
    const text = integerOf(json);
    if (text === undefined) return;
    const spans = detect(text, set, visit.search.context);
    if (spans.length === 0 || policy.allows(text) || !policy.covers(pathOf(visit))) return;
    settle(node, spans[0]!.detector, visit);
  }

  function editsOfJsonText(text: string, base: string, depth: number): readonly Edit[] | undefined {
    const json = encodeUtf8(text);
    const documents: JsonDocument[] = [];
    if (readDocuments(json, createTape(), documents) !== undefined) return undefined;
    const edits: Edit[] = [];
    for (const document of documents) {
      maskDocument(document, EVERYTHING, base, depth);
      edits.push(...editsOf(document));
    }
    if (json.length === text.length) return edits;
    const places = placesOfBytes(text);
    return edits.map((edit) => ({ start: places[edit.start]!, end: places[edit.end]!, text: decodeUtf8(edit.text) }));
  }

  return (document, selector) => maskDocument(document, selector, '', 0);
}

const EVERYTHING = selectorOf('**');
/** A value that was masked before. */
const TOKEN = /^\[[A-Z][A-Z0-9_]{1,40}\]$/;

/** An edit of a string's text as an edit of what stands between its quotes. */
function inJson(edit: Edit, places: readonly number[] | undefined): Edit {
  const text = encodeString(edit.text).slice(1, -1);
  return places === undefined
    ? { start: edit.start, end: edit.end, text }
    : { start: places[edit.start]!, end: places[edit.end]!, text };
}

/** A JSON number's digits where it is a whole number, however it is spelled. */
function integerOf(json: string): string | undefined {
  if (!/[.eE]/.test(json)) return json;
  const value = Number(json);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['), 0));
}

/** Whether the key right above the value has one of these names. */
function standsBelow(names: readonly string[], path: string): boolean {
  const keys = path.split(/[.[\]]/).filter((key) => key !== '' && !/^\d{1,10}$/.test(key));
  const parent = keys.at(-2);
  return parent !== undefined && names.includes(normalName(parent));
}
