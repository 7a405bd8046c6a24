import type { JsonKind, JsonText, Node } from '../record/document.ts';
import { classesOf, ESCAPE, HIGH } from './classes.ts';
import type { JsonDocument } from './document.ts';
import { keyClassesOf } from './keys.ts';
import { keyInPath } from './path.ts';
import { decodeStringContent } from './strings.ts';
import {
  ARRAY,
  CLASSES,
  END,
  KEY_CLASSES,
  KEY_ID,
  KEY_START,
  KIND,
  META,
  NEXT,
  PARENT,
  REMOVED,
  RENAMED,
  REPLACED,
  SETTLED_HERE,
  START,
  STRIDE,
  TEXT,
} from './tape.ts';

const KINDS: readonly JsonKind[] = ['null', 'object', 'array', 'string', 'number', 'boolean', 'boolean', 'null'];

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
    if ((document.rows[node + META]! & REPLACED) === 0) return KINDS[document.rows[node + META]! & KIND]!;
    const inside = document.inside(node);
    return KINDS[inside.rows[inside.root + META]! & KIND]!;
  }

  get json(): JsonText {
    return this.document.textAt(this.node);
  }

  get string(): string | undefined {
    const { document, node } = this;
    const rows = document.rows;
    if (rows[node + META]! & REPLACED) {
      const inside = document.inside(node);
      return new Cursor(inside, inside.root).string;
    }
    if ((rows[node + META]! & KIND) !== TEXT) return undefined;
    const content = document.source.slice(rows[node + START]! + 1, rows[node + END]! - 1);
    return rows[node + CLASSES]! & (ESCAPE | HIGH) ? decodeStringContent(content) : content;
  }

  get classes(): number {
    return this.document.classesAt(this.node);
  }

  get key(): string | undefined {
    return this.document.keyOf(this.node);
  }

  get keyId(): number {
    const { document, node } = this;
    return document.rows[node + KEY_START]! < 0 ? 0 : document.rows[node + KEY_ID]!;
  }

  get keyClasses(): number {
    const { document, node } = this;
    const rows = document.rows;
    if (rows[node + KEY_START]! < 0) return 0;
    if (rows[node + META]! & RENAMED) return classesOf(document.keys![rows[node + KEY_CLASSES]!]!.slice(1, -1));
    const id = rows[node + KEY_ID]!;
    const found = rows[node + KEY_CLASSES]!;
    return id === 0 ? found : found | keyClassesOf(id);
  }

  get settled(): boolean {
    return (this.document.rows[this.node + META]! & SETTLED_HERE) !== 0;
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

function pathOf(document: JsonDocument, node: number): string {
  if (node === document.root) return document.owner === undefined ? '' : pathOf(document.owner, document.place);
  const rows = document.rows;
  const parent = rows[node + PARENT]!;
  const before = pathOf(document, parent);
  if ((rows[parent + META]! & KIND) !== ARRAY) return before + keyInPath(document.keyOf(node)!);
  let index = 0;
  for (let at = parent + STRIDE; at < node; at = rows[at + NEXT]!) if ((rows[at + META]! & REMOVED) === 0) index++;
  return `${before}[${index}]`;
}
