import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Aggregator, createAggregator } from '../../../functions/stream-aggregator/aggregate.ts';
import type { AggregateDefinition } from '../../../shared/aggregate/definition.ts';
import {
  arrivalTime,
  average,
  count,
  distinct,
  eventTime,
  max,
  min,
  sum,
  topK,
  windows,
} from '../../../shared/aggregate/index.ts';
import type { Json } from '../../../shared/aggregate/measure.ts';
import { panesOf, resultsOf, sessions, sliding, tumbling, ungrouped } from '../../../shared/aggregate/panes.ts';
import { readItems } from '../../../shared/aggregate/windows-table.ts';
import { aggregate as kplAggregate } from '../../../shared/formats/kpl.ts';
import { awsError, createFakeAws, type FakeAws } from '../../factories/fake-aws.ts';
import { kinesisRecord } from '../../factories/kinesis-event.ts';
import { pipelineOf } from '../../factories/pipeline.ts';
import { randomFrom } from '../../factories/random.ts';

const connection = vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.POWERTOOLS_METRICS_DISABLED = 'true';
  return { fake: undefined as unknown as FakeAws };
});
vi.mock('../../../shared/platform/clients.ts', async () => {
  const { connectionsTo } = await import('../../factories/fake-aws.ts');
  return connectionsTo(() => connection.fake);
});
vi.mock('../../../shared/platform/clock.ts', () => ({ now: () => 0, sleep: () => Promise.resolve() }));

const MINUTE = { remainingMs: () => 60_000 };
const START = Date.UTC(2026, 10, 20, 9, 0);
const MIN_MS = 60_000;

interface Event {
  readonly type: string;
  readonly user: string;
  readonly amount?: number;
  /** Milliseconds after START. */
  readonly at: number;
  /** Arrival after the event's time. */
  readonly delay?: number;
}

let fake: FakeAws;
beforeEach(() => {
  fake = createFakeAws();
  connection.fake = fake;
  vi.stubEnv('WINDOWS_TABLE', 'windows');
});
afterEach(() => void vi.unstubAllEnvs());

const SALES = windows('sales', {
  size: '1m',
  time: eventTime('at', { allowedLateness: '10m' }),
  groupBy: ['type'],
  measures: {
    events: count(),
    revenue: sum('amount'),
    users: distinct('user'),
    top: topK('user', 3),
    least: min('amount'),
    most: max('amount'),
    mean: average('amount'),
  },
});

function recordsOf(events: readonly Event[], shardId = 'shardId-000000000000') {
  return events.map(({ at, delay = 0, ...event }, n) => {
    const data = JSON.stringify({ ...event, at: new Date(START + at).toISOString() });
    const record = kinesisRecord(n, { data, shardId });
    return { ...record, kinesis: { ...record.kinesis, approximateArrivalTimestamp: (START + at + delay) / 1000 } };
  });
}

interface Window {
  readonly start?: number;
  readonly state?: unknown;
  readonly shardId?: string;
  readonly final?: boolean;
  readonly early?: boolean;
}

function eventOf(
  Records: unknown,
  { start = START, state = {}, shardId = 'shardId-000000000000', final, early }: Window = {},
) {
  return {
    Records,
    window: { start: new Date(start).toISOString(), end: new Date(start + 2 * MIN_MS).toISOString() },
    state,
    shardId,
    eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/events',
    isFinalInvokeForWindow: final === true,
    isWindowTerminatedEarly: early === true,
  };
}

const aggregatorOf = (...aggregate: AggregateDefinition[]) => createAggregator(pipelineOf({ aggregate }));

type Result = Record<string, Json> & { start: number; group: string };

/** Through JSON, as Lambda carries it. */
const carry = (state: unknown) => JSON.parse(JSON.stringify(state));

/** Runs batches of a window of one shard, and closes it. */
async function runWindow(aggregate: Aggregator, batches: readonly unknown[][], window: Window = {}) {
  let state: unknown = {};
  for (const batch of batches) {
    const response = await aggregate(eventOf(batch, { ...window, state: carry(state) }), MINUTE);
    expect(JSON.stringify(response.state).length).toBeLessThan(1_000_000);
    state = response.state;
  }
  expect(await aggregate(eventOf([], { ...window, state: carry(state), final: true }), MINUTE)).toEqual({
    state: {},
    batchItemFailures: [],
  });
}

async function results(
  definition: AggregateDefinition,
  from = START - 86_400_000,
  to = START + 86_400_000,
): Promise<readonly Result[]> {
  const panes = panesOf(await readItems('windows', 'test', definition.name, from, to), definition);
  return panes.map((pane) => ({
    start: (pane.start - START) / MIN_MS,
    group: pane.group,
    ...resultsOf(pane, definition),
  }));
}

