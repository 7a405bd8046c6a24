import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createIndexSet } from '../../../local/accounting/index-set.ts';

it('knows which records were seen, as a Set would', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 103 })), (indexes) => {
      const set = createIndexSet(100);
      const expected = new Set<number>();
      for (const index of indexes) {
        const isNew = index >= 0 && index < 100 && !expected.has(index);
        if (isNew) expected.add(index);
        expect(set.add(index)).toBe(isNew);
      }
      expect(set.count()).toBe(expected.size);
      for (let index = 0; index < 100; index++) expect(set.has(index)).toBe(expected.has(index));
    }),
  );
});
