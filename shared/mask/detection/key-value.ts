import { EVIDENCE, type Extent, endOfToken, withoutTokens } from '../detector.ts';
import { isAlphanumeric, isReached, note, type Scan, textOf } from './finding.ts';
import type { KeyNames, NamedKey } from './key-names.ts';

const LONGEST_NAME = 48;
const LONGEST_VALUE = 4096;
/** The same for what is no secret, without quotes. */
const LONGEST_PLAIN = 128;

/** Characters between a name and its value. */
export const BETWEEN = '=:>';

/**
 * `name=value`, `name: value`, `"name": "value"`, `<name>value</name>` in plain text, around the character at `at`:
 * values that their name tells to be sensitive.
 */
export function findKeyValue(scan: Scan, names: KeyNames, anchor: number): void {
  const { source, from, set } = scan;
  const between = source.charCodeAt(anchor);
  const next = source.charCodeAt(anchor + 1);
  // `https://` names nothing; of `:=` and `=>` it is the `=` that stands between.
  if (between === COLON && (next === SLASH || next === EQUALS)) return;
  const nameEnd = endOfName(source, from, anchor);
  if (nameEnd - from < 2 || !endsInWord(source, from, nameEnd) || !names.mayEnd(source, from, nameEnd)) return;
  const text = textOf(scan);
  const at = anchor - from;
  const end = nameEnd - from;
  let start = end;
  const limit = Math.max(0, end - LONGEST_NAME);
  while (start > limit && isNamePart(text.charCodeAt(start - 1))) start--;
  // `[CARD]=…`: what was masked before names nothing.
  if (end - start < 2 || (start > 0 && endOfToken(text, start - 1) > 0)) return;
  const candidates = names.find(lastSegment(text.slice(start, end)));
  const named = candidates.find((each) => each.rule.below === undefined && each.rule.pair === undefined);
  if (named === undefined) return;
  const secret = set.detectors[named.detector]!.group === 'credentials';
  if (secret && isReached(scan, at, named.detector)) return;
  const begins = startOfValue(text, at, between);
  const extent = begins < 0 ? undefined : extentOfValue(text, begins, named, secret, between);
  if (extent === undefined) return;
  const value = text.slice(extent[0], extent[1]);
  if (named.rule.verify?.(value) === false || isPlaceholder(value) || isMasked(text, extent)) return;
  const plain = between === COLON && !isQuote(text.charCodeAt(extent[0] - 1));
  if (plain && named.rule.verifyInText?.(value) === false) return;
  note(scan, {
    start: extent[0],
    end: extent[1],
    detector: named.detector,
    evidence: secret ? EVIDENCE.secret : EVIDENCE.shape,
  });
}

/** Behind `=`, `=>`, or `==` and a quote: what is compared without one is no value. -1 where none can stand. */
function startOfValue(text: string, at: number, between: number): number {
  if (between !== EQUALS) return at + 1;
  if (text.charCodeAt(at + 1) === TAG) return at + 2;
  let start = at + 1;
  while (start < at + 3 && text.charCodeAt(start) === EQUALS) start++;
  if (start === at + 1) return start;
  return /^ {0,2}["'`]/.test(text.slice(start, start + 3)) ? start : -1;
}

/** Where the name before the character at `at` ends; -1 where none stands there. */
function endOfName(text: string, from: number, at: number): number {
  let end = at;
  if (text.charCodeAt(at) === TAG) return endOfTagName(text, from, at);
  if (text.charCodeAt(at) === EQUALS && text.charCodeAt(end - 1) === COLON) end--;
  for (let i = 0; i < 2 && end > from && text.charCodeAt(end - 1) === 0x20; i++) end--;
  if (end > from && isQuote(text.charCodeAt(end - 1))) {
    end--;
    // In a cell of CSV quotes stand twice: `""password"":""…""`.
    if (end > from && text.charCodeAt(end - 1) === QUOTE && text.charCodeAt(end) === QUOTE) end--;
    for (let i = 0; i < 7 && end > from && text.charCodeAt(end - 1) === 0x5c; i++) end--;
  }
  if (end <= from) return -1;
  const last = text.charCodeAt(end - 1);
  // `card[number]=…` ends with a bracket.
  if (last === 0x5d) return end - 1;
  return isAlphanumeric(last) || last > 0x7f ? end : -1;
}

const LONGEST_TAG = 160;

/** `<password>`, `<password type="plain">`: where the tag's name ends. */
function endOfTagName(text: string, from: number, at: number): number {
  const last = at > from ? text.charCodeAt(at - 1) : SLASH;
  if (last === SLASH || last === EQUALS || last === 0x2d) return -1;
  if (!isQuote(last)) return at;
  const first = Math.max(from, at - LONGEST_TAG);
  const open = text.slice(first, at).lastIndexOf('<');
  if (open < 0) return -1;
  let end = first + open + 1;
  while (end < at && (isNamePart(text.charCodeAt(end)) || text.charCodeAt(end) === COLON)) end++;
  return end;
}

/** Two letters and any digits: the end of a name, and not of a time. */
function endsInWord(text: string, from: number, end: number): boolean {
  let at = end - 1;
  while (at > from && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at--;
  return at > from && isLetter(text.charCodeAt(at)) && isLetter(text.charCodeAt(at - 1));
}

function isLetter(code: number): boolean {
  return ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code > 0x7f;
}

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60;
}

function isNamePart(code: number): boolean {
  return isAlphanumeric(code) || code > 0xbf || code === 0x5f || code === 0x2d || code === 0x2e;
}

/** `user.password` is the name `password`. */
function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

const TAG = 0x3e;
const COLON = 0x3a;
const SLASH = 0x2f;
const EQUALS = 0x3d;

function extentOfValue(
  text: string,
  from: number,
  named: NamedKey,
  secret: boolean,
  between: number,
): Extent | undefined {
  let start = from;
  if (between === TAG) return until(text, start, (code) => code === 0x3c);
  for (let i = 0; i < 3 && text.charCodeAt(start) === 0x20; i++) start++;
  let slashes = 0;
  while (slashes < 7 && text.charCodeAt(start + slashes) === 0x5c) slashes++;
  const quote = text.charCodeAt(start + slashes);
  if (isDoubled(text, start)) return untilDoubled(text, start + 2);
  if (isQuote(quote)) return quoted(text, start + slashes + 1, quote, slashes);
  if (HEADERS.has(named.name) && between !== EQUALS) return until(text, start, (code) => code < 0x20);
  if (between !== EQUALS && !secret) return undefined;
  if (between === EQUALS && start > from && !secret) return undefined;
  if (secret && OPENING.has(text.charCodeAt(start))) {
    const end = endOfContainer(text, start);
    if (end > 0) return [start, end];
  }
  return until(text, start, endsPlainValue, secret ? LONGEST_VALUE : LONGEST_PLAIN);
}

const QUOTE = 0x22;

/** `""hunter2""`, and no empty string. */
function isDoubled(text: string, at: number): boolean {
  return text.charCodeAt(at) === QUOTE && text.charCodeAt(at + 1) === QUOTE && isAlphanumeric(text.charCodeAt(at + 2));
}

function untilDoubled(text: string, start: number): Extent | undefined {
  const length = text.slice(start, start + LONGEST_VALUE).indexOf('""');
  return length < 0 ? undefined : [start, start + length];
}

/** Headers whose value is the rest of the line. */
const HEADERS = new Set(['cookie', 'setcookie']);

/** Up to the quote, which has as many backslashes before it as the first one had. */
function quoted(text: string, start: number, quote: number, slashes: number): Extent | undefined {
  const limit = Math.min(text.length, start + LONGEST_VALUE);
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) {
      let end = i;
      while (end > start && i - end < slashes && text.charCodeAt(end - 1) === 0x5c) end--;
      return end > start ? [start, end] : undefined;
    }
    if (code === 0x5c) i += slashes === 0 ? 1 : text.charCodeAt(i + slashes) === quote ? slashes - 1 : 0;
  }
  return limit > start ? [start, limit] : undefined;
}

