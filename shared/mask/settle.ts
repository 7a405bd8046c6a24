import { createTape, encodeString, readDocument, selectorOf } from '../json/index.ts';
import type { Document, JsonText, Node } from '../record/document.ts';
import { type CompiledMethod, MaskError, REMOVED } from './method.ts';

/** What values are masked with. */
export interface Masking {
  readonly method: CompiledMethod;
  readonly token: string;
  /** The path as it is in the document; worked out only when asked for. */
  readonly path: string;
  readonly document: Document;
  /** Whether `true` and `false` below a container are masked too. */
  readonly booleans: boolean;
}

/** Masks a value, or all values below it. Null and empty strings hold nothing, and stay. */
export function settleValue(node: Node, masking: Masking): void {
  const kind = node.kind;
  if (kind === 'null') return;
  if (kind === 'object' || kind === 'array') {
    settleBelow(node, masking);
    return;
  }
  const text = kind === 'string' ? node.string! : node.json;
  if (text === '') return;
  const masked = masking.method.mask({
    text,
    kind,
    token: masking.token,
    path: masking.path,
    document: masking.document,
  });
  if (masked === REMOVED) node.remove();
  else node.settle(jsonOf(masked, kind === 'number' && masking.method.numbers === true));
}

function jsonOf(masked: string, number: boolean): JsonText {
  return number ? masked : encodeString(masked);
}

const EVERYTHING = selectorOf('**');

/** A container is taken for itself, masked value by value, and put back whole. */
function settleBelow(node: Node, masking: Masking): void {
  const inside = readDocument(node.json, createTape());
  if ('code' in inside) throw new MaskError('a container could not be read');
  const base = masking.path;
  inside.each(EVERYTHING, (leaf) => {
    const kind = leaf.kind;
    if (kind === 'object' || kind === 'array') return;
    if (kind === 'boolean' && !masking.booleans) return;
    settleValue(leaf, { ...masking, path: joinPath(base, leaf.path) });
  });
  node.settle(inside.text());
}

export function joinPath(base: string, path: string): string {
  if (base === '' || path === '') return base + path;
  return path.startsWith('[') ? base + path : `${base}.${path}`;
}
