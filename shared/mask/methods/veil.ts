import type { MethodCompiler } from '../method.ts';

/** `*` over the characters (code points) of a text, except the first or the last `count`; over all of a text no longer than that. */
export function veil(text: string, kept: 'first' | 'last', count: number): string {
  if (BEYOND_UNITS.test(text)) return veilCharacters(Array.from(text), kept, count);
  const covered = text.length - count;
  if (covered <= 0) return '*'.repeat(text.length);
  return kept === 'first' ? text.slice(0, count) + '*'.repeat(covered) : '*'.repeat(covered) + text.slice(covered);
}

/** Where a character takes two units of a JavaScript string. */
const BEYOND_UNITS = /[\ud800-\udfff]/;

function veilCharacters(characters: readonly string[], kept: 'first' | 'last', count: number): string {
  const covered = characters.length - count;
  if (covered <= 0) return '*'.repeat(characters.length);
  const stars = '*'.repeat(covered);
  return kept === 'first' ? characters.slice(0, count).join('') + stars : stars + characters.slice(covered).join('');
}

export function checkCount(method: string, count: number, compiler: MethodCompiler): void {
  if (!Number.isSafeInteger(count) || count < 1) compiler.fault(`${method} takes a whole number of 1 or more`);
}
