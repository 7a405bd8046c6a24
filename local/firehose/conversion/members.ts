/**
 * Finds an object's members for a table's columns in one pass over its keys. Hive's names are lower-case and match
 * keys of any case; where several match, the exact one counts, then the last.
 */
export interface MemberFinder {
  /** One value a column; undefined where the object has none. */
  find(object: object): unknown[];
}

/** Keys whose column is remembered. Hostile input can have any number of them. */
const MOST_REMEMBERED = 10_000;

export interface KeyRules {
  readonly caseInsensitive: boolean;
  readonly dotsToUnderscores: boolean;
}

/** `keys[i]` is the JSON key of column i. */
export function memberFinder(keys: readonly string[], rules: KeyRules): MemberFinder {
  const exact = new Map(keys.map((key, index) => [key, index]));
  const folded = new Map(keys.map((key, index) => [key.toLowerCase(), index]));
  const remembered = new Map<string, number>();

  function columnOf(key: string): number {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const name = rules.dotsToUnderscores ? key.replaceAll('.', '_') : key;
    const index = exact.get(name) ?? (rules.caseInsensitive ? folded.get(name.toLowerCase()) : undefined) ?? -1;
    if (remembered.size < MOST_REMEMBERED) remembered.set(key, index);
    return index;
  }

  return {
    find(object) {
      const values = new Array<unknown>(keys.length).fill(undefined);
      const members = object as Record<string, unknown>;
      for (const key of Object.keys(members)) {
        const index = columnOf(key);
        if (index === -1) continue;
        const wanted = keys[index] as string;
        if (key === wanted || !Object.hasOwn(members, wanted)) values[index] = members[key];
      }
      return values;
    },
  };
}
