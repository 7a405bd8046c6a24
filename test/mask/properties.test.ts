import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from '../../shared/mask/detection/scan.ts';
import { compileSet } from '../../shared/mask/detection/set.ts';
import { DETECTORS } from '../../shared/mask/detectors/index.ts';
import { createMarker, parseMarks } from './eval/score.ts';
import { redactor } from './redaction.ts';
import { awkward, fragment, text, word } from './texts.ts';

const set = compileSet(DETECTORS);
const redactAll = await redactor();
const markAll = await createMarker();

const key = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'password', 'ssn', 'lat', 'lon', 'name', 'user', 'address') },
  { weight: 2, arbitrary: word },
  { weight: 1, arbitrary: text },
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.nat(999_999_999_999),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null, 4111111111111111, ''),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    // JSON in a string.
    tie('value').map((inner) => JSON.stringify(inner)),
  ),
}));
const RUNS = { numRuns: 400 };

describe('redacting any document', () => {
  it('gives JSON, or fails the record', () => {
    fc.assert(
      fc.property(value, (document) => {
        const out = redactAll(JSON.stringify(document));
        if (!out.startsWith('MaskFailed')) expect(() => JSON.parse(out)).not.toThrow();
      }),
      RUNS,
    );
  });

  it('leaves every byte outside of what it found', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 5 }), awkward, (fragments, rest) => {
        // Nothing in these hides text in text, so that marks stand where the finds do.
        const plain = [rest.replace(/[%\\&{["]/g, ''), ...fragments.filter((each) => !/[%\\&{["]/.test(each))].join(
          ' ',
        );
        const json = JSON.stringify({ v: plain, n: 1 }).replace('"n":1', '"n" : 1.0');
        const out = markAll(json);
        expect(out.endsWith(',"n" : 1.0}')).toBe(true);
        const found = JSON.parse(out).v;
        // Base64 is masked inside: compare only where none was found.
        if (/[A-Za-z\d+/]{20}/.test(plain)) return;
        // What is found is given to methods in the clear: `４` as 4, and without what is not seen.
        const clear = (text: string) => text.normalize('NFKC').replaceAll('\u200b', '');
        const parts = parseMarks(found);
        expect(clear(parts.text)).toBe(clear(plain));
        expect(parts.labels.length > 0 || parts.text === plain).toBe(true);
      }),
      RUNS,
    );
  });

  it('finds nothing more in what it has redacted', () => {
    fc.assert(
      fc.property(value, (document) => {
        const once = redactAll(JSON.stringify(document));
        if (once.startsWith('MaskFailed')) return;
        const twice = redactAll(once);
        expect(twice).toBe(once);
      }),
      RUNS,
    );
  });

  it('keeps the shape: the same keys in the same order, and arrays of the same length', () => {
    const shape = (each: unknown): unknown => {
      if (Array.isArray(each)) return each.map(shape);
      if (typeof each === 'object' && each !== null) return Object.values(each).map(shape);
      return null;
    };
    fc.assert(
      fc.property(value, (document) => {
        const json = JSON.stringify(document);
        const out = markAll(json);
        if (!out.startsWith('MaskFailed') && !/@|\d/.test(Object.keys((document as object) ?? {}).join())) {
          expect(shape(JSON.parse(out))).toEqual(shape(JSON.parse(json)));
        }
      }),
      RUNS,
    );
  });
});

describe('detection in any text', () => {
  it('gives extents in order, apart, inside the text', () => {
    fc.assert(
      fc.property(text, (plain) => {
        let last = 0;
        for (const { start, end, detector } of detect(plain, set).spans) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(plain.length);
          expect(set.detectors[detector]).toBeDefined();
          last = end;
        }
      }),
      RUNS,
    );
  });

  it('is the same in a part of a text as in that part by itself', () => {
    fc.assert(
      fc.property(text, (plain) => {
        const out = redactAll(JSON.stringify({ a: plain }));
        const array = redactAll(JSON.stringify([plain, plain]));
        if (out.startsWith('MaskFailed')) return;
        const { a } = JSON.parse(out);
        expect(JSON.parse(array)).toEqual([a, a]);
      }),
      RUNS,
    );
  });
});
