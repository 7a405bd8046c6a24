import { encodeUtf8 } from '../record/byte-string.ts';
import type { Document, JsonText, Memo, Node, Selector, Wanted } from '../record/document.ts';
import { ARRAY, CLASS_BITS, OBJECT, SETTLED, STRING } from './classes.ts';
import { Cursor } from './cursor.ts';
import { Fragment, valueText } from './fragment.ts';
import { keyIdOf, keyName, keyTable } from './keys.ts';
import type { CompiledSelector, KeySegment, Segment } from './path.ts';
import { readFragment } from './read.ts';
import { render } from './render.ts';
import { loaded } from './scanner.ts';
import { decodeString } from './strings.ts';
import {
  AGAIN,
  after,
  CLASSES,
  EDIT,
  END,
  EXTENDED,
  KEY_END,
  KEY_ID,
  KEY_START,
  NEXT,
  PARENT,
  REMOVED,
  RENAMED,
  REPLACED,
  START,
  STRIDE,
  type Tape,
  TOUCHED,
} from './tape.ts';
import { ANY, visitAll, visitMatches, visitMembers } from './visit.ts';

interface Place {
  readonly document: JsonDocument;
  readonly node: number;
}

const NOWHERE = -1;
const UNKNOWN = -2;

/** A document on a tape. Made by `readDocuments` and `readDocument`. */
export class JsonDocument implements Document {
  readonly source: JsonText;
  /** Where the document's own text starts and ends in `source`. */
  from: number;
  to: number;
  readonly tape: Tape;
  readonly rows: Int32Array;
  readonly root: number;
  /** As long as it is the key table's, what that says of rows is true of these. */
  private readonly generation: number;
  /** As long as no other text was loaded, the source's bytes are at hand. */
  private readonly loading: number;
  /** The last row that bears an edit; -1 where none does. */
  lastEdited = -1;
  /** New keys, with their quotes, by row. */
  keys: Map<number, JsonText> | undefined = undefined;
  /** Set where the document is a value that a step put into another one. */
  fragment: Fragment | undefined = undefined;