describe('the stream aggregator', () => {
  it('carries figures from call to call, and stores them when the window closes', async () => {
    const events = recordsOf([
      { type: 'buy', user: 'a', amount: 10.1, at: 0 },
      { type: 'buy', user: 'b', amount: 20.2, at: 1000 },
      { type: 'view', user: 'a', at: 2000 },
      { type: 'buy', user: 'a', amount: 1, at: MIN_MS },
    ]);
    await runWindow(aggregatorOf(SALES), [events.slice(0, 2), events.slice(2)]);
    const top = (value: string, n: number) => ({ value, count: n, over: 0 });
    expect(await results(SALES)).toEqual([
      {
        start: 0,
        group: '["buy"]',
        events: 2,
        revenue: '30.3',
        users: 2,
        top: [top('a', 1), top('b', 1)],
        least: '10.1',
        most: '20.2',
        mean: '15.15',
      },
      {
        start: 0,
        group: '["view"]',
        events: 1,
        revenue: '0',
        users: 1,
        top: [top('a', 1)],
        least: null,
        most: null,
        mean: null,
      },
      {
        start: 1,
        group: '["buy"]',
        events: 1,
        revenue: '1',
        users: 1,
        top: [top('a', 1)],
        least: '1',
        most: '1',
        mean: '1',
      },
    ]);
  });

  it('answers with a state always, and stores nothing before the window closes', async () => {
    const response = await aggregatorOf(SALES)(eventOf([]), MINUTE);
    expect(response).toEqual({ state: {}, batchItemFailures: [] });
    const other = await aggregatorOf(SALES)(eventOf(recordsOf([{ type: 'a', user: 'u', at: 0 }])), MINUTE);
    expect(other.state).toHaveProperty('cells');
    expect(fake.tables.get('windows')).toBeUndefined();
  });

  it('takes a last call without records, and without a list of them', async () => {
    for (const none of [[], undefined, null]) {
      const event = eventOf(none, { final: true });
      if (none === undefined) delete (event as { Records?: unknown }).Records;
      if (none === null) continue;
      expect(await aggregatorOf(SALES)(event, MINUTE)).toEqual({ state: {}, batchItemFailures: [] });
    }
  });

  it('stores a window that Lambda ends early, and the rest of it when it closes', async () => {
    const events = recordsOf([
      { type: 'a', user: 'u', at: 0 },
      { type: 'a', user: 'v', at: 1 },
    ]);
    const aggregate = aggregatorOf(SALES);
    await aggregate(eventOf(events.slice(0, 1), { early: true }), MINUTE);
    await runWindow(aggregate, [events.slice(1)]);
    expect(await results(SALES)).toMatchObject([{ events: 2, users: 2 }]);
    expect(fake.tables.get('windows')!.size).toBe(2);
  });

  it('gives the same results when a window is closed twice', async () => {
    const aggregate = aggregatorOf(SALES);
    const events = recordsOf([
      { type: 'a', user: 'u', at: 0 },
      { type: 'a', user: 'v', at: 1 },
    ]);
    const { state } = await aggregate(eventOf(events), MINUTE);
    for (let i = 0; i < 3; i++) await aggregate(eventOf([], { state: carry(state), final: true }), MINUTE);
    expect(await results(SALES)).toMatchObject([{ events: 2 }]);
  });

  it('rejects where results could not be stored, so that the window closes again', async () => {
    const aggregate = aggregatorOf(SALES);
    const { state } = await aggregate(eventOf(recordsOf([{ type: 'a', user: 'u', at: 0 }])), MINUTE);
    fake.failCommand = () => awsError('InternalServerError', 500);
    await expect(aggregate(eventOf([], { state: carry(state), final: true }), MINUTE)).rejects.toThrow();
    fake.failCommand = () => undefined;
    vi.stubEnv('WINDOWS_TABLE', '');
    await expect(aggregate(eventOf([], { state: carry(state), final: true }), MINUTE)).rejects.toThrow('WINDOWS_TABLE');
  });

  it('counts events that are late, early or without a time with the window they arrived in, as late', async () => {
    const records = recordsOf([
      { type: 'a', user: 'u', amount: 1, at: 0 },
      { type: 'a', user: 'u', amount: 2, at: -9 * MIN_MS, delay: 9 * MIN_MS },
      { type: 'a', user: 'u', amount: 4, at: -11 * MIN_MS, delay: 11 * MIN_MS },
      { type: 'a', user: 'u', amount: 8, at: 11 * MIN_MS, delay: -11 * MIN_MS },
    ]);
    records.push({ ...kinesisRecord(9, { data: '{"type":"a","at":"soon"}' }) });
    records[4]!.kinesis.approximateArrivalTimestamp = START / 1000;
    await runWindow(aggregatorOf(SALES), [records]);
    expect(await results(SALES)).toMatchObject([
      { start: -9, group: '["a"]', events: 1, revenue: '2' },
      { start: 0, group: '["a"]', events: 1, revenue: '1' },
      { start: 0, group: 'late', events: 3, revenue: '12' },
    ]);
  });

  it('counts by arrival where told', async () => {
    const arrived = windows('arrived', { size: '1m', time: arrivalTime(), measures: { events: count() } });
    await runWindow(aggregatorOf(arrived), [recordsOf([{ type: 'a', user: 'u', at: 0, delay: 3 * MIN_MS }])]);
    expect(await results(arrived)).toEqual([{ start: 3, group: '[]', events: 1 }]);
  });

  it('counts groups beyond the most that a window may have as other, and loses none', async () => {
    const few = windows('few', {
      size: '1m',
      groupBy: ['user'],
      maxGroups: 3,
      measures: { events: count(), revenue: sum('amount') },
    });
    const events = Array.from({ length: 100 }, (_, n) => ({ type: 'a', user: `u${n % 10}`, amount: 1, at: n }));
    await runWindow(aggregatorOf(few), [recordsOf(events)]);
    expect(await results(few)).toEqual([
      ...['["u0"]', '["u1"]', '["u2"]'].map((group) => ({ start: 0, group, events: 10, revenue: '10' })),
      { start: 0, group: 'other', events: 70, revenue: '70' },
    ]);
  });

  it('counts what steps let through, and nothing of records that fail', async () => {
    const records = recordsOf([{ type: 'a', user: 'u', at: 0 }]);
    const kpl = kplAggregate(
      ['{"type":"a"}', '{"type":"a","drop":true}', 'bad'].map((data) => ({ partitionKey: 'k', data })),
    );
    records.push(kinesisRecord(1, { data: kpl }), kinesisRecord(2, { data: '{"type":"a"}\n{' }));
    for (const { kinesis } of records) kinesis.approximateArrivalTimestamp = START / 1000;
    const all = windows('all', { size: '1d', measures: { events: count() } });
    await runWindow(aggregatorOf(all), [records]);
    expect(await results(all)).toMatchObject([{ events: 2 }]);
  });

  it('asks for the whole batch again while a record can not be counted yet', async () => {
    const records = [kinesisRecord(0, { data: '{"type":"a","fail":"transient"}' })];
    await expect(aggregatorOf(SALES)(eventOf(records), MINUTE)).rejects.toThrow('LookupDown');
  });

  it('stores the figures of an earlier definition as they are, and counts on by the new one', async () => {
    const before = windows('sales', { size: '1m', measures: { events: count() } });
    const { state } = await aggregatorOf(before)(eventOf(recordsOf([{ type: 'a', user: 'u', at: 0 }])), MINUTE);
    const after = windows('sales', { size: '1m', groupBy: ['type'], measures: { events: count() } });
    await runWindow(aggregatorOf(after), []);
    const next = await aggregatorOf(after)(eventOf([], { state: carry(state) }), MINUTE);
    expect(next.state).toEqual({});
    expect(await results(before)).toMatchObject([{ group: '[]', events: 1 }]);
  });

  it('refuses events and states that are not its own', async () => {
    await expect(aggregatorOf(SALES)({ Records: [] }, MINUTE)).rejects.toThrow('TumblingWindowInSeconds');
    await expect(aggregatorOf(SALES)(undefined, MINUTE)).rejects.toThrow('TumblingWindowInSeconds');
    for (const state of [7, 'x', [1], { version: 2 }, { version: 1, definitions: '', from: '', cells: 7 }]) {
      await expect(aggregatorOf(SALES)(eventOf([], { state }), MINUTE)).rejects.toThrow('state');
    }
  });

  it('tells every fault of its definition at once', () => {
    const wrong = windows('Sales', { size: '5 m' as '5m', maxGroups: 0, measures: {} });
    const fault = (definitions: AggregateDefinition[]) => () =>
      createAggregator(pipelineOf({ aggregate: definitions }));
    expect(fault([wrong])).toThrow(/name[\s\S]*size[\s\S]*maxGroups[\s\S]*measures/);
    expect(fault([SALES, SALES])).toThrow('two of that name');
    expect(fault([])).toThrow('none');
    const huge = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`d${i}`, distinct('u', { precision: 16 })]));
    expect(fault([windows('huge', { size: '1m', measures: huge })])).toThrow('item');
    expect(fault([windows('bad', { size: '1m', groupBy: ['a..b'], measures: { t: topK('x', 1000) } })])).toThrow(
      /path[\s\S]*k:/,
    );
  });
});

