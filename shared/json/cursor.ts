import type { JsonKind, JsonText, Memo, Node } from '../record/document.ts';
import { ARRAY, CONTAINER, classesOf, ESCAPE, HIGH, NUMBER, OBJECT, SETTLED, STRING } from './classes.ts';
import type { JsonDocument } from './document.ts';
import { keyClassesOf } from './keys.ts';
import { keyInPath } from './path.ts';
import { loaded } from './scanner.ts';
import { decodeStringContent } from './strings.ts';
import { after, CLASSES, END, KEY_ID, PARENT, REMOVED, REPLACED, START, STRIDE, TOUCHED } from './tape.ts';

/** A place in a document. */
export class Cursor implements Node {
  readonly document: JsonDocument;
  node: number;

  constructor(document: JsonDocument, node: number) {
    this.document = document;
    this.node = node;
  }

  copy(): Cursor {
    return new Cursor(this.document, this.node);
  }

  get kind(): JsonKind {
    const { document, node } = this;
    const classes = document.rows[node + CLASSES]!;
    if (classes & REPLACED) return this.inside().kind;
    if (classes & STRING) return 'string';
    if (classes & NUMBER) return 'number';
    if (classes & OBJECT) return 'object';
    if (classes & ARRAY) return 'array';
    return document.source[document.rows[node + START]!] === 'n' ? 'null' : 'boolean';
  }

  get json(): JsonText {
    return this.document.textAt(this.node);
  }

  recall<Value>(memo: Memo<Value>): Value {
    const { document, node } = this;
    const { rows } = document;
    if ((rows[node + CLASSES]! & (TOUCHED | CONTAINER)) !== 0 || !document.isLoaded) return memo.of(this.json);
    return memo.at(loaded.bytes, rows[node + START]!, rows[node + END]!, document.source);
  }

  get source(): JsonText {
    return this.isReplaced() ? this.inside().source : this.document.source;
  }

  get start(): number {
    return this.isReplaced() ? this.inside().start : this.document.rows[this.node + START]!;
  }

  get end(): number {
    return this.isReplaced() ? this.inside().end : this.document.rows[this.node + END]!;
  }

  private isReplaced(): boolean {
    return (this.document.rows[this.node + CLASSES]! & REPLACED) !== 0;
  }

  get string(): string | undefined {
    const { document, node } = this;
    const { rows } = document;
    const classes = rows[node + CLASSES]!;
    if (classes & REPLACED) return this.inside().string;
    if ((classes & STRING) === 0) return undefined;
    const content = document.source.slice(rows[node + START]! + 1, rows[node + END]! - 1);
    return classes & (ESCAPE | HIGH) ? decodeStringContent(content) : content;
  }

  private inside(): Cursor {
    const inside = this.document.inside(this.node);
    return new Cursor(inside, inside.root);
  }

  get classes(): number {
    return this.document.classesAt(this.node);
  }

  get key(): string | undefined {
    return this.document.keyOf(this.node);
  }

  get keyId(): number {
    return this.document.rows[this.node + KEY_ID]!;
  }

  get keyClasses(): number {
    const id = this.document.rows[this.node + KEY_ID]!;
    if (id !== 0) return keyClassesOf(id);
    const key = this.document.keyTextOf(this.node);
    return key === undefined ? 0 : classesOf(key.slice(1, -1));
  }

  isUnder(keys: Uint8Array): boolean {
    return isUnder(this.document, this.node, keys);
  }

  get settled(): boolean {
    return (this.document.rows[this.node + CLASSES]! & SETTLED) !== 0;
  }

  get path(): string {
    const path = pathOf(this.document, this.node);
    return path.startsWith('.') ? path.slice(1) : path;
  }

  replace(json: JsonText): void {
    this.document.replaceAt(this.node, json, false);
  }

  settle(json: JsonText): void {
    this.document.replaceAt(this.node, json, true);
  }

  rename(key: JsonText): void {
    this.document.renameAt(this.node, key);
  }

  remove(): void {
    this.document.removeAt(this.node);
  }
}

function isUnder(document: JsonDocument, node: number, keys: Uint8Array): boolean {
  const { rows, root, fragment } = document;
  for (let at = node; at !== root; at = rows[at + PARENT]!) if (isHeard(document, at, keys)) return true;
  // A record's own outermost value has no key.
  return fragment !== undefined && (isHeard(document, root, keys) || isUnder(fragment.owner, fragment.node, keys));
}

function isHeard(document: JsonDocument, node: number, keys: Uint8Array): boolean {
  const id = document.rows[node + KEY_ID]!;
  return id === 0 ? document.keyTextOf(node) !== undefined : keys[id] !== 0;
}

function pathOf(document: JsonDocument, node: number): string {
  // A fragment's own root is the place that it was put in, or a member of it.
  if (node === document.root) {
    const { fragment } = document;
    if (fragment === undefined) return '';
    const before = pathOf(fragment.owner, fragment.node);
    return fragment.key === undefined ? before : before + keyInPath(document.keyOf(node)!);
  }
  const { rows } = document;
  const parent = rows[node + PARENT]!;
  const before = pathOf(document, parent);
  if ((rows[parent + CLASSES]! & ARRAY) === 0) return before + keyInPath(document.keyOf(node)!);
  let index = 0;
  for (let at = parent + STRIDE; at < node; at = after(rows, at)) if ((rows[at + CLASSES]! & REMOVED) === 0) index++;
  return `${before}[${index}]`;
}