function until(text: string, start: number, ends: (code: number) => boolean, most = LONGEST_VALUE): Extent | undefined {
  const limit = Math.min(text.length, start + most);
  let end = start;
  while (end < limit && (!ends(text.charCodeAt(end)) || goesOn(text, end))) end++;
  while (end > start && isTrailing(text.charCodeAt(end - 1))) end--;
  return end > start ? [start, end] : undefined;
}

/** A bracket with a letter or digit right behind it ends nothing: `pa)ss`. */
function goesOn(text: string, at: number): boolean {
  return CLOSING.has(text.charCodeAt(at)) && isAlphanumeric(text.charCodeAt(at + 1));
}

const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d, 0x29]);

/**
 * Where the object or array that begins at `start` ends, whatever its language; one that does not, with the line, or as far
 * as values reach. -1 where it is a token, or nothing follows.
 */
function endOfContainer(text: string, start: number): number {
  if (endOfToken(text, start) > 0) return -1;
  const limit = Math.min(text.length, start + LONGEST_VALUE);
  let line = limit;
  let depth = 0;
  let quote = 0;
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x0a && line === limit) line = i;
    if (code === 0x5c) i++;
    else if (quote !== 0) quote = code === quote ? 0 : quote;
    else if (code === 0x22) quote = code;
    else if (OPENING.has(code)) depth++;
    else if (CLOSING.has(code) && code !== 0x29 && --depth === 0) return i + 1;
  }
  return line > start + 1 ? line : -1;
}

function isTrailing(code: number): boolean {
  return code === 0x2e || code === 0x20;
}

const PLAIN_ENDS = new Set([...` \t\r\n,;&"'<>|)]}\``].map((c) => c.charCodeAt(0)));

function endsPlainValue(code: number): boolean {
  return code < 0x20 || PLAIN_ENDS.has(code);
}

/** What stands where a value is not told, or in a sentence about it. */
const PLACEHOLDERS = new Set(
  (
    'null nil none undefined true false yes no empty missing invalid incorrect wrong expired required optional must is was are be been has have had not the a an ' +
    'for to of or and should may can will reset changed updated change string text number hidden redacted masked removed enabled disabled failed ok error ' +
    'unset set default n/a - -- {}'
  ).split(' '),
);

/** `***`, `xxxx`, `[FILTERED]`, `getToken()`, `process.env.TOKEN`, `${PASSWORD}`, `{{password}}`, `%s`, `<password>`, `$PASSWORD`. */
const STAND_IN =
  /^(?:[*x.\u2022-]{2,64}|\[(?:filtered|redacted|masked|hidden|protected|removed|omitted)\]?|(?:get|read|load|fetch)\w{1,40}\(\)?|(?:process\.env|os\.environ|System\.getenv)[.[(].{0,64}|\$\{.{0,64}|\{\{.{0,64}|%[sd(].{0,64}|<[\w -]{1,40}>|\$[A-Z][A-Z0-9_]{2,40})$/i;

/** What was masked before: tokens, and nothing beside them. A plain value ends before the bracket that ends a token. */
function isMasked(text: string, [start, end]: Extent): boolean {
  const value = text.slice(start, end + 1);
  return value.includes('[') && !/[^\W_]/.test(withoutTokens(value, '').replace(/%[\da-f]{2}/gi, ''));
}

function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.has(value.toLowerCase()) || STAND_IN.test(value);
}
