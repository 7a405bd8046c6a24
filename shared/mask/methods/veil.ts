import type { MethodCompiler } from '../method.ts';

/** Puts `*` over the characters (code points) that don't stay; over all of them where they are no more than `count`. */
export function veil(text: string, stays: (index: number, length: number) => boolean, count: number): string {
  const characters = Array.from(text);
  if (characters.length <= count) return '*'.repeat(characters.length);
  return characters.map((character, index) => (stays(index, characters.length) ? character : '*')).join('');
}

export function checkCount(method: string, count: number, compiler: MethodCompiler): void {
  if (!Number.isSafeInteger(count) || count < 1) compiler.fault(`${method} takes a whole number of 1 or more`);
}
