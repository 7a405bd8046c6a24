import { KEY_IDS } from '../json/index.ts';
import type { Added } from '../record/document.ts';

/** Tells of members that steps added whether they hold nothing, so that they need not be read. */
export type AddedMembers = (added: Added) => boolean;

/** Members longer than this are looked into each time. */
const LONGEST = 1024;
const MOST = 512;

/**
 * The same few members are added to every record: countries, browsers. One that comes for the second time is looked into
 * once for all. `holdsNothing` takes a whole document with the member in it.
 */
export function createAddedMembers(holdsNothing: (json: string) => boolean): AddedMembers {
  const byKey = new Array<Map<string, boolean | undefined> | undefined>(KEY_IDS).fill(undefined);
  return ({ json, key, keyId }) => {
    if (keyId === 0 || json.length > LONGEST) return false;
    let known = byKey[keyId];
    if (known === undefined || known.size > MOST) {
      known = new Map();
      byKey[keyId] = known;
    }
    let clean = known.get(json);
    if (clean !== undefined) return clean;
    if (!known.has(json)) {
      known.set(json, undefined);
      return false;
    }
    clean = holdsNothing(`{${key}${json}}`);
    known.set(json, clean);
    return clean;
  };
}
