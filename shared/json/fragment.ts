import type { JsonText } from '../record/document.ts';
import type { JsonDocument } from './document.ts';
import type { KeySegment } from './path.ts';

/**
 * A value that a step put in: in another's place, or as a new member of an object. It is read only when someone looks inside.
 * Made by a constructor and no literal: V8 may take literals for long-lived, and then whole records live as long.
 */
export class Fragment {
  readonly json: JsonText;
  /** Where it stands: the value that it replaces, or the object that it is a member of. */
  readonly owner: JsonDocument;
  readonly node: number;
  /** Of a new member: its key as it was put in, with quotes and colon, and its id. */
  readonly key: JsonText | undefined;
  readonly keyId: number;
  /** The value, read. */
  document: JsonDocument | undefined = undefined;
  /** The next member that was added to the same object. */
  more: Fragment | undefined = undefined;

  constructor(owner: JsonDocument, node: number, json: JsonText, member: KeySegment | undefined) {
    this.json = json;
    this.owner = owner;
    this.node = node;
    this.key = member?.json;
    this.keyId = member?.keyId ?? 0;
  }
}

/** The value as it stands now. */
export function valueText(fragment: Fragment): JsonText {
  return fragment.document === undefined ? fragment.json : fragment.document.text();
}

/** The member as it stands now; nothing if it was taken out. */
export function memberText(fragment: Fragment): JsonText {
  const { document } = fragment;
  if (document === undefined) return fragment.key + fragment.json;
  if (document.isRemoved(document.root)) return '';
  return `${document.keyTextOf(document.root)}:${document.text()}`;
}
