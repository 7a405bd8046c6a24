import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimalOf, dividedBy, plus, textOf, times, ZERO } from '../../shared/aggregate/decimal.ts';
import { durationMs } from '../../shared/aggregate/duration.ts';
import * as hll from '../../shared/aggregate/hyperloglog.ts';
import * as saving from '../../shared/aggregate/space-saving.ts';

describe('decimals', () => {
  it('sum without rounding, in any order', () => {
    const cents = fc.array(fc.integer({ min: -10_000_000, max: 10_000_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(cents, (values) => {
        const texts = values.map((value) => (value / 100).toFixed(2));
        const sum = (items: readonly string[]) => textOf(items.map((item) => decimalOf(item)!).reduce(plus, ZERO));
        const total = values.reduce((a, b) => a + b, 0);
        expect(Number(sum(texts))).toBe(total / 100);
        expect(sum(texts.toReversed())).toBe(sum(texts));
      }),
    );
    expect(textOf(plus(decimalOf('0.1')!, decimalOf('0.2')!))).toBe('0.3');
  });

  it('read every spelling of JSON numbers and no other text', () => {
    const spelled = (text: string) => {
      const value = decimalOf(text);
      return value && textOf(value);
    };
    expect(['1.0', '1e2', '-0', '1.5E-3', '9007199254740993', '-12.340', '0.00'].map(spelled)).toEqual([
      '1',
      '100',
      '0',
      '0.0015',
      '9007199254740993',
      '-12.34',
      '0',
    ]);
    for (const text of ['', 'x', '1.', '.5', '0x10', 'NaN', '1e999', '1'.repeat(200), '1 ', '１']) {
      expect(spelled(text)).toBeUndefined();
    }
  });

  it('multiply, compare and divide', () => {
    expect(textOf(times(decimalOf('19.99')!, decimalOf('3')!))).toBe('59.97');
    expect(textOf(dividedBy(decimalOf('10')!, 4, 6))).toBe('2.5');
    expect(textOf(dividedBy(decimalOf('1')!, 3, 6))).toBe('0.333333');
    expect(compare(decimalOf('1.10')!, decimalOf('1.1')!)).toBe(0);
    expect(compare(decimalOf('-2')!, decimalOf('1e-5')!)).toBe(-1);
  });
});

describe('HyperLogLog', () => {
  const of = (from: number, to: number, precision = 12) => {
    const sketch = hll.emptyHyperLogLog(precision);
    for (let n = from; n < to; n++) hll.addValue(sketch, `user-${n}`);
    return sketch;
  };

  it('counts within three standard errors, from none to many', () => {
    for (const precision of [10, 12, 14]) {
      const error = (3 * 1.04) / Math.sqrt(2 ** precision);
      for (const count of [0, 1, 10, 100, 1_000, 10_000, 60_000]) {
        const estimated = hll.estimate(of(0, count, precision));
        expect(Math.abs(estimated - count)).toBeLessThanOrEqual(Math.max(1, count * error));
      }
    }
  });

  it('counts a value once, and merges like one', () => {
    const both = of(0, 3_000);
    hll.mergeInto(both, of(2_000, 5_000));
    expect(both).toEqual(of(0, 5_000));
  });

  it('comes back from its text, sparse and dense', () => {
    for (const count of [0, 1, 50, 1_000, 20_000]) {
      const sketch = of(0, count);
      const text = hll.encode(sketch);
      expect(text.length).toBe(hll.encodedLength(sketch));
      expect(text.length).toBeLessThanOrEqual(4097);
      expect(hll.decode(text, 12)).toEqual(sketch);
    }
  });

  it('reads no text that is not its own', () => {
    for (const text of ['', 'd', 'dAAAA', 's!', 'sAAA', 's____', 'x']) expect(hll.decode(text, 12)).toBeUndefined();
  });
});

describe('Space-Saving', () => {
  const of = (values: readonly string[], capacity: number) => {
    const sketch = saving.emptySpaceSaving(capacity);
    for (const value of values) saving.addValue(sketch, value);
    return sketch;
  };

  it('is exact while there are counters', () => {
    expect(saving.top(of([...'abracadabra'], 10), 3)).toEqual([
      { value: 'a', count: 5, over: 0 },
      { value: 'b', count: 2, over: 0 },
      { value: 'r', count: 2, over: 0 },
    ]);
  });

  it('never counts too low, nor too high by more than it says, also when merged', () => {
    const letters = fc.array(fc.constantFrom(...'aaaaabbbbccdefghijklmnop'), { maxLength: 120 });
    fc.assert(
      fc.property(letters, letters, (first, second) => {
        const sketch = saving.merged(of(first, 6), of(second, 6));
        expect(sketch.counters.size).toBeLessThanOrEqual(6);
        for (const [value, { count, over }] of sketch.counters) {
          const true_ = [...first, ...second].filter((letter) => letter === value).length;
          expect(count).toBeGreaterThanOrEqual(true_);
          expect(count - over).toBeLessThanOrEqual(true_);
        }
      }),
    );
  });
});

it('durations are whole numbers with a unit', () => {
  expect(['30s', '5m', '1h', '7d'].map(durationMs)).toEqual([30_000, 300_000, 3_600_000, 604_800_000]);
  expect(['', '5', 'm', '0m', '-1m', '1.5h', '5 m', '1w'].map(durationMs)).toEqual(new Array(8).fill(undefined));
});
