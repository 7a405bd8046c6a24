import { classes, KEY_IDS, memo } from '../json/index.ts';
import type { Node } from '../record/document.ts';
import { createGlance, isBare } from './detection/glance.ts';
import { editsOfText } from './detection/hidden.ts';
import type { Search } from './detection/search.ts';
import { createSieve, KEYWORD, mayBegin, STRONG } from './detection/sieve.ts';
import { isPlainIdentifier, isTokenOfLetters } from './plain.ts';

/** Values that hold nothing, as nearly all do: told without the scan. */

/** Strings with one of these have other characters than their JSON text. */
export const ENCODED = classes.ESCAPE | classes.HIGH;
/** Strings with one of these may hide one text in another. */
export const HIDING = ENCODED | classes.PERCENT | classes.BRACKET;

/** Values with none of these hold nothing, unless their key says so. */
const SUSPECT = HIDING | classes.AT | classes.DIGIT | classes.COLON | classes.EQUALS | classes.OTHER;
/** Strings with none of those but with capitals may be credentials. */
export const VISITED = SUSPECT | classes.UPPER;

/** No find is shorter: `::1`; and without one of these marks none is shorter than six characters. */
const SHORTEST = 3;
const SHORTEST_PLAIN = 6;
const MARKED = HIDING | classes.AT | classes.COLON | classes.EQUALS | classes.OTHER;

/** Whether what stands between these places, in a string's quotes, is no one's, whatever its key: too short, an identifier, plain words. */
export function isTooPlain(source: string, start: number, end: number, found: number): boolean {
  if (end - start < (found & MARKED ? SHORTEST : SHORTEST_PLAIN)) return true;
  if (isPlainIdentifier(source, start, end, found)) return true;
  return (found & SUSPECT) === 0 && !isTokenOfLetters(source, start, end);
}

/** A number that is whole behind its point, `4111111.0`, has two characters more than its digits. */
export function isShortNumber(start: number, end: number, found: number): boolean {
  const isFraction = (found & classes.DOT) !== 0 && (found & (classes.LOWER | classes.UPPER)) === 0;
  return end - start < (isFraction ? SHORTEST_PLAIN + 2 : SHORTEST_PLAIN);
}

/**
 * Whether a value surely holds nothing: a number, or a string of the classes VISITED, from `start` to `end` in the source
 * with its quotes. `isSilent` tells that no key above a value says anything of it.
 */
export type HoldsNothing = (
  source: string,
  start: number,
  end: number,
  found: number,
  node: Node,
  isSilent: (node: Node) => boolean,
) => boolean;

/** A look through so few characters costs no more than to look them up; more than so many are looked through each time. */
const SHORT = 16;
const LONGEST_REMEMBERED = 512;
const MOST_REMEMBERED = 1024;

/** How often values of a key are looked up in vain: at first, after one was found, and after so many that were not looked up. */
const TRIES = 4;
const MOST_TRIES = 16;
const PAUSE = 1000;

/** `looking` is a search that hears nothing of where a text stands. */
export function createHoldsNothing(looking: Search): HoldsNothing {
  const glance = createGlance(looking.set);
  const sieve = createSieve(looking.set);
  /** By key id: how often to look up yet, or for how long not. */
  const tries = new Int16Array(KEY_IDS).fill(TRIES);
  let computed = false;
  /** Strings that hide nothing: the same few come in every record. */
  const isClean = memo(MOST_REMEMBERED, (json) => {
    computed = true;
    return editsOfText(json.slice(1, -1), looking).length === 0;
  });

  /** Values under some keys are few, and under others never the same: those are looked up only now and then. */
  function comesAgain(id: number): boolean {
    const left = tries[id]!;
    if (left > 0) return true;
    tries[id] = left === -PAUSE ? TRIES : left - 1;
    return false;
  }

  function isKnownClean(node: Node): boolean {
    computed = false;
    const clean = node.recall(isClean);
    const id = node.keyId;
    tries[id] = computed ? tries[id]! - 1 : MOST_TRIES;
    return clean;
  }

  return (source, start, end, found, node, isSilent) => {
    if (found & classes.NUMBER) return isShortNumber(start, end, found);
    if (isTooPlain(source, start + 1, end - 1, found)) return true;
    if (found & HIDING) return false;
    if ((found & glance.closed) === 0 && isBare(glance, source, start + 1, end - 1)) return true;
    const length = end - start;
    const silent = isSilent(node);
    if (silent && length > SHORT && length <= LONGEST_REMEMBERED && comesAgain(node.keyId)) return isKnownClean(node);
    const may = mayBegin(sieve, source, start + 1, end - 1);
    return silent ? (may & (STRONG | KEYWORD)) === 0 : may === 0;
  };
}
