import { describe, expect, it, vi } from 'vitest';
import { CONFIRMED, type EntryResult } from '../../shared/delivery/entry.ts';
import { transient } from '../../shared/record/failure.ts';
import { failed } from '../../shared/record/outcome.ts';
import type { Outgoing } from '../../shared/replay/targets.ts';
import type { Found } from '../../shared/sources/failures/found.ts';
import { containerOf, failedRecord as letter, replayed, replayWith } from '../factories/replay.ts';

describe('replaying a container', () => {
  it('puts every record back once, and is settled', async () => {
    const { replay, puts } = replayWith();
    const letters = Array.from({ length: 1203 }, (_, index) => letter(String(index)));
    expect(await replayed(containerOf('a', letters), replay)).toBe('settled');
    expect(puts).toEqual(letters.map(({ data }) => data));
    expect(replay.summary).toMatchObject({ found: 1203, matched: 1203, replayed: 1203 });
  });

  it('puts nothing back a second time', async () => {
    const { replay, puts } = replayWith();
    const container = containerOf('a', [letter('1'), letter('2')]);
    await replayed(container, replay);
    expect(await replayed(container, replay)).toBe('settled');
    expect(puts).toHaveLength(2);
    expect(replay.summary.skipped).toEqual({ 'already replayed': 2 });
  });

  it('leaves what could not be put, and only that', async () => {
    let down = true;
    const results = (records: readonly Outgoing[]): EntryResult[] =>
      records.map(({ record }) =>
        down && record.at === '2' ? failed(transient('DestinationThrottled', 'deliver', 'm')) : CONFIRMED,
      );
    const putBack = vi.fn(async (records: readonly Outgoing[]) => results(records));
    const { replay } = replayWith({}, { putBack });
    const container = containerOf('a', [letter('1'), letter('2'), letter('3')]);
    expect(await replayed(container, replay)).toBe('left');
    expect(replay.summary).toMatchObject({ replayed: 2, failed: { DestinationThrottled: 1 } });
    down = false;
    expect(await replayed(container, replay)).toBe('settled');
    expect(putBack.mock.lastCall?.[0].map(({ record }) => record.at)).toEqual(['2']);
  });

  it('does not go on where nothing can be put', async () => {
    const putBack = vi.fn(async (records: readonly Outgoing[]) =>
      records.map(() => failed(transient('DestinationRefused', 'deliver', 'm'))),
    );
    const { replay } = replayWith({}, { putBack });
    const letters = Array.from({ length: 5_000 }, (_, index) => letter(String(index)));
    expect(await replayed(containerOf('a', letters), replay)).toBe('left');
    expect(putBack).toHaveBeenCalledOnce();
  });

  it('puts a record aside after exactly three attempts', async () => {
    vi.useFakeTimers({ now: 1_000 });
    const { replay, puts, quarantined } = replayWith();
    for (let round = 0; round < 5; round++) {
      vi.setSystemTime(10_000 * (round + 1));
      const poison = letter('7', { data: 'poison', arrival: Date.now() - 1 });
      await replayed(containerOf(`round ${round}`, [poison]), replay);
    }
    vi.useRealTimers();
    expect(puts).toEqual(['poison', 'poison', 'poison']);
    expect(quarantined.map(({ replays, past }) => [replays, past.length])).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  it('does not take equal records that failed once each for one that failed often', async () => {
    const { replay, puts, quarantined } = replayWith();
    const same = Array.from({ length: 9 }, (_, index) => letter(String(index), { data: 'heartbeat', arrival: 5 }));
    for (const one of same) await replayed(containerOf(`object ${one.at}`, [one]), replay);
    expect(puts).toHaveLength(9);
    expect(quarantined).toEqual([]);
  });

  it('leaves what the command does not ask for', async () => {
    const { replay, puts } = replayWith({ errorCode: 'Wanted', match: { 'user.id': 'u-1' } });
    const letters = [
      letter('1', { code: 'Wanted', data: '{"user":{"id":"u-1"}}' }),
      letter('2', { code: 'Wanted', data: '{"user":{"id":"u-2"}}' }),
      letter('3', { code: 'Other', data: '{"user":{"id":"u-1"}}' }),
      letter('4', { code: 'Wanted', data: 'no json' }),
    ];
    expect(await replayed(containerOf('a', letters), replay)).toBe('left');
    expect(puts).toEqual(['{"user":{"id":"u-1"}}']);
  });

  it('stops at the limit', async () => {
    const { replay, puts } = replayWith({ limit: 2 });
    expect(await replayed(containerOf('a', [letter('1'), letter('2'), letter('3')]), replay)).toBe('left');
    expect(puts).toHaveLength(2);
    expect(replay.summary.skipped).toEqual({ 'over the limit': 1 });
  });

  it('changes nothing in a dry run, and shows the shape of the first record of each code, never a value', async () => {
    const { replay, puts } = replayWith({ dryRun: true });
    const secret = letter('1', { data: '{"email":"ana@example.com","ana@example.com":1,"items":[{"n":2}]}' });
    expect(await replayed(containerOf('a', [secret, letter('2')]), replay)).toBe('left');
    expect(puts).toEqual([]);
    const shown = JSON.stringify([...replay.samples.values()]);
    expect(shown).not.toContain('ana@example.com');
    expect(shown).toContain('"items":[{"n":"[NUMBER]"}]');
    expect(replay.samples.get('C')?.count).toBe(2);
  });

  it('keeps a source that holds something unreadable', async () => {
    const { replay } = replayWith();
    const letters: readonly Found[] = [letter('1'), { kind: 'unreadable', at: '2', code: 'HalfLine' }];
    expect(await replayed(containerOf('a', letters), replay)).toBe('left');
    expect(replay.summary.unreadable).toEqual({ HalfLine: 1 });
  });

  it('reports lost records, and lets their source go', async () => {
    const reportLost = vi.fn(async () => {});
    const { replay } = replayWith({}, { reportLost });
    const lost: Found = { kind: 'lost', at: '1', records: 40, range: 's 1…2', letter: {} };
    expect(await replayed(containerOf('a', [lost]), replay)).toBe('settled');
    expect(replay.summary.lost).toBe(40);
    expect(reportLost).toHaveBeenCalledOnce();
  });
});
