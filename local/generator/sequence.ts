/**
 * Each generated record carries its index, so that what arrived can be told from what is missing without keeping a list
 * of ids: as the last twelve hexadecimal digits of an id in the shape of a UUID.
 */
import type { Random } from './random.ts';

/** `9f1c…-….-7…-8…-<index>`: the same for the same seed and index. */
export function idOf(index: number, random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-7${random.hex(3)}-8${random.hex(3)}-${index.toString(16).padStart(12, '0')}`;
}

/** The id's shape as a regular expression, for finding it in whatever holds it; group 1 is the index. */
export const ID_PATTERN = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-([0-9a-f]{12})';

const ID = new RegExp(ID_PATTERN);
const IDS = new RegExp(ID_PATTERN, 'g');

/** The index that an id, or a text with an id in it, carries. */
export function indexIn(text: string): number | undefined {
  const digits = ID.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** The indexes of all ids in a text. */
export function indexesIn(text: string): readonly number[] {
  return Array.from(text.matchAll(IDS), (match) => Number.parseInt(match[1] as string, 16));
}
