import { encodeUtf8 } from '../record/byte-string.ts';
import type { Document, JsonText, Node, Selector } from '../record/document.ts';
import { CONTAINER, SETTLED } from './classes.ts';
import { Cursor } from './cursor.ts';
import { keyIdOf, keyName } from './keys.ts';
import type { CompiledSelector, Segment } from './path.ts';
import { render } from './render.ts';
import { fault, load, scan } from './scanner.ts';
import { decodeString, encodeString } from './strings.ts';
import {
  ARRAY,
  CLASSES,
  END,
  EXTENDED,
  KEY_CLASSES,
  KEY_END,
  KEY_ID,
  KEY_START,
  KIND,
  META,
  NEXT,
  OBJECT,
  REMOVED,
  RENAMED,
  REPLACED,
  SETTLED_HERE,
  START,
  STRIDE,
  type Tape,
  TOUCHED,
} from './tape.ts';
import { visitAll, visitMatches } from './visit.ts';

/** Text that a step put in. It is read only when someone looks inside. */
export interface Fragment {
  json: JsonText;
  document: JsonDocument | undefined;
  /** Of members added to an object: the ids of their keys, as long as each has one. */
  keyIds: number[] | undefined;
}

type Visit = (node: Node) => void;

/** A document on a tape. Make one with `readDocuments` or `readDocument`. */
export class JsonDocument implements Document {
  readonly source: JsonText;
  /** Where the document's own text starts and ends in `source`. */
  from: number;
  to: number;
  readonly tape: Tape;
  readonly rows: Int32Array;
  readonly root: number;
  /** Rows that bear an edit, in the order of the edits. */
  touched: number[] | undefined = undefined;
  fragments: Fragment[] | undefined = undefined;
  keys: JsonText[] | undefined = undefined;
  /** Of a fragment: where it stands. */
  owner: JsonDocument | undefined = undefined;
  place = 0;

  constructor(source: JsonText, from: number, to: number, tape: Tape, root: number) {
    this.source = source;
    this.from = from;
    this.to = to;
    this.tape = tape;
    this.rows = tape.rows;
    this.root = root;
  }

  get(selector: Selector): Node | undefined {
    const compiled = selector as CompiledSelector;
    if (!compiled.concrete) return this.firstOf(compiled);
    const segments = compiled.segments;
    let document: JsonDocument = this;
    let node = this.root;
    for (let depth = 0; depth < segments.length; depth++) {
      while (document.rows[node + META]! & REPLACED) {
        document = document.inside(node);
        node = document.root;
      }
      const segment = segments[depth]!;
      if (document.rows[node + META]! & EXTENDED) {
        const added = document.added(node, segment);
        if (added !== undefined) {
          document = added;
          node = added.child(added.root, segment);
          continue;
        }
      }
      node = document.child(node, segment);
      if (node < 0) return undefined;
    }
    return new Cursor(document, node);
  }

  each(selector: Selector, visit: Visit, gate = 0): void {
    const compiled = selector as CompiledSelector;
    if (compiled.everything) visitAll(this, visit, gate);
    else visitMatches(this, this.root, compiled, compiled.start, visit, gate);
  }

  set(selector: Selector, json: JsonText): boolean {
    const compiled = selector as CompiledSelector;
    if (!compiled.concrete) throw new TypeError(`set needs a path without wildcards, not ${compiled.path}`);
    const segments = compiled.segments;
    let document: JsonDocument = this;
    let node = this.root;
    for (let depth = 0; depth < segments.length; depth++) {
      while (document.rows[node + META]! & REPLACED) {
        document = document.inside(node);
        node = document.root;
      }
      const segment = segments[depth]!;
      const added = document.rows[node + META]! & EXTENDED ? document.added(node, segment) : undefined;
      const next = added === undefined ? document.child(node, segment) : added.child(added.root, segment);
      if (next < 0) return document.insert(node, segments, depth, json);
      document = added ?? document;
      node = next;
    }
    document.replaceAt(node, json, false);
    return true;
  }

  text(): JsonText {
    if (this.touched !== undefined) return render(this, this.root, this.from, this.to);
    return this.source.length === this.to - this.from ? this.source : this.source.slice(this.from, this.to);
  }

  /** The member or element of the container at `node`, by one segment of a path; -1 if there is none. */
  child(node: number, segment: Segment): number {
    const rows = this.rows;
    const kind = rows[node + META]! & KIND;
    const end = rows[node + NEXT]!;
    if (segment.kind === 'key') {
      if (kind !== OBJECT) return -1;
      let last = -1;
      for (let at = node + STRIDE; at < end; at = rows[at + NEXT]!) {
        const id = rows[at + KEY_ID]!;
        const same = id !== 0 && segment.keyId !== 0 ? id === segment.keyId : this.keyOf(at) === segment.key;
        if (same && (rows[at + META]! & REMOVED) === 0) last = at;
      }
      return last;
    }
    if (segment.kind !== 'index' || kind !== ARRAY) return -1;
    let index = segment.index;
    for (let at = node + STRIDE; at < end; at = rows[at + NEXT]!) {
      if ((rows[at + META]! & REMOVED) === 0 && index-- === 0) return at;
    }
    return -1;
  }

