import { afterEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Faults } from '../../../local/account/contracts.ts';
import { createGateway, type Gateway } from '../../../local/gateway/gateway.ts';
import type { Entry } from '../../../local/generator/records.ts';
import { createKinesis } from '../../../local/kinesis/kinesis.ts';
import { produce } from '../../../local/producer/kinesis.ts';

const open: Gateway[] = [];
afterEach(async () => {
  for (const gateway of open.splice(0)) await gateway.stop();
});

async function streamWith(faults: Faults, limits = false) {
  const gateway = await createGateway();
  open.push(gateway);
  const kinesis = createKinesis({ clock: createClock(), faults, limits });
  gateway.register(kinesis);
  kinesis.create({ name: 'events', shardCount: 2 });
  const stored = (): string[] =>
    kinesis.shards('events').flatMap(({ shardId }) => {
      const limit = { records: 100_000, bytes: 1e9 };
      return kinesis
        .read('events', shardId, { type: 'TRIM_HORIZON' }, limit)
        .entries.map(({ data }) => data.toString());
    });
  return { endpoint: gateway.endpoint, stored };
}

function entries(count: number, size = 0): Entry[] {
  return Array.from({ length: count }, (_, index) => ({
    data: Buffer.concat([Buffer.from(`${index}.`), Buffer.alloc(size)]),
    partitionKey: String(index),
  }));
}

const indexes = (stored: readonly string[]) => stored.map((text) => Number.parseInt(text, 10)).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the producer', () => {
  it('sends every record once though many are refused', async () => {
    let draw = 0;
    const refuse = () => (draw++ % 3 === 0 ? 'ProvisionedThroughputExceededException' : undefined);
    const { endpoint, stored } = await streamWith({ kinesisPut: refuse });
    const figures = { sent: 0, refused: 0 };
    await produce([entries(2_345)], { endpoint, stream: 'events' }, figures);
    expect(figures.sent).toBe(2_345);
    expect(figures.refused).toBeGreaterThan(700);
    expect(indexes(stored())).toEqual(upTo(2_345));
  });

  it('keeps requests within their limits, however large the records', async () => {
    const { endpoint, stored } = await streamWith({});
    const figures = { sent: 0, refused: 0 };
    await produce([entries(30, 700_000)], { endpoint, stream: 'events' }, figures);
    expect(indexes(stored())).toEqual(upTo(30));
  });

  it('keeps to a rate', async () => {
    const { endpoint } = await streamWith({});
    const started = performance.now();
    const figures = { sent: 0, refused: 0 };
    await produce([entries(300)], { endpoint, stream: 'events', rate: 500 }, figures);
    const seconds = (performance.now() - started) / 1_000;
    expect(figures.sent / (seconds + 0.1)).toBeLessThan(550);
    expect(seconds).toBeLessThan(2);
  });

  it('stops when told, and knows what it sent', async () => {
    const { endpoint, stored } = await streamWith({});
    const stop = new AbortController();
    const figures = { sent: 0, refused: 0 };
    async function* endless(): AsyncGenerator<readonly Entry[]> {
      for (;;) {
        yield entries(500);
        if (figures.sent >= 2_000) stop.abort();
      }
    }
    await produce(endless(), { endpoint, stream: 'events', signal: stop.signal }, figures);
    expect(stored()).toHaveLength(figures.sent);
  });
});
