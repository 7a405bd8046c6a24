import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classes } from '../../../shared/json/index.ts';
import { detectIn, NOTHING } from '../../../shared/mask/detection/scan.ts';
import { compileSet } from '../../../shared/mask/detection/set.ts';
import { createSieve, KEYWORD, mayBegin, STRONG } from '../../../shared/mask/detection/sieve.ts';
import { GROUPS } from '../../../shared/mask/detector.ts';
import { DETECTORS } from '../../../shared/mask/detectors/index.ts';
import { plainText } from '../texts.ts';

const sets = [
  DETECTORS,
  ...GROUPS.map((group) => DETECTORS.filter((each) => each.group === group)),
  DETECTORS.filter(({ name }) => ['email', 'phone', 'card', 'iban', 'jwt'].includes(name)),
].map((detectors) => {
  const set = compileSet(detectors);
  return { set, sieve: createSieve(set) };
});

const SILENT = { path: 'a', speaks: false };
/** A path that says every keyword there is. */
const SPEAKING = { path: DETECTORS.flatMap(({ keywords = [] }) => keywords).join('.'), speaks: true };

/** What the sieve is for: ASCII that hides nothing. */
const asciiText = plainText.map((text) => text.replace(/[^\x20-\x7e]|[%\\{[]/g, ' '));

function looksThrough(text: string, speaks: boolean): void {
  const source = `"4111111111111111 ${text}@example.com"`;
  const [from, to] = [18, 18 + text.length];
  for (const { set, sieve } of sets) {
    const may = mayBegin(sieve, source, from, to);
    const clean = speaks ? may === 0 : (may & (STRONG | KEYWORD)) === 0;
    if (!clean) continue;
    expect(detectIn(source, from, to, set, speaks ? SPEAKING : SILENT, classes.classesOf(text))).toBe(NOTHING);
  }
}

describe('the sieve', () => {
  it('lets nothing through that the scan would find, whatever stands around it', () => {
    fc.assert(
      fc.property(asciiText, (text) => looksThrough(text, false)),
      { numRuns: 2000 },
    );
  });

  it('does so too where the path says every keyword', () => {
    fc.assert(
      fc.property(asciiText, (text) => looksThrough(text, true)),
      { numRuns: 2000 },
    );
  });

  it('tells that identifiers and plain words hold nothing', () => {
    const { sieve } = sets.at(-1)!;
    for (const text of [
      'SKU-48210',
      'O-482103',
      '/products/trail-running-shoe/4821',
      's-9f31c02aa7e4b1d6',
      'page_view',
    ]) {
      expect([text, mayBegin(sieve, text, 0, text.length) & STRONG]).toEqual([text, 0]);
    }
  });
});
