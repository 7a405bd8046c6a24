import fc from 'fast-check';
import { DETECTORS } from '../../shared/mask/detectors/index.ts';
import { SPELLINGS } from './eval/positives.ts';
import { createRandom } from './eval/random.ts';

/** Text with finds in it, or what is nearly one. */
export const fragment = fc.integer({ min: 0, max: 2 ** 31 }).map((seed) => {
  const random = createRandom(seed);
  const { alone, beside, words = [''] } = random.pick(SPELLINGS);
  return `${random.pick(words)} ${(alone ?? beside!)(random)}`;
});
export const awkward = fc.string({
  unit: fc.constantFrom(...'@.:=+-_/%\\"\'<>()[]{},; &#1234567890abcdefXYZ\u200b\u00e9４＠😀'),
  maxLength: 40,
});
/** What detectors listen to: keywords, and names of keys. */
export const word = fc.constantFrom(
  ...new Set(DETECTORS.flatMap(({ keywords = [], keys = [] }) => [...keywords, ...keys.flatMap(({ names }) => names)])),
);
const glue = fc.constantFrom(
  ...[
    '',
    ' ',
    ', ',
    '=',
    ': ',
    ':',
    '="',
    '": "',
    '\\"',
    '-',
    '.',
    '/',
    '>',
    '@',
    '://',
    '[',
    ']',
    '{',
    '}',
    '\n',
    '＂',
  ],
  ...['%3D', '%22', '&quot;', '[EMAIL]', '[US_SSN]'],
);
const cut = fc.tuple(fragment, fc.nat(60)).map(([whole, end]) => whole.slice(0, end));
const soup = fc
  .array(fc.oneof(word, glue, cut, fragment, fc.nat(999_999).map(String)), { maxLength: 8 })
  .map((parts) => parts.join(''));
export const plainText = fc
  .array(fc.oneof(fragment, awkward, soup, fc.string({ unit: 'grapheme', maxLength: 20 })), { maxLength: 4 })
  .map((parts) => parts.join(' '));
export const text = fc.oneof(
  { weight: 6, arbitrary: plainText },
  { weight: 1, arbitrary: plainText.map((plain) => encodeURIComponent(plain.toWellFormed())) },
  { weight: 1, arbitrary: plainText.map((plain) => Buffer.from(plain).toString('base64')) },
);
