import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classes } from '../../../shared/json/index.ts';
import { createGlance, isBare } from '../../../shared/mask/detection/glance.ts';
import { detectIn, NOTHING } from '../../../shared/mask/detection/scan.ts';
import { compileSet } from '../../../shared/mask/detection/set.ts';
import { DETECTORS } from '../../../shared/mask/detectors/index.ts';
import { plainText } from '../texts.ts';

const FIVE = ['email', 'phone', 'card', 'iban', 'jwt'];

/** One set for each detector: of many, some have rules that need more than a glance. */
const sets = [...DETECTORS.map((each) => [each]), DETECTORS.filter(({ name }) => FIVE.includes(name))].map(
  (detectors) => {
    const set = compileSet(detectors);
    return { set, glance: createGlance(set), name: detectors.map(({ name }) => name).join() };
  },
);

const SPEAKING = { path: DETECTORS.flatMap(({ keywords = [] }) => keywords).join('.'), speaks: true };

function isPassedOver(text: string, glance: ReturnType<typeof createGlance>): boolean {
  const found = classes.classesOf(text);
  return (found & glance.closed) === 0 && isBare(glance, text, 0, text.length);
}

describe('a glance', () => {
  it('passes over nothing that the scan would find, whatever the path says', () => {
    const ascii = plainText.map((text) => text.replace(/[^\x20-\x7e]|[%\\{[]/g, ' '));
    fc.assert(
      fc.property(ascii, fc.nat(40), fc.nat(40), (text, from, length) => {
        const part = text.slice(from, from + length);
        for (const { set, glance, name } of sets) {
          if (!isPassedOver(part, glance)) continue;
          expect([name, detectIn(part, 0, part.length, set, SPEAKING, -1)]).toEqual([name, NOTHING]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('passes over none of the texts that detectors say they find', () => {
    for (const { set, glance } of sets) {
      for (const { examples } of set.detectors) {
        for (const hit of examples.hits) {
          if (typeof hit === 'string' && !/[^\x20-\x7e]|[%\\{[]/.test(hit))
            expect([hit, isPassedOver(hit, glance)]).toEqual([hit, false]);
        }
      }
    }
  });

  it('passes over what most short texts are', () => {
    const { glance } = sets.at(-1)!;
    for (const text of ['SKU-48210', 'O-482103', 'u-1234', '/products/trail-running-shoe/4821', 'page_view_2']) {
      expect([text, isPassedOver(text, glance)]).toEqual([text, true]);
    }
    for (const text of ['1234567', 'a1b2c3d4e5f6', 'x'.repeat(16), 'a@b.example', 'q=1']) {
      expect([text, isPassedOver(text, glance)]).toEqual([text, false]);
    }
  });
});
