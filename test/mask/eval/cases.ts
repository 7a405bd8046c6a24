import { NEGATIVES } from './negatives.ts';
import { SPELLINGS, type Spelling } from './positives.ts';
import { createRandom, type Random } from './random.ts';

/**
 * One labelled case: a document with one value. In the text what is to be found stands between `⟦entity:` and `⟧`.
 */
export interface Case {
  /** The keys that the value stands under, the outermost first. */
  readonly path: readonly string[];
  readonly text: string;
  /** The value is a JSON number. */
  readonly number?: true;
  /** Of a case with nothing to find: what it is. */
  readonly negative?: string;
}

const NEUTRAL = ['value', 'data', 'note', 'field7', 'payload', 'x'];
const OUTER = [[], [], [], ['event'], ['user'], ['details', 'extra']];
const SENTENCES = [
  'see % for more',
  'got %.',
  '%',
  'it was % (twice)',
  'a=1 b=% c=3',
  '"%"',
  'x,%,y',
  'first % then nothing',
  '(%)',
  '/items/%/view',
];
const TAILS = ['%', '% please', '%, thanks', '%.', '% (main)'];

const mark = (entity: string, text: string) => `⟦${entity}:${text}⟧`;

/** All generated cases, the same every time. */
export function generateCases(seed = 20261120): Case[] {
  const random = createRandom(seed);
  return [
    ...SPELLINGS.flatMap((spelling) => positives(spelling, random)),
    ...NEGATIVES.flatMap((each) => negatives(each, random)),
  ];
}

function positives(spelling: Spelling, random: Random): Case[] {
  return Array.from({ length: spelling.cases }, (_, i) => positive(spelling, random, i));
}

function positive(spelling: Spelling, random: Random, index: number): Case {
  const { entity, alone, beside, words = [], keys = [] } = spelling;
  const raw = (alone ?? beside!)(random);
  const text = mark(entity, raw);
  const outer = random.pick(OUTER);
  const key = keys.length > 0 ? random.pick(keys) : 'value';
  const neutral = random.pick(NEUTRAL);
  if (spelling.keyed === true || (words.length === 0 && alone === undefined)) return { path: [...outer, key], text };
  const behind = words.length > 0 && {
    path: [...outer, neutral],
    text: `${random.pick(words)} ${random.pick(TAILS).replace('%', () => text)}`,
  };
  const under: Case = { path: [...outer, key], text };
  if (alone === undefined)
    return behind && (index % 2 === 0 || keys.length === 0) ? behind : numbered(under, raw, random);
  const ways: readonly (Case | false)[] = [
    numbered({ path: [...outer, neutral], text }, raw, random),
    { path: [...outer, neutral], text: sentence(random, raw).replace('%', () => text) },
    behind,
    keys.length > 0 && under,
  ];
  const way = ways[index % 4];
  return way === undefined || way === false ? under : way;
}

/** Text that is marked by brackets or slashes itself does not go into a path or list. */
function sentence(random: Random, raw: string): string {
  const template = random.pick(SENTENCES);
  return /[\s,/"]/.test(raw) && /[,/"]|b=%/.test(template) ? 'got % now' : template;
}

/** One in three plain numbers is a JSON number. */
function numbered(each: Case, raw: string, random: Random): Case {
  return /^[1-9]\d{0,18}$/.test(raw) && random.chance(0.34) ? { ...each, number: true } : each;
}

function negatives({ kind, cases, make, keys, words, number }: (typeof NEGATIVES)[number], random: Random): Case[] {
  return Array.from({ length: cases }, (_, i) => {
    const text = make(random);
    const outer = random.pick(OUTER);
    if (i % 3 === 0)
      return {
        path: [...outer, random.pick(NEUTRAL)],
        text: `${random.pick(words)} ${random.pick(TAILS).replace('%', () => text)}`,
        negative: kind,
      };
    const each: Case = { path: [...outer, random.pick(keys)], text, negative: kind };
    return number === true && random.chance(0.5) ? { ...each, number: true } : each;
  });
}
