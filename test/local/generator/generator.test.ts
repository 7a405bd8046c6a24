import { describe, expect, it } from 'vitest';
import { CRASHING_KEY, clickstream } from '../../../local/generator/clickstream.ts';
import { GENERATORS } from '../../../local/generator/index.ts';
import { generate } from '../../../local/generator/records.ts';
import { indexIn } from '../../../local/generator/sequence.ts';

const TOTAL = 20_000;

function all(name: string, total: number, seed = 1) {
  return [...generate(GENERATORS[name]!, total, seed)].flat();
}

describe('generated records', () => {
  it.each(Object.keys(GENERATORS))('%s: the same seed makes the same bytes, another seed others', (name) => {
    const bytes = (seed: number) => all(name, 300, seed).map(({ data, partitionKey }) => `${partitionKey} ${data}`);
    expect(bytes(1)).toEqual(bytes(1));
    expect(bytes(1)).not.toEqual(bytes(2));
    expect(new Set(bytes(1)).size).toBe(300);
  });

  it.each(['clickstream', 'access-logs', 'application-logs', 'redact'])(
    '%s: every record carries its index',
    (name) => {
      const indexes = all(name, 2_000).map(({ data }) => indexIn(data.toString()));
      expect(indexes).toEqual(Array.from({ length: 2_000 }, (_, index) => index));
    },
  );

  it('makes clickstream events of which a known share is internal, malformed or crashing', () => {
    let dropped = 0;
    let malformed = 0;
    let crashing = 0;
    all('clickstream', TOTAL).forEach(({ data, partitionKey }, index) => {
      const isDropped = clickstream.isDropped(index, TOTAL, 1);
      let event: { user?: { internal?: boolean }; timestamp?: string } = {};
      try {
        event = JSON.parse(data.toString());
      } catch {}
      if (isDropped) dropped += 1;
      if (event.timestamp === undefined) malformed += 1;
      else expect(event.user?.internal).toBe(isDropped);
      if (partitionKey.startsWith(CRASHING_KEY)) crashing += 1;
    });
    expect(dropped / TOTAL).toBeCloseTo(0.04, 2);
    expect(malformed / TOTAL).toBeCloseTo(0.002, 3);
    expect(crashing).toBe(4);
  });

  it('makes any record alone, without those before it', () => {
    const total = 1_000_000;
    const record = clickstream.record(987_654, total, 3);
    expect(indexIn(record.data.toString())).toBe(987_654);
    expect(clickstream.record(987_654, total, 3)).toEqual(record);
  });

  it('makes nothing that crashes a consumer out of a handful of events', () => {
    expect(all('clickstream', 49).some(({ partitionKey }) => partitionKey.startsWith(CRASHING_KEY))).toBe(false);
    expect(all('clickstream', 50).filter(({ partitionKey }) => partitionKey.startsWith(CRASHING_KEY))).toHaveLength(1);
  });
});