describe('results', () => {
  it('equal a brute-force count of the input, through resharding, calls that are lost, and states at their bound', async () => {
    const random = randomFrom(7);
    const types = ['buy', 'view', 'search'];
    const events: Event[] = Array.from({ length: 6_000 }, (_, n) => ({
      type: types[Math.floor(random() * 3)]!,
      user: `user-${Math.floor(random() ** 2 * 900)}`,
      ...(random() < 0.7 && { amount: Math.floor(random() * 100_000) / 100 }),
      at: n * 100,
      delay: Math.floor(random() * 5 * MIN_MS),
    }));
    const wide = windows('wide', {
      size: '1m',
      time: eventTime('at', { allowedLateness: '10m' }),
      groupBy: ['type', 'user'],
      maxGroups: 10_000,
      measures: { events: count(), revenue: sum('amount'), users: distinct('user') },
    });
    const aggregate = aggregatorOf(SALES, wide);
    // A shard that splits after half of the events: its children begin with empty states.
    const shards = [
      events.slice(0, 3_000),
      ...[0, 1].map((half) => events.slice(3_000).filter((_, n) => n % 2 === half)),
    ];
    for (const [shard, own] of shards.entries()) {
      const shardId = `shardId-00000000000${shard}`;
      const records = recordsOf(own, shardId);
      for (let at = 0; at < records.length; at += 1_000) {
        let state: unknown = {};
        const window = { start: START + at, shardId };
        for (let from = at; from < at + 1_000 && from < records.length; ) {
          const size = 1 + Math.floor(random() * 400);
          const batch = records.slice(from, Math.min(from + size, at + 1_000));
          const response = await aggregate(eventOf(batch, { ...window, state: carry(state) }), MINUTE);
          expect(JSON.stringify(response.state).length).toBeLessThan(1_000_000);
          if (random() < 0.2) continue; // The answer is lost: the batch comes again, with the state of before.
          state = response.state;
          from += batch.length;
        }
        await aggregate(eventOf([], { ...window, state: carry(state), final: true }), MINUTE);
      }
    }
    const expected = new Map<string, { events: number; cents: number; users: Map<string, number> }>();
    for (const { type, user, amount = 0, at } of events) {
      const key = `${Math.floor(at / MIN_MS)} ["${type}"]`;
      const sums = expected.get(key) ?? { events: 0, cents: 0, users: new Map<string, number>() };
      expected.set(key, sums);
      sums.events++;
      sums.cents += Math.round(amount * 100);
      sums.users.set(user, (sums.users.get(user) ?? 0) + 1);
    }
    const got = await results(SALES);
    expect(got).toHaveLength(expected.size);
    for (const { start, group, events: n, revenue, users } of got) {
      const sums = expected.get(`${start} ${group}`)!;
      expect(n).toBe(sums.events);
      expect(Math.round(Number(revenue) * 100)).toBe(sums.cents);
      expect(Math.abs(Number(users) - sums.users.size)).toBeLessThanOrEqual(Math.max(2, sums.users.size * 0.05));
    }
    const all = await results(wide);
    expect(all.reduce((total, { events: n }) => total + Number(n), 0)).toBe(events.length);
    expect(all.some(({ group }) => group === 'other')).toBe(false);
    // Some state has grown to its bound: then a window of Lambda's leaves more than one segment.
    expect(fake.tables.get('windows')!.size).toBeGreaterThan(all.length);
  });

  it('merge into larger, sliding and session windows', async () => {
    const at = [0, 0, 1, 2, 6, 7, 20];
    const visits = windows('visits', {
      size: '1m',
      groupBy: ['user'],
      measures: { events: count(), users: distinct('user') },
    });
    const events = at.flatMap((minute) => ['a', 'b'].map((user) => ({ type: 'v', user, at: minute * MIN_MS })));
    await runWindow(aggregatorOf(visits), [recordsOf(events)]);
    const panes = panesOf(await readItems('windows', 'test', 'visits', START, START + 3_600_000), visits);
    const shown = (items: typeof panes) =>
      items.map((pane) => [
        (pane.start - START) / MIN_MS,
        (pane.end - START) / MIN_MS,
        pane.group,
        resultsOf(pane, visits),
      ]);
    expect(shown(ungrouped(tumbling(panes, visits, 5 * MIN_MS), visits))).toEqual([
      [0, 5, '[]', { events: 8, users: 2 }],
      [5, 10, '[]', { events: 4, users: 2 }],
      [20, 25, '[]', { events: 2, users: 2 }],
    ]);
    expect(shown(ungrouped(sliding(panes, visits, START + 7 * MIN_MS, 5 * MIN_MS), visits))).toEqual([
      [2, 7, '[]', { events: 4, users: 2 }],
    ]);
    expect(shown(sessions(panes, visits, 2 * MIN_MS)).filter(([, , group]) => group === '["a"]')).toEqual([
      [0, 3, '["a"]', { events: 4, users: 1 }],
      [6, 8, '["a"]', { events: 2, users: 1 }],
      [20, 21, '["a"]', { events: 1, users: 1 }],
    ]);
  });
});
