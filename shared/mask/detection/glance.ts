import { classes } from '../../json/index.ts';
import type { Rule } from '../detector.ts';
import { LETTER_TOKEN } from './base64.ts';
import { BETWEEN } from './key-value.ts';
import { type DetectorSet, DIGIT, LETTER, REFERENCE } from './set.ts';

/**
 * What tells of most short texts, from their classes and one look without a branch, that nothing in them can be a find:
 * no character that finds need, too few digits, no letters and digits in one run.
 */
export interface Glance {
  /** Classes of which a text must have none to be looked at so; all of them where the rules don't allow it. */
  readonly closed: number;
  /** Fewest digits of any find that has nothing else to begin with. */
  readonly digits: number;
}

const NEVER = -1;
const LETTERS = classes.UPPER | classes.LOWER;

export function createGlance({ strong, weak, keyNames, detectors }: DetectorSet): Glance {
  let closed = classes.classesOf(keyNames === undefined ? REFERENCE : BETWEEN + REFERENCE);
  for (const { rules = [] } of detectors) for (const rule of rules) closed |= needed(rule);
  const chains = [...strong.chains, ...weak.chains].map(({ rule }) => rule.digits[0]);
  return { closed, digits: Math.min(strong.shapes.fewest, weak.shapes.fewest, ...chains) };
}

/** The classes of which every find of a rule has one, as far as it needs more than digits, or letters and digits in one run. */
function needed(rule: Rule): number {
  switch (rule.kind) {
    case 'digits':
    case 'chain':
      return 0;
    case 'anchor':
      return classes.classesOf(rule.characters);
    case 'word':
      if (rule.next !== undefined) return classes.classesOf(rule.next);
      return rule.first === 'mixed' ? 0 : NEVER;
    case 'prefix':
      if (rule.besides !== undefined) return classes.classesOf(rule.besides);
      return rule.prefixes.every((prefix) => /^[A-Za-z]{2}$/.test(prefix)) && /^\d{1,10}$/.test(rule.third ?? '')
        ? 0
        : NEVER;
  }
}

/** Kinds of characters: letters, digits, and none for all else. */
const KINDS = new Uint8Array(128).map((_, code) => {
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  return (classes.CLASS_OF[code]! & LETTERS) === 0 ? 0 : LETTER;
});

/** Whether a part of a text of ASCII characters, with none of the classes `closed`, surely holds nothing. */
export function isBare({ digits: fewest }: Glance, source: string, from: number, to: number): boolean {
  let digits = 0;
  let mixed = 0;
  let run = 0;
  let longest = 0;
  let last = 0;
  for (let i = from; i < to; i = (i + 1) | 0) {
    const kind = KINDS[source.charCodeAt(i) & 127]!;
    digits = (digits + (kind & DIGIT)) | 0;
    mixed |= (kind & (last >> 1)) | ((kind >> 1) & last);
    run = (run + 1) & -((kind | (kind >> 1)) & 1);
    // As a sum of bits: it has one from LETTER_TOKEN on where a run was that long.
    longest |= run;
    last = kind;
  }
  return digits < fewest && (mixed & 1) === 0 && longest < LETTER_TOKEN;
}
