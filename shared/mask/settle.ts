import { createTape, encodeString, readDocument, selectorOf } from '../json/index.ts';
import type { Document, Node } from '../record/document.ts';
import { type CompiledMethod, MaskError, type Place } from './method.ts';

/** What values are masked with. */
export interface Masking {
  readonly method: CompiledMethod;
  readonly token: string;
  /** Whether `true` and `false` below a container are masked too. */
  readonly booleans: boolean;
  /** Looks at each value below a container, and its key, before it is masked; true: it stays as it is. */
  readonly leaves?: (node: Node) => boolean;
}

/** Masks a value, or all values below it. Null and empty strings hold nothing, and stay. */
export function settleValue(node: Node, masking: Masking, document: Document, place: Place): void {
  const { kind } = node;
  if (masking.method.removes === true) {
    node.remove();
    return;
  }
  if (kind === 'null') return;
  if (kind === 'object' || kind === 'array') {
    settleBelow(node, masking, document, place);
    return;
  }
  const text = kind === 'string' ? node.string! : node.json;
  if (text === '') return;
  const { method, token } = masking;
  const masked = method.mask({ text, kind, token, place, document });
  node.settle(kind === 'number' && method.numbers === true ? masked : encodeString(masked));
}

const EVERYTHING = selectorOf('**');

/** A container is taken for itself, masked value by value, and put back whole. */
function settleBelow(node: Node, masking: Masking, document: Document, place: Place): void {
  const inside = readDocument(node.json, createTape());
  if ('code' in inside) throw new MaskError('a container could not be read');
  const base = place.path;
  inside.each(EVERYTHING, (leaf) => {
    const { kind } = leaf;
    if (masking.leaves?.(leaf) === true || kind === 'object' || kind === 'array') return;
    if (kind === 'boolean' && !masking.booleans) return;
    settleValue(leaf, masking, document, { path: joinPath(base, leaf.path) });
  });
  node.settle(inside.text());
}

export function joinPath(base: string, path: string): string {
  if (base === '' || path === '') return base + path;
  return path.startsWith('[') ? base + path : `${base}.${path}`;
}
