import { type DigitsRule, EVIDENCE } from '../detector.ts';
import { isAlphanumeric, placeOf, report, type Scan, textOf } from './finding.ts';
import type { Bound, Rules } from './set.ts';
import { LONGEST_GROUP, type Shapes } from './shapes.ts';

/**
 * Digits that belong together: groups joined by a single separator (or spaces and hyphens, three at most). The groups of
 * one chain at a time are held here.
 */
const starts: number[] = [];
const ends: number[] = [];
/** The separator after each group, as a character code. */
const separators: number[] = [];
let groups = 0;
let total = 0;

const SEPARATORS = separatorTable(' -./_+\u00b7\t');
const SPACE = 0x20;
const HYPHEN = 0x2d;

function separatorTable(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const c of characters) table[c.charCodeAt(0)] = 1;
  return table;
}

export function resetChain(): void {
  groups = 0;
  total = 0;
}

/** Takes the run of digits from `start` to `end` into the chain, or begins a new one. */
export function takeGroup(scan: Scan, rules: Rules, start: number, end: number): void {
  if (groups > 0) {
    const separator = separatorBetween(scan.source, ends[groups - 1]!, start);
    if (separator === 0) {
      examineChain(scan, rules);
      resetChain();
    } else separators[groups - 1] = separator;
  }
  starts[groups] = start;
  ends[groups] = end;
  groups++;
  total += end - start;
}

/** 0 where the two don't belong together. Several spaces, or spaces around a hyphen, count as one. */
function separatorBetween(text: string, from: number, to: number): number {
  const gap = to - from;
  if (gap > 3) return 0;
  const first = text.charCodeAt(from);
  if (gap === 1) return first < 256 && SEPARATORS[first] === 1 ? (first === 0x09 ? SPACE : first) : 0;
  let separator = SPACE;
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === HYPHEN && separator === SPACE) separator = HYPHEN;
    else if (code !== SPACE && code !== 0x09) return 0;
  }
  return separator;
}

/** Tries every window of the chain's groups that has the shape of something. */
export function examineChain(scan: Scan, { shapes, chains }: Rules): void {
  if (groups === 0) return;
  if (total >= shapes.fewest) {
    for (let first = 0; first < groups; first++) examineFrom(scan, shapes, first);
  }
  for (const { rule, detector } of chains) {
    if (total < rule.digits[0] || total > rule.digits[1]) continue;
    const extent = rule.find(placeOf(scan, starts[0]! - scan.from, ends[groups - 1]! - scan.from));
    if (extent !== undefined) report(scan, extent[0], extent[1], rule, detector);
  }
}

function examineFrom(scan: Scan, { next, rules }: Shapes, first: number): void {
  let state = 1;
  for (let last = first; last < groups; last++) {
    const length = ends[last]! - starts[last]!;
    if (length > LONGEST_GROUP) return;
    state = next[state * (LONGEST_GROUP + 1) + length]!;
    if (state === 0) return;
    const complete = rules[state];
    if (complete !== undefined) examineWindow(scan, first, last, complete);
  }
}

function examineWindow(scan: Scan, first: number, last: number, rules: readonly Bound<DigitsRule>[]): void {
  const { source, from } = scan;
  if (!isFree(scan, first, last)) return;
  let digits: string | undefined;
  for (const { rule, detector } of rules) {
    if (!separatorsFit(rule, first, last) || !standsAlone(rule, first, last)) continue;
    digits ??= digitsOf(source, first, last);
    const start = starts[first]! - from;
    const end = ends[last]! - from;
    if (rule.verify?.(digits, placeOf(scan, start, end)) === false) continue;
    report(scan, start, rule.goesOn?.(textOf(scan), end) ?? end, rule, detector);
  }
}

function digitsOf(text: string, first: number, last: number): string {
  let digits = '';
  for (let i = first; i <= last; i++) digits += text.slice(starts[i], ends[i]);
  return digits;
}

function separatorsFit(rule: DigitsRule, first: number, last: number): boolean {
  for (let i = first; i < last; i++) {
    const separator = separators[i]!;
    if (rule.exact === true) {
      if (rule.separators.charCodeAt(i - first) !== separator) return false;
    } else if (separator !== separators[first] || !rule.separators.includes(String.fromCharCode(separator)))
      return false;
  }
  return true;
}

const BESIDE = ' /+_';
const BESIDE_SPACED = ' /+_-';

/** Not a part of a decimal, a date, a longer identifier, nor (where spaces hold it together) of a column of numbers. */
function standsAlone(rule: DigitsRule, first: number, last: number): boolean {
  const spaced = first < last && separators[first] === SPACE;
  const beside = rule.beside ?? (spaced ? BESIDE_SPACED : BESIDE);
  if (first > 0 && !beside.includes(String.fromCharCode(separators[first - 1]!))) return false;
  if (last < groups - 1 && !beside.includes(String.fromCharCode(separators[last]!))) return false;
  if (!spaced) return true;
  const before = first > 0 && separators[first - 1] === SPACE;
  const after = last < groups - 1 && separators[last] === SPACE;
  if (rule.evidence < EVIDENCE.checked) return !before && !after;
  return !(before && lengthOf(first - 1) === lengthOf(first)) && !(after && lengthOf(last + 1) === lengthOf(last));
}

function lengthOf(group: number): number {
  return ends[group]! - starts[group]!;
}

const CURRENCY = '$\u00a3\u20ac\u00a5';

/** Whether what stands beside the first and last group of a whole chain lets them be more than a part of something. */
function isFree({ source, from, to }: Scan, first: number, last: number): boolean {
  const start = starts[first]!;
  const end = ends[last]!;
  if (first === 0 && start > from) {
    if (source.charCodeAt(start - 1) === HYPHEN) {
      if (!wordStandsApart(source, start - 2, -1, from, to)) return false;
    } else if (CURRENCY.includes(source[start - 1]!)) return false;
  }
  if (last < groups - 1 || end >= to || source.charCodeAt(end) !== HYPHEN) return true;
  return wordStandsApart(source, end + 1, 1, from, to);
}

/** A word joined by a hyphen, `pan-4111…`, may stand there; a group of a UUID, or anything else with digits, may not. */
function wordStandsApart(text: string, at: number, step: 1 | -1, from: number, to: number): boolean {
  let length = 0;
  let hexadecimal = true;
  for (let i = at; i >= from && i < to && length <= 13; i += step) {
    const code = text.charCodeAt(i);
    if (!isAlphanumeric(code)) break;
    if (code <= 0x39) return false;
    if ((code | 0x20) > 0x66) hexadecimal = false;
    length++;
  }
  return !(hexadecimal && (length === 4 || length === 8 || length === 12));
}
