import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pages } from '../../docs/pages.ts';

describe('docs/reference', () => {
  it.each(Object.entries(pages()))('%s says what the code says (npm run docs)', (name, text) => {
    expect(readFileSync(`docs/reference/${name}`, 'utf8')).toBe(text);
  });
});
