import type { Document, Selector } from '../record/document.ts';

/** The value at a path as a key to sample or compare by; undefined where there is none, or null. */
export function keyAt(document: Document, selector: Selector): string | undefined {
  const node = document.get(selector);
  if (node === undefined || node.kind === 'null') return undefined;
  // The quote keeps apart a string and a number that are spelled alike.
  return node.kind === 'string' ? `"${node.string}` : node.json;
}
