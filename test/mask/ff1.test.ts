import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFf1 } from '../../shared/mask/methods/ff1.ts';

const AES128 = '2B7E151628AED2A6ABF7158809CF4F3C';
const AES192 = `${AES128}EF4359D8D580AA4F`;
const AES256 = `${AES192}7F036D6F04FC6A94`;
const TWEAK10 = '39383736353433323130';
const TWEAK36 = '3737373770717273373737';

/** NIST, Block Cipher Modes of Operation: FF1 samples for SP 800-38G. */
const SAMPLES = [
  { key: AES128, radix: 10, tweak: '', plain: '0123456789', cipher: '2433477484' },
  { key: AES128, radix: 10, tweak: TWEAK10, plain: '0123456789', cipher: '6124200773' },
  { key: AES128, radix: 36, tweak: TWEAK36, plain: '0123456789abcdefghi', cipher: 'a9tv40mll9kdu509eum' },
  { key: AES192, radix: 10, tweak: '', plain: '0123456789', cipher: '2830668132' },
  { key: AES192, radix: 10, tweak: TWEAK10, plain: '0123456789', cipher: '2496655549' },
  { key: AES192, radix: 36, tweak: TWEAK36, plain: '0123456789abcdefghi', cipher: 'xbj3kv35jrawxv32ysr' },
  { key: AES256, radix: 10, tweak: '', plain: '0123456789', cipher: '6657667009' },
  { key: AES256, radix: 10, tweak: TWEAK10, plain: '0123456789', cipher: '1001623463' },
  { key: AES256, radix: 36, tweak: TWEAK36, plain: '0123456789abcdefghi', cipher: 'xs8a0azh2avyalyzuwd' },
];

const numerals = (text: string) => [...text].map((c) => Number.parseInt(c, 36));
const text = (values: readonly number[]) => values.map((value) => value.toString(36)).join('');

describe('FF1', () => {
  it.each(SAMPLES)('gives NIST’s sample of AES-%# radix $radix', ({ key, radix, tweak, plain, cipher }) => {
    const ff1 = createFf1(Buffer.from(key, 'hex'), radix);
    const tweakBytes = Buffer.from(tweak, 'hex');
    expect(text(ff1.encrypt(numerals(plain), tweakBytes))).toBe(cipher);
    expect(text(ff1.decrypt(numerals(cipher), tweakBytes))).toBe(plain);
  });

  it('gives back what it took, for any text, alphabet and tweak', () => {
    const cases = fc
      .record({ radix: fc.integer({ min: 2, max: 300 }), tweak: fc.uint8Array({ maxLength: 40 }) })
      .chain(({ radix, tweak }) =>
        fc.tuple(
          fc.constant({ radix, tweak }),
          fc.array(fc.integer({ min: 0, max: radix - 1 }), { minLength: 2, maxLength: 60 }),
        ),
      );
    const key = Buffer.from(AES256, 'hex');
    fc.assert(
      fc.property(cases, ([{ radix, tweak }, values]) => {
        const ff1 = createFf1(key, radix);
        const encrypted = ff1.encrypt(values, tweak);
        expect(encrypted).toHaveLength(values.length);
        expect(encrypted.every((value) => value >= 0 && value < radix)).toBe(true);
        expect(ff1.decrypt(encrypted, tweak)).toEqual(values);
      }),
      { numRuns: 100 },
    );
  });
});
