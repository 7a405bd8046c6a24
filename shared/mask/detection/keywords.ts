import { type Detector, withoutTokens } from '../detector.ts';
import { plainForm } from './view.ts';

/** The value's place in the document: its path, worked out only when asked for. */
export interface Context {
  readonly path: string;
  /** False where the path holds no keyword. */
  readonly speaks: boolean;
}

export const NO_CONTEXT: Context = { path: '', speaks: false };

/** Keywords this long are found inside longer words too: `usersocialsecurity`. */
export const LONG_KEYWORD = 7;

/** Whether a path holds one of the keywords. Case and separators don't count: `cardNumber` holds `card number`. */
export function pathHolds(keywords: readonly string[], { path, speaks }: Context): boolean {
  return speaks && compiled(keywords).test(wordsOfPath(path));
}

/** Whether a few words hold one of the keywords. */
export function saysOneOf(keywords: readonly string[], text: string): boolean {
  return compiled(keywords).test(words(text));
}

/** Whether a key holds a keyword of one of the detectors. */
export function speaksOf(detectors: readonly Detector[], key: string): boolean {
  const said = words(key);
  return detectors.some(({ keywords = [], rules = [] }) => {
    if (compiled(keywords).test(said)) return true;
    return rules.some(({ keyword }) => Array.isArray(keyword) && compiled(keyword).test(said));
  });
}

let lastPath = '';
let lastWords = ' ';

/** The words of a path, each with one space around it. */
export function wordsOfPath(path: string): string {
  if (path !== lastPath) {
    lastPath = path;
    lastWords = words(path);
  }
  return lastWords;
}

/**
 * Lower-case words with one space around each; `cardNumber2` has three. Where capitals divide words, the undivided ones
 * follow: `HWaddr` is ` h waddr hwaddr `. A token says what was masked, and nothing of what stands beside it.
 */
function words(source: string): string {
  const text = withoutTokens(FOREIGN.test(source) ? [...source].map(plainOf).join('') : source, ' ');
  let divided = ' ';
  let whole = ' ';
  let kind = 0;
  let run = 0;
  let word = 0;
  for (let i = 0; i < text.length; i++) {
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
  if (kind !== 0) {
    divided += `${text.slice(run).toLowerCase()} `;
    whole += `${text.slice(word).toLowerCase()} `;
  }
  return divided.length === whole.length ? divided : divided + whole.slice(1);
}

const FOREIGN = /[\u0080-\uffff]/;

function plainOf(character: string): string {
  return character > '\x7f' ? plainForm(character.codePointAt(0)!) : character;
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
interface Test {
  test(words: string): boolean;
}

const NEVER: Test = { test: () => false };
const tests = new WeakMap<readonly string[], Test>();

function compiled(keywords: readonly string[]): Test {
  let test = tests.get(keywords);
  if (test === undefined) {
    test = compile(keywords);
    tests.set(keywords, test);
  }
  return test;
}

function compile(keywords: readonly string[]): Test {
  if (keywords.length === 0) return NEVER;
  const long = keywords.filter(standsInWords).map(spaced);
  const short = keywords.filter((word) => !standsInWords(word)).map(spaced);
  const parts = [...long];
  if (short.length > 0) parts.push(` (?:${short.join('|')})(?: ?(?:s|no|nr|num|number|id|code|value))? `);
  return new RegExp(parts.join('|'));
}

/** Long ones stand in longer words; those of Chinese, Japanese and Korean beside others without a space. */
function standsInWords(keyword: string): boolean {
  return joined(keyword).length >= LONG_KEYWORD || /[\u3040-\ud7ff]/.test(keyword);
}

/** The space between the words of a keyword may be missing. */
function spaced(keyword: string): string {
  return keyword.replaceAll(' ', ' ?');
}

/** A keyword without its spaces. */
export function joined(keyword: string): string {
  return keyword.replaceAll(' ', '');
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Keywords without their spaces, to be looked up. */
export function joinedSet(keywords: readonly string[]): ReadonlySet<string> {
  let set = sets.get(keywords);
  if (set === undefined) {
    set = new Set(keywords.map(joined));
    sets.set(keywords, set);
  }
  return set;
}