  /** The decoded key of the member at `node`. */
  keyOf(node: number): string | undefined {
    const rows = this.rows;
    if (rows[node + META]! & RENAMED) return decodeString(this.keys![rows[node + KEY_CLASSES]!]!);
    const id = rows[node + KEY_ID]!;
    if (id !== 0) return keyName(id);
    const start = rows[node + KEY_START]!;
    return start < 0 ? undefined : decodeString(this.source.slice(start, rows[node + KEY_END]));
  }

  /** The value at `node` as it stands now. */
  textAt(node: number): JsonText {
    if (this.rows[node + META]! & REPLACED) {
      const fragment = this.fragments![this.rows[node + CLASSES]!]!;
      return fragment.document?.text() ?? fragment.json;
    }
    if (this.touched !== undefined) return render(this, node, this.rows[node + START]!, this.rows[node + END]!);
    return this.source.slice(this.rows[node + START], this.rows[node + END]);
  }

  /** What stands in the place of the value at `node`, read. */
  inside(node: number): JsonDocument {
    const fragment = this.fragments![this.rows[node + CLASSES]!]!;
    if (fragment.document === undefined) {
      fragment.document = readFragment(fragment.json, this.tape);
      fragment.document.owner = this;
      fragment.document.place = node;
    }
    return fragment.document;
  }

  /** The members added to the object at `node`, if one of them can be the segment's. */
  added(node: number, segment: Segment): JsonDocument | undefined {
    if (segment.kind !== 'key') return undefined;
    const { keyIds, document } = this.fragments![this.rows[node + CLASSES]!]!;
    if (document === undefined && keyIds !== undefined && segment.keyId !== 0 && !keyIds.includes(segment.keyId)) {
      return undefined;
    }
    const members = this.inside(node);
    return members.child(members.root, segment) < 0 ? undefined : members;
  }

  touch(node: number, flag: number): void {
    const meta = this.rows[node + META]!;
    if ((meta & TOUCHED) === 0) {
      this.touched ??= [];
      this.touched.push(node);
    }
    this.rows[node + META] = meta | flag;
  }

  replaceAt(node: number, json: JsonText, settled: boolean): void {
    this.fragments ??= [];
    this.touch(node, REPLACED);
    const meta = this.rows[node + META]! & ~(EXTENDED | SETTLED_HERE);
    this.rows[node + META] = settled ? meta | SETTLED_HERE : meta;
    this.rows[node + CLASSES] = this.fragments.push({ json, document: undefined, keyIds: undefined }) - 1;
  }

  removeAt(node: number): void {
    if (node !== this.root) this.touch(node, REMOVED);
    else this.replaceAt(node, 'null', false);
  }

  renameAt(node: number, key: JsonText): void {
    if (this.rows[node + KEY_START]! < 0) return;
    this.keys ??= [];
    this.touch(node, RENAMED);
    const name = decodeString(key);
    this.rows[node + KEY_CLASSES] = this.keys.push(key) - 1;
    this.rows[node + KEY_ID] = keyIdOf(encodeUtf8(name), name);
  }

  /** Adds the member `segments[depth]` to the object at `node`, with the parents that the rest of the path needs. */
  private insert(node: number, segments: readonly Segment[], depth: number, json: JsonText): boolean {
    if ((this.rows[node + META]! & KIND) !== OBJECT) return false;
    let value = json;
    for (let at = segments.length - 1; at > depth; at--) {
      const segment = segments[at]!;
      if (segment.kind !== 'key') return false;
      value = `{${encodeString(segment.key)}:${value}}`;
    }
    const segment = segments[depth]!;
    if (segment.kind !== 'key') return false;
    const member = `${encodeString(segment.key)}:${value}`;
    if (this.rows[node + META]! & EXTENDED) this.extend(node, member, segment.keyId);
    else {
      this.touch(node, EXTENDED);
      const keyIds = segment.keyId === 0 ? undefined : [segment.keyId];
      this.fragments ??= [];
      this.rows[node + CLASSES] = this.fragments.push({ json: `{${member}}`, document: undefined, keyIds }) - 1;
    }
    return true;
  }

  private extend(node: number, member: JsonText, keyId: number): void {
    const fragment = this.fragments![this.rows[node + CLASSES]!]!;
    if (fragment.document !== undefined) {
      fragment.json = fragment.document.text();
      fragment.document = undefined;
      fragment.keyIds = undefined;
    }
    const before = fragment.json.slice(0, -1);
    fragment.json = `${before === '{' ? before : `${before},`}${member}}`;
    if (keyId === 0) fragment.keyIds = undefined;
    else fragment.keyIds?.push(keyId);
  }

  private firstOf(selector: CompiledSelector): Node | undefined {
    let first: Cursor | undefined;
    this.each(selector, (node) => {
      first ??= (node as Cursor).copy();
    });
    return first;
  }

  /** The classes of the value at `node`, as it stands now. */
  classesAt(node: number): number {
    const meta = this.rows[node + META]!;
    if (meta & EXTENDED) return CONTAINER;
    if ((meta & REPLACED) === 0) return this.rows[node + CLASSES]!;
    if (meta & SETTLED_HERE) return SETTLED;
    const inside = this.inside(node);
    return inside.rows[inside.root + CLASSES]!;
  }
}

/** Reads text that a step put in. */
function readFragment(json: JsonText, tape: Tape): JsonDocument {
  load(json);
  const root = tape.used;
  if (scan(tape, 0) !== json.length) throw new SyntaxError(`a step put in what is not JSON: ${fault.message}`);
  return new JsonDocument(json, 0, json.length, tape, root);
}
