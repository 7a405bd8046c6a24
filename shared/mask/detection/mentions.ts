import { endOfToken } from '../detector.ts';
import { isAlphanumeric, type Scan } from './finding.ts';
import { joinedSet, LONG_KEYWORD } from './keywords.ts';

/**
 * The keywords that stand in the text of the scan that is under way, in the order of their starts; `scan.mentions` tells
 * how many. Kept from scan to scan: most texts have some, and few of them are asked for.
 */
let starts = new Int32Array(256);
let ends = new Int32Array(256);
/** Without spaces, in lower case. */
const words: string[] = [];

function addMention(scan: Scan, start: number, end: number, keyword: string): void {
  if (scan.mentions === starts.length) {
    starts = longer(starts);
    ends = longer(ends);
  }
  starts[scan.mentions] = start;
  ends[scan.mentions] = end;
  words[scan.mentions++] = keyword;
}

function longer(places: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(places.length * 2);
  twice.set(places);
  return twice;
}

/** How far from a find a keyword may stand, in characters. */
const REACH = 30;

/**
 * Notes the keywords that the letters at `at` (in the source) are, case and separators aside. True if a rule needs one.
 * `run` is how many letters and digits stand there together.
 */
export function noteMentions(scan: Scan, at: number, head: number, run: number): boolean {
  const { source, from, to, set } = scan;
  const { table, lists } = set.keywords;
  // Most that begin alike part at the fourth letter.
  const fourth = run > 3 ? source.charCodeAt(at + 3) | 0x20 : 0;
  let needed = false;
  for (const keyword of lists[table[head]!]!) {
    if (fourth !== 0 && keyword.length > 3 && keyword.charCodeAt(3) !== fourth) continue;
    const end = endOfKeyword(source, at, to, keyword);
    if (end < 0 || isInToken(source, at)) continue;
    addMention(scan, at - from, end - from, keyword);
    needed ||= set.needed.has(keyword);
  }
  return needed;
}

/** `[CRYPTO_ADDRESS]` says what was masked, and nothing of what stands beside it. */
function isInToken(source: string, at: number): boolean {
  if (!BEFORE_TOKEN.has(source.charCodeAt(at - 1))) return false;
  let start = at - 1;
  const limit = Math.max(0, at - LONGEST_TOKEN);
  while (start > limit && isTokenPart(source.charCodeAt(start))) start--;
  return endOfToken(source, start) > at;
}

/** `[` and `_`: before a word of a token. */
const BEFORE_TOKEN = new Set([0x5b, 0x5f]);
const LONGEST_TOKEN = 42;

function isTokenPart(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function endOfKeyword(source: string, start: number, to: number, keyword: string): number {
  // Most stand there as they are written, or part from it soon.
  let i = 0;
  const most = Math.min(keyword.length, to - start);
  while (i < most && isSameLetter(source.charCodeAt(start + i), keyword.charCodeAt(i))) i++;
  let at = start + i;
  let separators = 0;
  for (; i < keyword.length; at++) {
    if (at >= to) return -1;
    const code = source.charCodeAt(at);
    if (isAlphanumeric(code) || code > 0x7f) {
      if ((code | (code < 0x80 ? 0x20 : 0)) !== keyword.charCodeAt(i)) return -1;
      i++;
      separators = 0;
    } else if (i === 0 || ++separators > 2) return -1;
  }
  return keyword.length >= LONG_KEYWORD || endsWord(source, at, to) ? at : -1;
}

function isSameLetter(code: number, lower: number): boolean {
  return code === lower || (code + 0x20 === lower && code >= 0x41 && code <= 0x5a);
}

const SUFFIX = /(?:s|no|nr|num|number|id|code|value)(?![a-z])/iy;

/** Whether a keyword may end at `at`: the word does, or goes on with a suffix of keywords. */
function endsWord(source: string, at: number, to: number): boolean {
  if (at >= to) return true;
  const code = source.charCodeAt(at) | 0x20;
  if (code < 0x61 || code > 0x7a) return true;
  SUFFIX.lastIndex = at;
  return SUFFIX.test(source);
}

/** Whether one of the keywords stands within 30 characters before or behind the find. */
export function isMentionedNear({ mentions }: Scan, keywords: readonly string[], start: number, end: number): boolean {
  if (mentions === 0) return false;
  const asked = joinedSet(keywords);
  for (let i = firstEndingFrom(mentions, start - REACH); i < mentions; i++) {
    if (starts[i]! > end + REACH) return false;
    const apart = ends[i]! <= start || starts[i]! >= end;
    if (apart && ends[i]! >= start - REACH && asked.has(words[i]!)) return true;
  }
  return false;
}

/**
 * Whether one of the keywords leads up to the find: it stands within 30 characters before it, in the same line and
 * quotes, or right behind it in brackets.
 */
export function isIntroduced(
  scan: Scan,
  text: string,
  keywords: readonly string[],
  start: number,
  end: number,
): boolean {
  const { mentions } = scan;
  if (mentions === 0) return false;
  const asked = joinedSet(keywords);
  for (let i = firstEndingFrom(mentions, start - REACH); i < mentions; i++) {
    if (starts[i]! > end + 2) return false;
    if (!asked.has(words[i]!)) continue;
    if (starts[i]! === end + 2 && text.startsWith(' (', end)) return true;
    if (ends[i]! <= start && !isBroken(text, ends[i]!, start)) return true;
  }
  return false;
}

/** Whether a quote or the end of a line stands between two places. */
function isBroken(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    // A tab sets columns apart; a line may hold nothing but the keyword: `Phone:\n415…`.
    if (code === 0x09 || (code === 0x0a && /^[ :#.]{0,3}\r?$/.test(text.slice(from, i)))) continue;
    if (code < 0x20 || (code === 0x22 && i > from + 3 && i < to - 1)) return true;
  }
  return false;
}

/** Mentions stand in the order of their starts, and are short: the first that may end at `at` or after. */
function firstEndingFrom(mentions: number, at: number): number {
  const earliest = at - LONGEST_KEYWORD;
  let low = 0;
  let high = mentions;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < earliest) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** No keyword with its separators is longer. */
const LONGEST_KEYWORD = 60;
