/** Families of detectors, to be asked for by one word. */
export const GROUPS = [
  'contact',
  'financial',
  'network',
  'government-ids',
  'credentials',
  'location',
  'identity',
] as const;
export type Group = (typeof GROUPS)[number];

/**
 * How strong a find is. Where finds overlap, see detection/overlap.ts, the stronger wins.
 * `keyword`: a loose shape that counts only with a keyword nearby. `shape`: a form that little else has.
 * `checked`: a check digit, a checksum or a decoded structure. `secret`: a credential, whose whole extent must go.
 */
export const EVIDENCE = { keyword: 1, shape: 2, checked: 3, secret: 4 } as const;
export type Evidence = (typeof EVIDENCE)[keyof typeof EVIDENCE];

interface Found {
  readonly evidence: Evidence;
  /** Counts only with one of the detector's keywords within 30 characters, or in the path; or with one of these. */
  readonly keyword?: boolean | readonly string[];
  /** Counts only where one of the detector's keywords leads up to it, or stands in the path. */
  readonly introduced?: boolean;
  /** Does not count where its own key, or the word before it, says that it is an order, an article, a version. */
  readonly doubtful?: boolean;
}

/** Groups of digits: `3-2-4` with one of the separators between them, each time the same; `9` for one plain run. */
export interface DigitsRule extends Found {
  readonly kind: 'digits';
  readonly shapes: readonly string[];
  /** Separators between groups. `exact` ones are given in order: `..-` for 123.456.789-09. */
  readonly separators: string;
  readonly exact?: boolean;
  /** Separators that may join it to more digits on either side. Left out: space, `/`, `+`, `_`; a hyphen only to a spaced shape. */
  readonly beside?: string;
  /** Takes the digits without separators. */
  verify?(digits: string, place: Place): boolean;
  /** Where a find that ends at `end` goes on to: with an extension. */
  goesOn?(text: string, end: number): number;
}

/** How far a rule that knows the start reaches. */
interface Reach {
  /** Sticky. Where it has a group, the find is what the group matched, at the match's end. */
  readonly pattern?: RegExp;
  verify?(matched: string, place: Place): boolean;
  /** In place of a pattern. */
  find?(text: string, start: number): Extent | undefined;
}

/** A run of letters and digits, of this kind and length, begins it; a pattern tells all of it. */
export interface WordRule extends Found, Reach {
  readonly kind: 'word';
  readonly first: 'digits' | 'letters' | 'mixed';
  /** Lengths of the first run: `[4, 34]`, both included. */
  readonly length: readonly [number, number];
  /** Characters of which one follows the first run; left out: any. */
  readonly next?: string;
  /** What follows that character. */
  readonly then?: 'digit';
}

/** Characters that begin it, at the start of a run; a pattern tells all of it. */
export interface PrefixRule extends Found, Reach {
  readonly kind: 'prefix';
  /** Two characters or more each. */
  readonly prefixes: readonly string[];
  /** Characters of which one follows prefixes of two characters; left out: hexadecimal digits. */
  readonly third?: string;
  /** Every find holds one of these characters, or letters and digits in one run: texts without are not looked through for it. */
  readonly besides?: string;
  /** Case does not count. Only the first three characters are compared before the rule is tried. */
  readonly anyCase?: boolean;
}

/** A character that stands somewhere inside it. */
export interface AnchorRule extends Found {
  readonly kind: 'anchor';
  /** Characters that are neither letters nor digits. */
  readonly characters: string;
  /** A character that the text must hold besides. */
  readonly besides?: string;
  /** One character that may stand before it, and after it; the empty string stands for the ends and all beyond ASCII. */
  readonly before?: RegExp;
  readonly after?: RegExp;
  /** The extent of the find around the character at `at`; undefined where there is none. */
  find(text: string, at: number): Extent | undefined;
}

/** Any groups of digits joined by single separators, of so many digits in all. */
export interface ChainRule extends Found {
  readonly kind: 'chain';
  readonly digits: readonly [number, number];
  find(place: Place): Extent | undefined;
}

export type Rule = DigitsRule | WordRule | PrefixRule | AnchorRule | ChainRule;

export type Extent = readonly [start: number, end: number];

/** Where a candidate stands. */
export interface Place {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The path of the value that the text is, worked out only when asked for. */
  readonly context: { readonly path: string; readonly speaks: boolean };
}

/** Names of object keys whose values are masked whole, with all that is below them. */
export interface KeyRule {
  /** Without separators and in lower case: `cardnumber`. Words like `user` or `billing` may stand before them. */
  readonly names: readonly string[];
  /** Also counts at the end of any longer key: `legacyDbPassword`. */
  readonly suffix?: boolean;
  /** Counts only right below a key with one of these names: `name` below `user`. */
  readonly below?: readonly string[];
  /** Counts only together with a key of the other half in the same object: latitude and longitude. */
  readonly pair?: 'latitude' | 'longitude';
  /** Looks at a single value (not an object or array) before it counts. */
  verify?(text: string): boolean;
  /** Looks at an object or array, as JSON text, before it counts. */
  verifyContainer?(json: string): boolean;
  /** Looks at a value that stands in a text without quotes, `token: abc`, before it counts. */
  verifyInText?(value: string): boolean;
}

/** A value to try a detector on: text, or a JSON document. */
export type Example = string | Readonly<Record<string, unknown>>;

export interface Detector {
  /** In lower case with hyphens. The token is made of it: `us-ssn` gives `[US_SSN]`. */
  readonly name: string;
  readonly group: Group;
  /** For the reference: what it finds, what it needs, and what it will not find. */
  readonly finds: string;
  readonly needs: string;
  readonly overlooks: string;
  /** In lower case, words apart: `social security`. */
  readonly keywords?: readonly string[];
  readonly rules?: readonly Rule[];
  readonly keys?: readonly KeyRule[];
  readonly examples: { readonly hits: readonly Example[]; readonly misses: readonly Example[] };
}

export function detector(definition: Detector): Detector {
  TOKENS.add(tokenOf(definition.name));
  return definition;
}

/** The same of detectors that stand in a file of their own, and were loaded. */
export function registerTokens(detectors: readonly Detector[]): void {
  for (const { name } of detectors) TOKENS.add(tokenOf(name));
}

/** What stands in the place of a value that a detector found. */
export function tokenOf(name: string): string {
  return `[${name.toUpperCase().replaceAll('-', '_')}]`;
}

/** Every token there is: what was masked before is not looked at again, and says nothing of what stands beside it. */
const TOKENS = new Set(['[REDACTED]']);

const SHAPE = /\[[A-Z][A-Z_]{1,40}\]/y;
const SHAPES = /\[[A-Z][A-Z_]{1,40}\]/g;

/** Where the token at `at` ends; -1 where there is none. */
export function endOfToken(text: string, at: number): number {
  SHAPE.lastIndex = at;
  const match = SHAPE.exec(text)?.[0];
  return match !== undefined && TOKENS.has(match) ? at + match.length : -1;
}

export function isToken(text: string): boolean {
  return TOKENS.has(text);
}

/** The text with each token replaced. */
export function withoutTokens(text: string, replacement: string): string {
  if (!text.includes('[')) return text;
  return text.replace(SHAPES, (shape) => (TOKENS.has(shape) ? replacement : shape));
}
