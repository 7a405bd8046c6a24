import { type Detector, type KeyRule, withoutTokens } from '../detector.ts';
import { plainForm } from './view.ts';

/** A key whose name says what its value is. */
export interface NamedKey {
  /** Number of the detector in its set. */
  readonly detector: number;
  readonly rule: KeyRule;
  /** The name, without separators and in lower case. */
  readonly name: string;
}

/** Looks names up. */
export interface KeyNames {
  find(key: string): readonly NamedKey[];
  /** Whether a name may end at `end` of a text: by its last characters. */
  mayEnd(text: string, from: number, end: number): boolean;
}

const NONE: readonly NamedKey[] = [];

/** Words that say whose or which it is, before the name of what it is: `billingAddress`, `user_first_name`. */
const QUALIFIERS = (
  'user users customer client billing shipping home work office patient employee staff contact person personal member guest passenger ' +
  'my our your primary secondary main new old current previous default delivery mailing postal sender recipient receiver owner payer ' +
  'payee cardholder account acct applicant student subscriber beneficiary emergency legal emp cust usr own buyer seller vendor ' +
  'admin parent child spouse partner private business company residential permanent registered author driver rider host tenant ' +
  'borrower insured visitor lead profile x raw full input request req res response form field data the alt other next ' +
  'start end origin destination pickup dropoff from to location geo gps position venue place'
).split(' ');

/** Compiles the key rules of a set of detectors. */
export function compileKeyNames(detectors: readonly Detector[]): KeyNames | undefined {
  const exact = new Map<string, NamedKey[]>();
  const suffixes: NamedKey[] = [];
  detectors.forEach((each, detector) => {
    for (const rule of each.keys ?? []) {
      for (const name of rule.names) {
        const named = { detector, rule, name };
        const list = exact.get(name);
        if (list === undefined) exact.set(name, [named]);
        else list.push(named);
        if (rule.suffix === true) suffixes.push(named);
      }
    }
  });
  if (exact.size === 0) return undefined;
  // The longest suffix says most.
  suffixes.sort((a, b) => b.name.length - a.name.length);
  return { find: remembering((key) => look(key, exact, suffixes)), mayEnd: endings([...exact.keys()]) };
}

/** How many characters of an ending are looked at, and of how long a name. */
const ENDING = 5;

/** Tells by the last five characters, case aside, whether a name may end there. Digits and separators tell nothing. */
function endings(names: readonly string[]): KeyNames['mayEnd'] {
  const last = new Uint8Array(1 << 15);
  const before = new Uint8Array(1 << 15);
  for (const name of names) {
    const long = name.length >= ENDING;
    last[tailOf(name, 0, name.length)]! |= long ? LONG : SHORT;
    if (long) before[tailOf(name, 0, name.length - 2)] = 1;
  }
  return (text, from, end) => {
    for (let i = end - 1; i >= end - ENDING && i >= from; i--) {
      const code = text.charCodeAt(i) | 0x20;
      if (code < 0x61 || code > 0x7a) return i > end - 4 || last[tailOf(text, from, end)] !== 0;
    }
    const known = last[tailOf(text, from, end)]!;
    return (known & SHORT) !== 0 || ((known & LONG) !== 0 && before[tailOf(text, from, end - 2)] === 1);
  };
}

/** Names that are shorter than what is looked at, and others. */
const SHORT = 1;
const LONG = 2;

function tailOf(text: string, from: number, end: number): number {
  const last = text.charCodeAt(end - 1) & 31;
  const second = end - 2 >= from ? text.charCodeAt(end - 2) & 31 : 0;
  const third = end - 3 >= from ? text.charCodeAt(end - 3) & 31 : 0;
  return (third << 10) | (second << 5) | last;
}

const MOST_REMEMBERED = 4096;
const LONGEST_KEY = 64;

/** Keys come again and again; hostile ones come once, and must not fill the memory. */
function remembering(find: (key: string) => readonly NamedKey[]): (key: string) => readonly NamedKey[] {
  const known = new Map<string, readonly NamedKey[]>();
  return (key) => {
    if (key.length > LONGEST_KEY) return find(key.slice(-LONGEST_KEY));
    let found = known.get(key);
    if (found === undefined) {
      found = find(key);
      if (known.size < MOST_REMEMBERED) known.set(key, found);
    }
    return found;
  };
}

function look(key: string, exact: Map<string, NamedKey[]>, suffixes: readonly NamedKey[]): readonly NamedKey[] {
  const name = normalName(key);
  if (name === '') return NONE;
  const found =
    exact.get(name) ??
    exact.get(unqualified(name, exact)) ??
    exact.get(singular(name)) ??
    exact.get(unqualified(singular(name), exact));
  if (found !== undefined) return found;
  for (const named of suffixes) if (name.endsWith(named.name)) return [named];
  return NONE;
}

/** `cardNumbers`, `addresses`. */
function singular(name: string): string {
  return name.length > 4 && name.endsWith('s') ? name.slice(0, -1) : name;
}

/** `Card-Number`, `card_number` and `cardNumber` are `cardnumber`; numbers at the end don't count: `address2`. */
function normalName(written: string): string {
  // What was masked in a key says nothing of its value.
  const key = withoutTokens(written, '');
  let name = '';
  for (const character of key) {
    const plain = character > '\x7f' ? plainForm(character.codePointAt(0)!) : character;
    // Separators in other forms are separators too: `ｃａｒｄ＿ｎｕｍｂｅｒ`, a no-break space, a dash.
    if (plain > '\x7f' || /^[a-z\d]{1,4}$/i.test(plain)) name += plain;
  }
  return name.normalize('NFKC').toLowerCase();
}

/** The name without words that say whose it is, and without a number at its end. */
function unqualified(name: string, exact: Map<string, NamedKey[]>): string {
  let rest = name;
  while (rest.length > 1 && rest.charCodeAt(rest.length - 1) >= 0x30 && rest.charCodeAt(rest.length - 1) <= 0x39) {
    rest = rest.slice(0, -1);
  }
  for (let round = 0; round < 3 && !exact.has(rest); round++) {
    const qualifier = QUALIFIERS.find(
      (word) => rest.length > word.length && rest.startsWith(word) && continues(rest, word, exact),
    );
    if (qualifier === undefined) break;
    rest = rest.slice(qualifier.length);
  }
  return rest;
}

/** Prefers the qualifier that leaves a known name; else any. */
function continues(rest: string, word: string, exact: Map<string, NamedKey[]>): boolean {
  const left = rest.slice(word.length);
  return exact.has(left) || QUALIFIERS.some((next) => left.startsWith(next) && left.length > next.length);
}

/** Whether the key right above the value at a path has one of these names. */
export function standsBelow(names: readonly string[], path: string): boolean {
  const keys = path.split(/[.[\]]/).filter((key) => key !== '' && !/^\d{1,10}$/.test(key));
  const parent = keys.at(-2);
  return parent !== undefined && names.includes(normalName(parent));
}
