import type { JsonText } from '../record/document.ts';
import type { JsonDocument } from './document.ts';

/** A value that a step put in: in another's place, or as a new member of an object. It is read only when someone looks inside. */
export interface Fragment {
  readonly json: JsonText;
  /** Of a new member: its key with quotes and colon, and its id. */
  readonly key: JsonText;
  readonly keyId: number;
  /** The value, read. */
  document: JsonDocument | undefined;
  /** The next member that was added to the same object. */
  more: Fragment | undefined;
}

/** The value as it stands now. */
export function valueText(fragment: Fragment): JsonText {
  return fragment.document === undefined ? fragment.json : fragment.document.text();
}

/** The member as it stands now; nothing if it was taken out. */
export function memberText(fragment: Fragment): JsonText {
  const { document } = fragment;
  if (document === undefined) return fragment.key + fragment.json;
  const key = document.keyTextOf(document.root);
  return document.isRemoved(document.root) ? '' : `${key}:${document.text()}`;
}
