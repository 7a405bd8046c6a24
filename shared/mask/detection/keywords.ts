import type { Detector, Place } from '../detector.ts';

/** How far from a find a keyword may stand, in characters. */
const REACH = 30;
/** How far a word that the reach cuts may go on. */
const WORD = 20;

/** The value's place in the document: its path, worked out only when asked for. */
export interface Context {
  readonly path: string;
  /** False where the path holds no keyword. */
  readonly speaks: boolean;
}

export const NO_CONTEXT: Context = { path: '', speaks: false };

/**
 * Whether one of the keywords stands within 30 characters of the find, or in the path. Case and separators don't count:
 * `cardNumber`, `card_number` and `CARD-NUMBER` hold the keyword `card number`.
 */
export function hasKeyword(keywords: Keywords, text: string, start: number, end: number, context: Context): boolean {
  if (context.speaks && keywords.test(wordsOfPath(context.path))) return true;
  return keywords.test(before(text, start)) || keywords.test(after(text, end));
}

/**
 * Whether one of the keywords leads up to the find: it stands within 30 characters before it, in the same line and
 * quotes, right after it in brackets, or in the path.
 */
export function isIntroduced(keywords: readonly string[], { text, start, end, context }: Place): boolean {
  const asked = keywordsOfRule(keywords);
  if (context.speaks && asked.test(wordsOfPath(context.path))) return true;
  let from = Math.max(0, start - REACH);
  for (let i = start - 1; i >= from; i--) {
    const code = text.charCodeAt(i);
    if (code === 0x22 || code < 0x20) from = i + 1;
  }
  while (
    from > 0 &&
    from > start - REACH - WORD &&
    isLetter(text.charCodeAt(from - 1)) &&
    isLetter(text.charCodeAt(from))
  )
    from--;
  if (asked.test(words(text, from, start))) return true;
  return text.startsWith(' (', end) && asked.test(words(text, end, Math.min(text.length, end + REACH)));
}

/** Whether a few words hold one of the keywords. */
export function saysOneOf(keywords: readonly string[], text: string): boolean {
  return keywordsOfRule(keywords).test(words(text, 0, text.length));
}

/** Whether a key holds a keyword of one of the detectors. */
export function mentions(detectors: readonly Detector[], key: string): boolean {
  const said = words(key, 0, key.length);
  return detectors.some(({ keywords, rules }) => {
    if (keywords !== undefined && keywordsOfRule(keywords).test(said)) return true;
    return rules?.some(({ keyword }) => Array.isArray(keyword) && keywordsOfRule(keyword).test(said)) === true;
  });
}

function before(text: string, start: number): string {
  let from = Math.max(0, start - REACH);
  const limit = Math.max(0, from - WORD);
  while (from > limit && isLetter(text.charCodeAt(from - 1))) from--;
  return words(text, from, start);
}

function after(text: string, end: number): string {
  let to = Math.min(text.length, end + REACH);
  const limit = Math.min(text.length, to + WORD);
  while (to < limit && isLetter(text.charCodeAt(to))) to++;
  return words(text, end, to);
}

function isLetter(code: number): boolean {
  return ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code > 0xbf;
}

let lastPath = '';
let lastWords = '';

/** The words of a path, each with one space around it. */
export function wordsOfPath(path: string): string {
  if (path !== lastPath) {
    lastPath = path;
    lastWords = words(path, 0, path.length);
  }
  return lastWords;
}

/**
 * Lower-case words with one space around each; `cardNumber2` has three. Where capitals divide words, the undivided ones
 * follow: `HWaddr` is ` h waddr hwaddr `.
 */
function words(text: string, from: number, to: number): string {
  let divided = ' ';
  let whole = ' ';
  let kind = 0;
  let run = from;
  let word = from;
  for (let i = from; i < to; i++) {
    const next = kindOf(text.charCodeAt(i));
    if (next === kind || (kind === UPPER && next === LOWER && i === run + 1)) {
      kind = next;
      continue;
    }
    // The last capital of `SSNValue` begins the next word.
    const cut = kind === UPPER && next === LOWER ? i - 1 : i;
    if (kind !== 0) divided += `${text.slice(run, cut).toLowerCase()} `;
    run = cut;
    if (kind === 0) word = i;
    else if (next === 0) whole += `${text.slice(word, i).toLowerCase()} `;
    kind = next;
  }
  if (kind === 0) return divided.length === whole.length ? divided : divided + whole.slice(1);
  divided += `${text.slice(run, to).toLowerCase()} `;
  whole += `${text.slice(word, to).toLowerCase()} `;
  return divided.length === whole.length ? divided : divided + whole.slice(1);
}

const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;

function kindOf(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return LOWER;
  if (code >= 0x41 && code <= 0x5a) return UPPER;
  if (code >= 0x30 && code <= 0x39) return DIGIT;
  return code > 0xbf ? LOWER : 0;
}

/** Keywords compiled to one test over words as `words` writes them. */
interface Keywords {
  test(words: string): boolean;
}

const NEVER: Keywords = { test: () => false };
/** Words this long are found inside longer ones too: `usersocialsecurity`. */
export const LONG_KEYWORD = 7;

function compileKeywords(keywords: readonly string[]): Keywords {
  if (keywords.length === 0) return NEVER;
  const long = keywords.filter((word) => word.replaceAll(' ', '').length >= LONG_KEYWORD).map(spaced);
  const short = keywords.filter((word) => word.replaceAll(' ', '').length < LONG_KEYWORD).map(spaced);
  const parts = [...long];
  if (short.length > 0) parts.push(` (?:${short.join('|')})(?: ?(?:s|no|nr|num|number|id|code|value))? `);
  return new RegExp(parts.join('|'));
}

/** The space between the words of a keyword may be missing. */
function spaced(keyword: string): string {
  return keyword.replaceAll('.', '\\.').replaceAll(' ', ' ?');
}

const compiled = new WeakMap<readonly string[], Keywords>();
const none: readonly string[] = [];

export function keywordsOf({ keywords = none }: Detector): Keywords {
  return keywordsOfRule(keywords);
}

export function keywordsOfRule(words: readonly string[]): Keywords {
  let keywords = compiled.get(words);
  if (keywords === undefined) {
    keywords = compileKeywords(words);
    compiled.set(words, keywords);
  }
  return keywords;
}
