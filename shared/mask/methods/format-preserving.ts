import { memo } from '../../json/index.ts';
import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { EXAMPLE_KEY, keyed, type Secret } from '../secret.ts';
import { deriveKey } from './derive.ts';
import { createFf1, type Ff1, SMALLEST_DOMAIN } from './ff1.ts';

export interface FormatPreservingOptions {
  readonly key: Secret;
  /** Characters that are exchanged among each other: `digits` when left out. */
  readonly alphabet?: 'digits' | 'alphanumeric' | (string & {});
  /** Sets values of one kind apart from another's. */
  readonly tweak?: string;
}

const DIGITS = '0123456789';
const ALPHABETS: Readonly<Record<string, string>> = {
  digits: DIGITS,
  alphanumeric: `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`,
};
const MOST_REMEMBERED = 4096;

export const formatPreserving = documented<[options: FormatPreservingOptions], Method>(
  {
    name: 'formatPreserving',
    summary:
      'Exchanges digits (or the characters of another alphabet) for others of the same kind, the same for the same value and key: FF1 of NIST SP 800-38G with AES-256. All other characters stay in place, numbers stay numbers. A value with too few such characters (fewer than six digits) fails the record. Check digits are not kept.',
    settings: {
      'options.key': 'The key: `secret("MASK_KEY")`.',
      'options.alphabet': '`digits` (when left out), `alphanumeric`, or the characters themselves.',
      'options.tweak': 'Sets values of one kind apart from another’s: `card`.',
    },
    examples: [
      {
        shows: 'a card, under the key `a key for examples`',
        args: [{ key: EXAMPLE_KEY }],
        in: '{"value":"4111-1111-1111-1111"}',
        out: '{"value":"4062-4087-8497-7289"}',
      },
      {
        shows: 'a number',
        args: [{ key: EXAMPLE_KEY }],
        in: '{"value":123456789}',
        out: '{"value":102337339}',
      },
      {
        shows: 'too short',
        args: [{ key: EXAMPLE_KEY }],
        in: '{"value":"12345"}',
        out: { failed: 'MaskFailed' },
      },
    ],
  },
  ({ key, alphabet = 'digits', tweak = '' }) => ({
    name: 'formatPreserving',
    compile(compiler) {
      const characters = ALPHABETS[alphabet] ?? alphabet;
      if (new Set(characters).size !== characters.length || characters.length < 2) {
        compiler.fault('formatPreserving: an alphabet has two characters or more, each once');
      }
      const tweakBytes = Buffer.from(tweak, 'utf8');
      const exchanged = keyed(key, ({ current, keys }) => {
        const ff1 = createFf1(deriveKey(keys.get(current)!, 'format-preserving'), characters.length);
        return memo(MOST_REMEMBERED, (text) =>
          exchange(text.slice(1), characters, ff1, tweakBytes, text.startsWith(NUMBER)),
        );
      });
      return {
        numbers: characters === DIGITS,
        load: exchanged.load,
        refresh: exchanged.refresh,
        mask: ({ text, kind }) => exchanged.get().of((kind === 'number' ? NUMBER : TEXT) + text),
      };
    },
  }),
);

/** What is remembered says of which kind it is. */
const NUMBER = '#';
const TEXT = '"';

/** Puts the alphabet's characters of a text through FF1, and leaves the others where they are. */
function exchange(text: string, alphabet: string, ff1: Ff1, tweak: Uint8Array, number: boolean): string {
  if (number && /e/i.test(text)) throw new MaskError('formatPreserving: a number with an exponent has no fixed digits');
  const numerals: number[] = [];
  for (const character of text) {
    const numeral = alphabet.indexOf(character);
    if (numeral >= 0) numerals.push(numeral);
  }
  if (alphabet.length ** numerals.length < SMALLEST_DOMAIN) {
    throw new MaskError('formatPreserving: the value has too few characters of the alphabet');
  }
  let exchanged = ff1.encrypt(numerals, tweak);
  // A number must not begin with a zero: walk on until it doesn't (cycle walking keeps it a permutation).
  while (number && numerals[0] !== 0 && exchanged[0] === 0) exchanged = ff1.encrypt(exchanged, tweak);
  let next = 0;
  let out = '';
  for (const character of text) out += alphabet.includes(character) ? alphabet[exchanged[next++]!] : character;
  return out;
}
