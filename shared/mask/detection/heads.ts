/** Words and prefixes by how they begin, case aside: one look tells that most runs of a text begin none of them. */
export interface Heads<T> {
  /** By `headAt`: the number of a list in `lists`; 0 where nothing begins so. */
  readonly table: Uint16Array;
  readonly lists: readonly (readonly T[])[];
  /** By the code of a first character: those of second ones with which something begins, a bit each. */
  readonly pairs: Int32Array;
}

export interface HeadsBuilder<T> extends Heads<T> {
  readonly lists: T[][];
}

export function createHeads<T>(): HeadsBuilder<T> {
  return { table: new Uint16Array(1 << 15), lists: [[]], pairs: new Int32Array(32) };
}

/** Lists an item under the first three characters of a text that it may begin with. */
export function addHead<T>({ table, lists, pairs }: HeadsBuilder<T>, beginning: string, item: T): void {
  const head = headAt(beginning, 0, beginning.length);
  notePair(pairs, head);
  if (table[head] === 0) table[head] = lists.push([]) - 1;
  const list = lists[table[head]!]!;
  if (!list.includes(item)) list.push(item);
}

/** The same of two characters that one of `thirds` follows: `AC0123…`, `0xde…`. They share a list, for there are many. */
export function addPair<T>({ table, lists, pairs }: HeadsBuilder<T>, pair: string, thirds: string, item: T): void {
  const head = headAt(pair, 0, 2);
  notePair(pairs, head);
  let shared = 0;
  for (let i = 0; i < thirds.length; i++) {
    const slot = head | codeOf(thirds.charCodeAt(i));
    const known = table[slot]!;
    if (known === 0) {
      if (shared === 0) shared = lists.push([item]) - 1;
      table[slot] = shared;
    } else if (!lists[known]!.includes(item)) lists[known]!.push(item);
  }
}

/** The three characters from `start` on as one number; those from `end` on count as none. */
export function headAt(text: string, start: number, end: number): number {
  const first = codeOf(text.charCodeAt(start));
  const second = start + 1 < end ? codeOf(text.charCodeAt(start + 1)) : 0;
  const third = start + 2 < end ? codeOf(text.charCodeAt(start + 2)) : 0;
  return (first << 10) | (second << 5) | third;
}

function notePair(pairs: Int32Array, head: number): void {
  pairs[head >> 10] = pairs[head >> 10]! | (1 << ((head >> 5) & 31));
}

/** Five bits for a character: no letter shares its own with a digit, so that `SKU-1` is not taken for `SK51…`. */
function codeOf(character: number): number {
  return CODES[character & 0xff]!;
}

export const CODES = codeTable();

function codeTable(): Uint8Array {
  const codes = new Uint8Array(256);
  for (let other = 0x80; other <= 0xff; other++) codes[other] = other & 31;
  for (let letter = 1; letter <= 26; letter++) codes[0x40 | letter] = codes[0x60 | letter] = letter;
  for (let digit = 0; digit < 10; digit++) codes[0x30 + digit] = 27 + (digit >> 1);
  return codes;
}
