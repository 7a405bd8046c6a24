import { documented } from '../../record/reference.ts';
import { MaskError, type Method } from '../method.ts';
import { remembered } from '../remembered.ts';
import { EXAMPLE_KEY, keyed, type Secret } from '../secret.ts';
import { createHmac } from './hmac.ts';

/** What the pseudonym looks like. */
type PseudonymFormat = 'email' | 'uuid' | 'digits';

export interface PseudonymOptions {
  readonly key: Secret;
  readonly format?: PseudonymFormat;
}

const MOST_REMEMBERED = 4096;

export const pseudonym = documented<[options: PseudonymOptions], Method>(
  {
    name: 'pseudonym',
    summary:
      'Puts a keyed pseudonym in the place of the value: the same for the same value and key in every stream, so that records can still be joined, and not to be guessed without the key (HMAC-SHA-256, 128 bits of it).',
    settings: {
      'options.key': 'The key: `secret("MASK_KEY")`.',
      'options.format':
        '`email`: an address, `p1_…@pseudonym.invalid`. `uuid`: a UUID (version 8). `digits`: as many digits as the value has characters, at least 6. Left out: `p1_` (the key’s version) and 22 characters.',
    },
    examples: [
      {
        shows: 'a value, under the key `a key for examples`',
        args: [{ key: EXAMPLE_KEY }],
        in: '{"value":"alice"}',
        out: '{"value":"p1_NnCiIAIcCyV3aM7xAj0ctQ"}',
      },
      {
        shows: 'an address',
        args: [{ key: EXAMPLE_KEY, format: 'email' }],
        in: '{"value":"alice"}',
        out: '{"value":"p1_NnCiIAIcCyV3aM7xAj0ctQ@pseudonym.invalid"}',
      },
      {
        shows: 'a UUID',
        args: [{ key: EXAMPLE_KEY, format: 'uuid' }],
        in: '{"value":"alice"}',
        out: '{"value":"3670a220-021c-8b25-b768-cef1023d1cb5"}',
      },
      {
        shows: 'digits',
        args: [{ key: EXAMPLE_KEY, format: 'digits' }],
        in: '{"value":"alice"}',
        out: '{"value":"241089"}',
      },
    ],
  },
  ({ key, format }) => ({
    name: 'pseudonym',
    compile() {
      const pseudonyms = keyed(key, ({ current, keys }) => {
        const hmac = createHmac(keys.get(current)!);
        return remembered(MOST_REMEMBERED, (text) => {
          if (!text.isWellFormed()) throw new MaskError('pseudonym: the value has half of a surrogate pair');
          return shape(hmac(text), `p${current}_`, format, text.length);
        });
      });
      return {
        load: pseudonyms.load,
        refresh: pseudonyms.refresh,
        mask: ({ text }) => pseudonyms.get().of(text),
        maskJson: () => pseudonyms.get().json,
      };
    },
  }),
);

function shape(digest: Buffer, prefix: string, format: PseudonymFormat | undefined, length: number): string {
  if (format === 'uuid') return uuid(digest);
  if (format === 'digits') return decimal(digest, length);
  const pseudonym = `${prefix}${digest.subarray(0, 16).toString('base64url')}`;
  return format === 'email' ? `${pseudonym}@pseudonym.invalid` : pseudonym;
}

/** RFC 9562, version 8: its bits are one's own business. */
function uuid(digest: Buffer): string {
  const hex = digest.toString('hex');
  const variant = '89ab'[digest[8]! & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The digest as a number, cut to so many digits: 6 to 38. */
function decimal(digest: Buffer, length: number): string {
  const digits = BigInt(`0x${digest.toString('hex')}`)
    .toString()
    .padStart(77, '0');
  return digits.slice(-Math.min(38, Math.max(6, length)));
}
