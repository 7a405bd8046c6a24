/** What was worked out for a text, remembered for the texts used last. */
export interface Memo {
  get(text: string): string | undefined;
  set(text: string, value: string): string;
}

/**
 * Two generations of at most `most` entries each: what is asked for again moves to the young one, and when that is full
 * the old one is forgotten. Bounded whatever comes.
 */
export function createMemo(most: number): Memo {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  const set = (text: string, value: string): string => {
    if (young.size >= most) {
      old = young;
      young = new Map();
    }
    young.set(text, value);
    return value;
  };
  return {
    get(text) {
      const known = young.get(text);
      if (known !== undefined) return known;
      const older = old.get(text);
      return older === undefined ? undefined : set(text, older);
    },
    set,
  };
}
