import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBalances, balanceByIndex, balanceByNumber, isBalanced } from '../../../local/accounting/balance.ts';
import { createIndexSet } from '../../../local/accounting/index-set.ts';

function setOf(total: number, indexes: Iterable<number>) {
  const set = createIndexSet(total);
  for (const index of indexes) set.add(index);
  return set;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

/** Ten records: 0–6 delivered, 7 and 8 dropped, 9 quarantined. */
function places(changes: Partial<Parameters<typeof balanceByIndex>[0]> = {}) {
  return {
    total: 10,
    delivered: setOf(10, range(0, 7)),
    quarantined: setOf(10, [9]),
    duplicates: 0,
    isDropped: (index: number) => index === 7 || index === 8,
    droppedInMetrics: 2,
    waiting: 0,
    ...changes,
  };
}

describe('the books, record by record', () => {
  it('balance when each record is somewhere', () => {
    const balance = balanceByIndex(places());
    expect(balance).toEqual({
      in: 10,
      delivered: 7,
      dropped: 2,
      quarantined: 1,
      waiting: 0,
      unfinished: 0,
      lost: 0,
      duplicates: 0,
    });
    expect(isBalanced(balance)).toBe(true);
  });

  it('show a loss that a duplicate would hide in the numbers', () => {
    const balance = balanceByIndex(places({ delivered: setOf(10, range(1, 7)), duplicates: 1 }));
    expect(balance).toMatchObject({ delivered: 6, lost: 1, duplicates: 1 });
    expect(isBalanced(balance)).toBe(false);
  });

  it('do not call a record dropped that no function says it dropped', () => {
    expect(balanceByIndex(places({ droppedInMetrics: 1 }))).toMatchObject({ dropped: 1, lost: 1 });
    expect(balanceByIndex(places({ droppedInMetrics: 5 }))).toMatchObject({ dropped: 2, lost: 0 });
  });

  it('name dead letters that wait, and do not balance with them', () => {
    const balance = balanceByIndex(places({ delivered: setOf(10, range(0, 5)), waiting: 1 }));
    expect(balance).toMatchObject({ waiting: 1, lost: 1 });
    expect(isBalanced(balance)).toBe(false);
  });

  it('count a record in the lake and in quarantine once, as a duplicate', () => {
    const balance = balanceByIndex(places({ quarantined: setOf(10, [9, 3]) }));
    expect(balance).toMatchObject({ delivered: 7, quarantined: 1, duplicates: 1, lost: 0 });
    expect(isBalanced(balance)).toBe(true);
  });

  it('balance exactly when nothing is missing, whatever happened', () => {
    const fates = fc.array(fc.constantFrom('delivered', 'dropped', 'quarantined', 'gone'), { maxLength: 50 });
    fc.assert(
      fc.property(fates, (fate) => {
        const at = (kind: string) => [...fate.keys()].filter((index) => fate[index] === kind);
        const balance = balanceByIndex({
          total: fate.length,
          delivered: setOf(fate.length, at('delivered')),
          quarantined: setOf(fate.length, at('quarantined')),
          duplicates: 0,
          isDropped: (index) => fate[index] === 'dropped',
          droppedInMetrics: at('dropped').length,
          waiting: 0,
        });
        expect(balance.lost).toBe(at('gone').length);
        expect(isBalanced(balance)).toBe(at('gone').length === 0);
      }),
    );
  });
});

describe('the books by number', () => {
  it('balance, or show what is lost or doubled', () => {
    const holdings = { in: 100, inLake: 90, dropped: 6, quarantined: 4, waiting: 0 };
    expect(isBalanced(balanceByNumber(holdings))).toBe(true);
    expect(balanceByNumber({ ...holdings, inLake: 88 })).toMatchObject({ delivered: 88, lost: 2, duplicates: 0 });
    expect(balanceByNumber({ ...holdings, inLake: 93 })).toMatchObject({ delivered: 90, lost: 0, duplicates: 3 });
    expect(balanceByNumber({ ...holdings, inLake: 88, waiting: 2 })).toMatchObject({ lost: 0, waiting: 2 });
    expect(isBalanced(balanceByNumber({ ...holdings, inLake: 88, waiting: 2 }))).toBe(false);
  });

  it('add up over streams', () => {
    const one = balanceByNumber({ in: 10, inLake: 10, dropped: 0, quarantined: 0, waiting: 0 });
    const other = balanceByNumber({ in: 5, inLake: 3, dropped: 1, quarantined: 0, waiting: 0 });
    expect(addBalances([one, other])).toEqual({
      in: 15,
      delivered: 13,
      dropped: 1,
      quarantined: 0,
      waiting: 0,
      unfinished: 0,
      lost: 1,
      duplicates: 0,
    });
  });
});
