import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../local/mappings/pattern.ts';
import { SHARD, startBench } from './fixture.ts';

const filters = (...patterns: unknown[]) => ({
  FilterCriteria: { Filters: patterns.map((pattern) => ({ Pattern: JSON.stringify(pattern) })) },
});

describe('a filter', () => {
  test('lets through what matches any of its patterns, and counts the rest', async () => {
    const bench = startBench(() => undefined);
    for (const record of [{ type: 'buy', price: 5 }, { type: 'look' }, { type: 'sell', price: 50 }]) {
      bench.streams.add(SHARD, JSON.stringify(record));
    }
    bench.streams.add(SHARD, 'not json');
    bench.map(filters({ data: { type: ['buy'] } }, { data: { price: [{ numeric: ['>', 20] }] } }));
    await bench.drain();
    expect(
      bench
        .seen()
        .flat()
        .map((text) => JSON.parse(text).type),
    ).toEqual(['buy', 'sell']);
    expect(bench.mappings.figures()).toMatchObject([{ read: 4, filtered: 2 }]);
  });

  test('can ask for the partition key, or for plain text', async () => {
    const bench = startBench(() => undefined);
    bench.streams.add(SHARD, 'one', 'a');
    bench.streams.add(SHARD, 'two', 'b');
    bench.streams.add(SHARD, 'three', 'c');
    bench.map(filters({ partitionKey: ['a'] }, { data: [{ prefix: 'th' }] }));
    await bench.drain();
    expect(bench.seen().flat()).toEqual(['one', 'three']);
  });

  test('that nothing passes invokes nothing and leaves nothing behind', async () => {
    const bench = startBench(() => undefined);
    bench.streams.add(SHARD, '{}');
    bench.map(filters({ data: { a: [1] } }));
    await bench.drain();
    expect(bench.events).toEqual([]);
    expect(bench.mappings.idle()).toBe(true);
  });

  test.each([
    ['{', /not JSON/],
    ['[]', /must be a JSON object/],
    ['{"data":{"a":1}}', /data\.a must be an object/],
    ['{"data":{"a":[]}}', /data\.a asks for nothing/],
    ['{"data":{"a":[{"like":"x"}]}}', /no operator like/],
    ['{"data":{"a":[{"numeric":[">"]}]}}', /must hold pairs/],
  ])('that Lambda would refuse is refused: %s', (Pattern, message) => {
    const bench = startBench(() => undefined);
    expect(() => bench.map({ FilterCriteria: { Filters: [{ Pattern }] } })).toThrow(message);
  });
});

describe('a pattern', () => {
  test.each([
    [{ a: ['x'] }, { a: 'x' }, { a: 'y' }],
    [{ a: [1, null] }, { a: null }, { a: '1' }],
    [{ a: { b: [true] } }, { a: { b: true } }, { a: true }],
    [{ a: ['x'] }, { a: ['z', 'x'] }, { a: [] }],
    [{ a: [{ exists: false }] }, {}, { a: 1 }],
    [{ a: [{ exists: true }] }, { a: null }, {}],
    [{ a: [{ prefix: 'ab' }] }, { a: 'abc' }, { a: 'ba' }],
    [{ a: [{ suffix: '.png' }] }, { a: 'x.png' }, { a: 5 }],
    [{ a: [{ 'equals-ignore-case': 'AbC' }] }, { a: 'aBc' }, { a: 'abcd' }],
    [{ a: [{ wildcard: 'a*c*e' }] }, { a: 'abcde' }, { a: 'abcd' }],
    [{ a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, { a: 'x' }],
    [{ a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'z' }, { a: 'xy' }],
    [{ a: [{ numeric: ['>', 0, '<=', 5] }] }, { a: 5 }, { a: 0 }],
    [{ $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, { a: 2, b: 1 }],
    [{ a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, { a: 'x' }],
  ])('%j matches %j and not %j', (pattern, hit, miss) => {
    const matches = compilePattern(pattern);
    expect([matches(hit), matches(miss)]).toEqual([true, false]);
  });
});
