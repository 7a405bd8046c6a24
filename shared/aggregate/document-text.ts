import type { Document, Node, Selector } from '../record/document.ts';

/** Longest text that is kept of a value, in characters. */
const LONGEST = 128;

/** A value as text: a string's characters, a number's or literal's spelling. Null and containers are no value. */
export function textAt(document: Document, selector: Selector): string | undefined {
  const node = document.get(selector);
  return node === undefined ? undefined : textOf(node);
}

function textOf(node: Node): string | undefined {
  switch (node.kind) {
    case 'string':
      return node.string;
    case 'number':
    case 'boolean':
      return node.json;
    default:
      return undefined;
  }
}

/** The text as it is kept among others: cut where it is long. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
