/** What a bucket holds, in the order of its keys; kept beside the files as a journal, so that it outlives the process. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compareKeys, foldPath } from './key-path.ts';
import type { StoredObject } from './stored-object.ts';

export interface ObjectIndex {
  readonly size: number;
  get(key: string): StoredObject | undefined;
  set(object: StoredObject): void;
  delete(key: string): void;
  /** The object whose file a path is, on any file system. */
  atPath(path: string): StoredObject | undefined;
  /** The number of keys before `key`. */
  rank(key: string): number;
  /** The first rank from `from` on whose key doesn't start with `prefix`; keys before it from there all do. */
  pastPrefix(prefix: string, from: number): number;
  at(rank: number): StoredObject | undefined;
}

interface Removed {
  readonly removed: string;
}

/** `journal`: the file it is kept in. `exists` says whether a journalled object still has its file. */
export function createObjectIndex(journal: string, exists: (object: StoredObject) => boolean): ObjectIndex {
  const byKey = new Map<string, StoredObject>();
  const byPath = new Map<string, string>();
  const keys: string[] = [];

  function rank(key: string): number {
    return search(keys.length, (at) => compareKeys(keys[at] as string, key) >= 0);
  }

  function put(object: StoredObject): void {
    const old = byKey.get(object.key);
    if (old !== undefined) byPath.delete(foldPath(old.path));
    else keys.splice(rank(object.key), 0, object.key);
    byKey.set(object.key, object);
    byPath.set(foldPath(object.path), object.key);
  }

  function remove(key: string): void {
    const old = byKey.get(key);
    if (old === undefined) return;
    byKey.delete(key);
    byPath.delete(foldPath(old.path));
    keys.splice(rank(key), 1);
  }

  for (const line of readJournal(journal)) 'removed' in line ? remove(line.removed) : put(line);
  for (const object of [...byKey.values()]) if (!exists(object)) remove(object.key);
  mkdirSync(dirname(journal), { recursive: true });
  writeFileSync(`${journal}.new`, [...byKey.values()].map((object) => `${JSON.stringify(object)}\n`).join(''));
  renameSync(`${journal}.new`, journal);

  return {
    get size() {
      return keys.length;
    },
    get: (key) => byKey.get(key),
    set(object) {
      appendFileSync(journal, `${JSON.stringify(object)}\n`);
      put(object);
    },
    delete(key) {
      if (!byKey.has(key)) return;
      appendFileSync(journal, `${JSON.stringify({ removed: key } satisfies Removed)}\n`);
      remove(key);
    },
    atPath(path) {
      const key = byPath.get(foldPath(path));
      return key === undefined ? undefined : byKey.get(key);
    },
    rank,
    pastPrefix: (prefix, from) => from + search(keys.length - from, (at) => !keys[from + at]?.startsWith(prefix)),
    at(position) {
      const key = keys[position];
      return key === undefined ? undefined : byKey.get(key);
    },
  };
}

/** A line that a crash cut off is passed over: its object is found by its file. */
function readJournal(journal: string): (StoredObject | Removed)[] {
  let content: string;
  try {
    content = readFileSync(journal, 'utf8');
  } catch {
    return [];
  }
  return content.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as StoredObject | Removed];
    } catch {
      return [];
    }
  });
}

/** The first of `count` positions that holds; positions are false, then true. */
function search(count: number, holds: (at: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