  constructor(source: JsonText, from: number, to: number, tape: Tape, root: number) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.tape = tape;
    this.rows = tape.rows;
    this.root = root;
    this.generation = keyTable.generation;
    this.loading = loaded.texts;
  }

  /** Whether the source is the text that the scanner loaded last. */
  get isLoaded(): boolean {
    return this.loading === loaded.texts;
  }

  get(selector: Selector): Node | undefined {
    const compiled = selector as CompiledSelector;
    if (!compiled.concrete) return this.firstOf(compiled);
    const { segments } = compiled;
    let document: JsonDocument = this;
    let node = this.root;
    for (let depth = 0; depth < segments.length; depth++) {
      const segment = segments[depth]!;
      if (document.rows[node + CLASSES]! & (REPLACED | EXTENDED)) {
        const place = document.memberOf(node, segment);
        if (place === undefined) return undefined;
        document = place.document;
        node = place.node;
      } else {
        node = document.child(node, segment);
        if (node < 0) return undefined;
      }
    }
    return new Cursor(document, node);
  }

  each(selector: Selector, visit: (node: Node) => void, wanted?: Wanted): void {
    const compiled = selector as CompiledSelector;
    if (compiled.everything) {
      visitAll(this, visit, wanted);
      return;
    }
    // Only the walk over everything asks what keys are quiet: elsewhere every key is taken for one that is not.
    const open = wanted === undefined ? 0 : ANY;
    if (compiled.keysOnly) visitMembers(this, this.root, compiled.segments as readonly KeySegment[], 0, visit, open);
    else visitMatches(this, this.root, compiled, compiled.start, visit, open);
  }

  settleString(selector: Selector, masked: Memo<JsonText>): boolean {
    const node = this.only(selector as CompiledSelector);
    if (node < 0) return node === NOWHERE;
    const { rows, source } = this;
    const classes = rows[node + CLASSES]!;
    const [start, end] = [rows[node + START]!, rows[node + END]!];
    // An empty string is its two quotes.
    if ((classes & STRING) === 0 || classes & (TOUCHED | SETTLED) || end - start === 2) return false;
    const json = this.isLoaded ? masked.at(loaded.bytes, start, end, source) : masked.of(source.slice(start, end));
    this.replaceAt(node, json, true);
    return true;
  }

  /**
   * The one value at a path of keys that came with the text: NOWHERE if there is none, UNKNOWN where it takes a walk to
   * tell: a key stands in several places, or a step put something in on the way.
   */
  private only({ segments, keysOnly }: CompiledSelector): number {
    if (!keysOnly) return UNKNOWN;
    const { rows } = this;
    let node = this.root;
    for (let depth = 0; depth < segments.length; depth++) {
      const classes = rows[node + CLASSES]!;
      const { keyId } = segments[depth] as KeySegment;
      if (classes & TOUCHED && (classes & (REPLACED | REMOVED) || this.mayHaveAdded(node, keyId))) return UNKNOWN;
      if ((classes & OBJECT) === 0) return NOWHERE;
      const seen = this.lastSeen(keyId);
      if (seen < 0) return seen;
      if (rows[seen + AGAIN] !== 0) return UNKNOWN;
      if (rows[seen + PARENT] !== node) return NOWHERE;
      node = seen;
    }
    return node;
  }

  /** Whether a step may have added a member with a key to the object at `node`. */
  private mayHaveAdded(node: number, keyId: number): boolean {
    if ((this.rows[node + CLASSES]! & EXTENDED) === 0) return false;
    for (let added: Fragment | undefined = this.fragmentAt(node); added !== undefined; added = added.more) {
      if (added.document !== undefined || added.keyId === keyId || added.keyId === 0) return true;
    }
    return false;
  }

  set(selector: Selector, json: JsonText): boolean {
    const compiled = selector as CompiledSelector;
    if (!compiled.concrete) throw new TypeError(`set needs a path without wildcards, not ${compiled.path}`);
    const { segments } = compiled;
    let document: JsonDocument = this;
    let node = this.root;
    // Most that is put in is new, at the top of the document.
    if (segments.length === 1 && this.only(compiled) === NOWHERE) return this.insert(node, segments, 0, json);
    for (let depth = 0; depth < segments.length; depth++) {
      const place = document.memberOf(node, segments[depth]!);
      if (place === undefined) return document.insert(node, segments, depth, json);
      document = place.document;
      node = place.node;
    }
    document.replaceAt(node, json, false);
    return true;
  }

  text(): JsonText {
    if (this.lastEdited >= 0) return render(this, this.root, this.from, this.to);
    return this.source.length === this.to - this.from ? this.source : this.source.slice(this.from, this.to);
  }

  /** The value at `node` as it stands now. */
  textAt(node: number): JsonText {
    const { rows } = this;
    if (rows[node + CLASSES]! & REPLACED) return valueText(this.fragmentAt(node));
    if (this.lastEdited >= node) return render(this, node, rows[node + START]!, rows[node + END]!);
    return this.source.slice(rows[node + START], rows[node + END]);
  }

  /** The classes of the value at `node`, as it stands now. */
  classesAt(node: number): number {
    const classes = this.rows[node + CLASSES]!;
    if (classes & SETTLED) return SETTLED;
    if ((classes & REPLACED) === 0) return classes & CLASS_BITS;
    const inside = this.inside(node);
    return inside.classesAt(inside.root);
  }

  /** The decoded key of the member at `node`. */
  keyOf(node: number): string | undefined {
    const { rows } = this;
    const id = rows[node + KEY_ID]!;
    if (id !== 0) return keyName(id);
    const text = this.keyTextOf(node);
    return text === undefined ? undefined : decodeString(text);
  }

  /** The key of the member at `node` as it stands, with its quotes. */
  keyTextOf(node: number): JsonText | undefined {
    const { rows } = this;
    if (rows[node + CLASSES]! & RENAMED) return this.keys!.get(node);
    if (node === this.root) return this.fragment?.key?.slice(0, -1);
    const start = rows[node + KEY_START]!;
    return start < 0 ? undefined : this.source.slice(start, rows[node + KEY_END]);
  }

  /** A member or element of the container that came with the text at `node`, by one segment of a path; -1 if there is none. */
  child(node: number, segment: Segment): number {
    const { rows } = this;
    if (segment.kind === 'key') return rows[node + CLASSES]! & OBJECT ? this.member(node, segment) : -1;
    if (segment.kind !== 'index' || (rows[node + CLASSES]! & ARRAY) === 0) return -1;
    const end = rows[node + NEXT]!;
    let index = segment.index;
    for (let at = node + STRIDE; at < end; at = after(rows, at)) {
      if ((rows[at + CLASSES]! & REMOVED) === 0 && index-- === 0) return at;
    }
    return -1;
  }

  /** The last member with a key. A key that has an id bears it wherever it stands: see keys.ts. */
  private member(node: number, segment: KeySegment): number {
    const { rows } = this;
    const seen = this.lastSeen(segment.keyId);
    if (seen >= 0) {
      if (rows[seen + PARENT] === node && (rows[seen + CLASSES]! & REMOVED) === 0) return seen;
    } else if (seen === NOWHERE) return -1;
    const end = rows[node + NEXT]!;
    let last = -1;
    for (let at = node + STRIDE; at < end; at = after(rows, at)) {
      if (this.hasKey(at, segment) && (rows[at + CLASSES]! & REMOVED) === 0) last = at;
    }
    return last;
  }

  /**
   * The one member with a key that can be in the object at `node`, -1 if there is none; undefined where it takes a walk to
   * tell, for the key stands in several places.
   */
  onlyMember(node: number, segment: KeySegment): number | undefined {
    const seen = this.lastSeen(segment.keyId);
    if (seen === NOWHERE) return -1;
    if (seen < 0 || this.rows[seen + AGAIN] !== 0) return undefined;
    return this.rows[seen + PARENT] === node ? seen : -1;
  }

  /** Where in this document the scanner last saw a key; NOWHERE if it is not in it; UNKNOWN where that can't be told. */
  private lastSeen(keyId: number): number {
    if (keyId === 0 || this.generation !== keyTable.generation || this.keys !== undefined) return UNKNOWN;
    const { rows } = this;
    const end = after(rows, this.root);
    const seen = keyTable.rows[keyId]!;
    if (seen > this.root && seen < end && rows[seen + KEY_ID] === keyId) return seen;
    return this.tape.used === end ? NOWHERE : UNKNOWN;
  }

  /** Whether the member at `node` has a key. */
  hasKey(node: number, { keyId, key }: KeySegment): boolean {
    return this.rows[node + KEY_ID] === keyId && (keyId !== 0 || this.keyOf(node) === key);
  }

  /** A member or element of the value at `node` as it stands now. */
  memberOf(node: number, segment: Segment): Place | undefined {
    const classes = this.rows[node + CLASSES]!;
    if (classes & REPLACED) {
      const inside = this.inside(node);
      return inside.memberOf(inside.root, segment);
    }
    if (classes & EXTENDED && segment.kind === 'key') {
      const added = this.addedMember(node, segment);
      if (added !== undefined) return added;
    }
    const member = this.child(node, segment);
    return member < 0 ? undefined : { document: this, node: member };
  }

  /** Of the members added to the object at `node`, the last one with a key. */
  private addedMember(node: number, segment: KeySegment): Place | undefined {
    let last: JsonDocument | undefined;
    for (let added: Fragment | undefined = this.fragmentAt(node); added !== undefined; added = added.more) {
      if (added.document === undefined && added.keyId !== segment.keyId && added.keyId !== 0) continue;
      const document = this.read(added);
      if (!document.isRemoved(document.root) && document.hasKey(document.root, segment)) last = document;
    }
    return last && { document: last, node: last.root };
  }

  isRemoved(node: number): boolean {
    return (this.rows[node + CLASSES]! & REMOVED) !== 0;
  }

  fragmentAt(node: number): Fragment {
    return this.tape.fragments[this.rows[node + EDIT]!] as Fragment;
  }

  /** What stands in the place of the value at `node`, read. */
  inside(node: number): JsonDocument {
    return this.read(this.fragmentAt(node));
  }

  /** A fragment of this document, read. */
  read(fragment: Fragment): JsonDocument {
    if (fragment.document === undefined) {
      const document = readFragment(fragment.json, this.tape);
      document.fragment = fragment;
      document.rows[document.root + KEY_ID] = fragment.keyId;
      fragment.document = document;
    }
    return fragment.document;
  }

  replaceAt(node: number, json: JsonText, settled: boolean): void {
    this.touch(node, REPLACED);
    const classes = this.rows[node + CLASSES]! & ~(EXTENDED | SETTLED);
    this.rows[node + CLASSES] = settled ? classes | SETTLED : classes;
    this.keep(node, new Fragment(this, node, json, undefined));
  }

  removeAt(node: number): void {
    // A document without a value is none.
    if (node === this.root && this.fragment?.key === undefined) this.replaceAt(node, 'null', true);
    else this.touch(node, REMOVED);
  }

  renameAt(node: number, key: JsonText): void {
    if (this.keyTextOf(node) === undefined) return;
    this.touch(node, RENAMED);
    this.keys ??= new Map();
    this.keys.set(node, key);
    const name = decodeString(key);
    this.rows[node + KEY_ID] = keyIdOf(encodeUtf8(name), name);
  }

  private touch(node: number, edit: number): void {
    this.rows[node + CLASSES] = this.rows[node + CLASSES]! | edit;
    if (node > this.lastEdited) this.lastEdited = node;
  }

  private keep(node: number, fragment: Fragment): void {
    const { tape } = this;
    this.rows[node + EDIT] = tape.kept;
    tape.fragments[tape.kept++] = fragment;
  }

  /** Adds the member `segments[depth]` to the value at `node`, with the parents that the rest of the path needs. */
  private insert(node: number, segments: readonly Segment[], depth: number, json: JsonText): boolean {
    if (this.rows[node + CLASSES]! & REPLACED) {
      const inside = this.inside(node);
      return inside.insert(inside.root, segments, depth, json);
    }
    const segment = segments[depth]!;
    if ((this.rows[node + CLASSES]! & OBJECT) === 0 || segment.kind !== 'key') return false;
    let value = json;
    for (let at = segments.length - 1; at > depth; at--) {
      const below = segments[at]!;
      if (below.kind !== 'key') return false;
      value = `{${below.json}${value}}`;
    }
    const added = new Fragment(this, node, value, segment);
    if (this.rows[node + CLASSES]! & EXTENDED) {
      let last = this.fragmentAt(node);
      while (last.more !== undefined) last = last.more;
      last.more = added;
    } else {
      this.touch(node, EXTENDED);
      this.keep(node, added);
    }
    return true;
  }

  private firstOf(selector: CompiledSelector): Node | undefined {
    let first: Cursor | undefined;
    this.each(selector, (node) => {
      first ??= (node as Cursor).copy();
    });
    return first;
  }
}
