/** Texts that were looked through and held nothing: the same few come in every record. */
export interface CleanTexts {
  has(text: string): boolean;
  add(text: string): void;
}

const SLOTS = 1024;
const SHORTEST = 8;
const LONGEST = 512;

/** One place for each of 1,024 sums over a few characters: half a megabyte at most. */
export function createCleanTexts(): CleanTexts {
  const texts = new Array<string>(SLOTS).fill('');
  return {
    has: (text) => text.length >= SHORTEST && texts[slotOf(text)] === text,
    add(text) {
      if (text.length >= SHORTEST && text.length <= LONGEST) texts[slotOf(text)] = text;
    },
  };
}

function slotOf(text: string): number {
  const { length } = text;
  const sum =
    length * 31 +
    text.charCodeAt(length >> 1) * 17 +
    text.charCodeAt(length - 1) * 13 +
    text.charCodeAt(length >> 2) * 7 +
    text.charCodeAt((length * 3) >> 2) * 3;
  return sum & (SLOTS - 1);
}
