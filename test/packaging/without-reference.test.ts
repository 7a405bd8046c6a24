import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emptied } from '../../packaging/without-reference.ts';

const FILES = globSync('shared/{formats,filter,enrich,mask,aggregate,delivery}/**/*.ts');

describe('what bundles leave out', () => {
  it('is the reference of every word', () => {
    const words = FILES.map((path) => ({ path, source: readFileSync(path, 'utf8') })).filter(({ source }) =>
      source.includes('= documented<'),
    );
    expect(words.length).toBeGreaterThan(20);
    for (const { path, source } of words) {
      const kept = emptied(source, path).replaceAll('false && ', '');
      expect(kept).toBe(source);
      expect(emptied(source, path).match(/>\(\s*false && [{\w]/g)?.length, path).toBe(
        source.match(/= documented</g)?.length,
      );
    }
  });

  it('is what detectors say of themselves, and nothing that they work with', () => {
    const source = "  finds: 'x',\n  needs: 'y',\n  keywords: ['z'],\n  examples: { hits: ['a'] },\n";
    expect(emptied(source, 'shared/mask/detectors/card.ts')).toBe(
      "  finds: false && 'x',\n  needs: false && 'y',\n  keywords: ['z'],\n  examples: false && { hits: ['a'] },\n",
    );
  });
});
