import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Destination } from '../../shared/delivery/destination.ts';
import { CONFIRMED, type Entry, type EntryResult } from '../../shared/delivery/entry.ts';
import { deliverInOrder } from '../../shared/delivery/in-order.ts';
import { type Parcel, type Part, roundsOf } from '../../shared/delivery/rounds.ts';
import { transient } from '../../shared/record/failure.ts';
import { failed } from '../../shared/record/outcome.ts';

vi.mock('../../shared/platform/clock.ts', () => ({ now: () => 0, sleep: () => Promise.resolve() }));

const PLACE = {
  ordered: true,
  joinBytes: 100,
  limits: { records: 5, bytes: 400, record: 200 },
  sizeOf: (entry: Entry) => entry.data.length,
};

function part(record: number, key: string | undefined, group = 'a', data = `{"n":${record}}\n`): Part {
  const entry = { id: `s:${record}`, data, documents: 1, partitionKeys: { group } };
  return { record, unit: record, entry: key === undefined ? entry : { ...entry, partitionKey: key } };
}

const layout = (parts: readonly Part[], place = PLACE) =>
  roundsOf(parts, place).map((round) => round.map((parcel) => [...parcel.parts]));

describe('rounds', () => {
  it('joins small documents across partition keys', () => {
    expect(layout([part(0, 'k'), part(1, 'l'), part(2, 'k')])).toEqual([[[0, 1, 2]]]);
    const [[parcel]] = roundsOf([part(0, 'k'), part(1, 'l')], PLACE) as unknown as [[Parcel]];
    expect(parcel.entry).toMatchObject({ data: '{"n":0}\n{"n":1}\n', documents: 2 });
  });

  it('joins no documents whose destination keys differ', () => {
    expect(layout([part(0, 'k', 'a'), part(1, 'l', 'b'), part(2, 'm', 'a')])).toEqual([[[0, 2], [1]]]);
  });

  it('joins nothing that does not end with a newline', () => {
    expect(layout([part(0, 'k', 'a', '1'), part(1, 'l', 'a', '2\n'), part(2, 'm', 'a', '3\n')])).toEqual([
      [[0], [1, 2]],
    ]);
  });

  it('puts the same key into one round only', () => {
    const parts = [part(0, 'k'), part(1, 'k'), part(2, 'l')];
    expect(layout(parts, { ...PLACE, joinBytes: 0 })).toEqual([[[0], [2]], [[1]]]);
    expect(layout(parts, { ...PLACE, joinBytes: 0, ordered: false })).toEqual([[[0], [1], [2]]]);
  });

  it('has one round for parts without a key', () => {
    expect(layout([part(0, undefined), part(1, undefined)], { ...PLACE, joinBytes: 0 })).toEqual([[[0], [1]]]);
  });

  it('keeps every part once, in parcels within their size, and each key in order, for whatever comes', () => {
    const arbitrary = fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c', 'd', undefined),
        group: fc.constantFrom('x', 'y'),
        size: fc.integer({ min: 1, max: 150 }),
        line: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 0, max: 120 }), (items, joinBytes) => {
        const parts = items.map(({ key, group, size, line }, i) =>
          part(i, key, group, 'x'.repeat(size - 1) + (line ? '\n' : 'x')),
        );
        const rounds = roundsOf(parts, { ...PLACE, joinBytes });
        const order = rounds.flatMap((round) => round.flatMap(({ parts: indices }) => indices));
        expect([...order].sort((a, b) => a - b)).toEqual(parts.map((_, i) => i));
        for (const parcel of rounds.flat()) {
          expect(parcel.parts.length === 1 || parcel.entry.data.length <= joinBytes).toBe(true);
          expect(parcel.entry.data).toBe(parcel.parts.map((i) => parts[i]!.entry.data).join(''));
        }
        for (const round of rounds) {
          const keys = round.flatMap(({ parts: indices }) => [
            ...new Set(indices.flatMap((i) => laneOf(parts[i]!) ?? [])),
          ]);
          expect(new Set(keys).size).toBe(keys.length);
        }
        for (const lane of new Set(parts.flatMap((p) => laneOf(p) ?? []))) {
          const seen = order.filter((i) => laneOf(parts[i]!) === lane);
          expect(seen).toEqual([...seen].sort((a, b) => a - b));
        }
      }),
      { numRuns: 300 },
    );
  });
});

function laneOf({ entry }: Part): string | undefined {
  return entry.partitionKey === undefined ? undefined : `${entry.partitionKey} ${entry.partitionKeys!.group}`;
}

describe('delivery in order', () => {
  /** A destination in memory that fails entries as `chance` tells. */
  function flaky(chance: () => boolean, joinBytes: number) {
    const held: string[] = [];
    const destination: Destination = {
      ...PLACE,
      name: 'memory',
      joinBytes,
      put: async (entries) =>
        entries.map((entry): EntryResult => {
          if (chance()) return failed(transient('Throttled', 'deliver', 'not now'));
          held.push(entry.data);
          return CONFIRMED;
        }),
    };
    return { destination, held };
  }
  const options = { deadline: { remainingMs: () => 60_000 }, backoff: { attempts: 3, baseMs: 0, capMs: 0 } };

  it('lets no record overtake an earlier one of its key, whatever fails and however often it is tried again', async () => {
    const arbitrary = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        arbitrary,
        fc.integer({ min: 0, max: 60 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (keys, joinBytes, random) => {
          let calls = 0;
          const { destination, held } = flaky(() => calls++ < 300 && random.next().value! < 0.5, joinBytes);
          const parts = keys.map((key, i) => part(i, key));
          // The source sends everything again from the first that is not done, until all is.
          for (let from = 0, tries = 0; from < parts.length; tries++) {
            expect(tries).toBeLessThan(1000);
            const batch = parts.slice(from);
            const results = await deliverInOrder(destination, batch, options);
            const next = results.findIndex(({ kind }) => kind === 'failed');
            from = next === -1 ? parts.length : from + next;
          }
          const order = held
            .join('')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line).n as number);
          for (const key of new Set(keys)) {
            const first = order.filter((n, i) => keys[n] === key && order.indexOf(n) === i);
            expect(first).toEqual([...first].sort((a, b) => a - b));
          }
          expect(new Set(order).size).toBe(parts.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('begins nothing behind a record that could not be delivered', async () => {
    const sent: string[] = [];
    const destination: Destination = {
      ...PLACE,
      name: 'memory',
      joinBytes: 0,
      put: async (entries) =>
        entries.map(({ data }): EntryResult => {
          sent.push(data);
          return data.includes('"n":0') ? failed(transient('Throttled', 'deliver', 'not now')) : CONFIRMED;
        }),
    };
    const results = await deliverInOrder(destination, [part(0, 'k'), part(1, 'l'), part(2, 'l')], options);
    expect(results.map(({ kind }) => kind)).toEqual(['failed', 'confirmed', 'failed']);
    expect(results[2]).toMatchObject({ failure: { code: 'HeldBack', retryable: true } });
    expect(sent).not.toContain('{"n":2}\n');
  });
});
