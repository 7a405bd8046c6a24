import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Redrive } from '../../shared/record/redriven.ts';
import { lettersOf } from '../../shared/replay/letters.ts';
import { memoryLedger } from '../factories/memory-ledger.ts';
import { containerOf, failedRecord, replayed, replayWith } from '../factories/replay.ts';

const ORIGIN = { kind: 'origin' } as const;
const redrive: Redrive = { token: 'g.n', attempt: 2, put: 'p-1', story: [{ code: 'A', replayedAt: 1 }] };

beforeEach(() => vi.stubEnv('REDRIVE_STREAMS', 'others, events'));
afterEach(() => vi.unstubAllEnvs());

async function lettersFor(at: string, members: object, ledger = memoryLedger()) {
  const [letter] = await lettersOf('s3://b/k etag', [failedRecord(at, members)], ORIGIN, ledger);
  return letter!;
}

describe('a letter to a delivery stream whose transform opens envelopes', () => {
  it('has a token that is the same at each reading, and needs no story in the ledger', async () => {
    const letter = await lettersFor('7', {});
    expect(letter).toMatchObject({ address: { guarded: true }, replays: 0, past: [], story: undefined });
    expect((await lettersFor('7', {})).token).toBe(letter.token);
    expect((await lettersFor('8', {})).token).not.toBe(letter.token);
  });

  it('keeps its token where the record never passed', async () => {
    const letter = await lettersFor('7', { redrive });
    expect(letter).toMatchObject({ token: 'g.n', replays: 2, past: redrive.story, leftover: undefined });
  });

  it('has a new one where it is what became of the record that passed', async () => {
    const ledger = memoryLedger();
    ledger.passed.set('g.n', 'p-1');
    const letter = await lettersFor('7', { redrive }, ledger);
    expect(letter).toMatchObject({ replays: 2, leftover: undefined });
    expect(letter.token).not.toBe('g.n');
  });

  it('is a leftover where another put of the record passed: it is done, and not put', async () => {
    const { replay, puts } = replayWith();
    const ledger = memoryLedger();
    ledger.passed.set('g.n', 'p-2');
    expect(await lettersFor('7', { redrive }, ledger)).toMatchObject({ leftover: 'passed' });
    const end = await replayed(containerOf('a', [failedRecord('7', { redrive })]), { ...replay, ledger });
    expect(end).toBe('settled');
    expect(puts).toEqual([]);
    expect(replay.summary.skipped).toEqual({ 'already replayed': 1 });
  });

  it('goes out with every failure so far, and aside after three attempts', async () => {
    const { replay, outgoing, quarantined } = replayWith();
    const third = { ...redrive, token: 'g.o', attempt: 3, story: [...redrive.story, { code: 'B', replayedAt: 2 }] };
    const letters = [failedRecord('7', { redrive, failedAt: 5 }), failedRecord('8', { redrive: third })];
    expect(await replayed(containerOf('a', letters), replay)).toBe('settled');
    expect(outgoing).toMatchObject([
      { redrive: { token: 'g.n', attempt: 3, story: [{ code: 'A' }, { code: 'C', failedAt: 5 }] } },
    ]);
    expect(quarantined).toMatchObject([{ replays: 3, past: third.story }]);
  });

  it('goes without an envelope where that would make it too large', async () => {
    expect(await lettersFor('7', { data: 'x'.repeat(1_023_000) })).toMatchObject({ address: { guarded: false } });
  });
});

describe('letters that an invocation claimed that did not live to confirm them', () => {
  const stream = { kind: 'stream', stream: 'arn:s', partitionKey: 'k' } as const;

  it('are looked for where they were put, and put where they are not found', async () => {
    const findPut = vi.fn(
      async (letters: readonly { record: { at: string } }[]) =>
        new Set(letters.filter(({ record }) => record.at === '1')) as never,
    );
    const { replay, puts } = replayWith({}, { findPut });
    await replay.ledger.lease('a', 'killed', Date.now() - 1);
    await replay.ledger.claim('a', 'killed', { letters: ['1', '2'], at: 1_000, untilMs: 0 });
    await replay.ledger.lease('a', 'another', Date.now() - 1);
    const letters = ['1', '2', '3'].map((at) => failedRecord(at, { origin: stream }));
    expect(await replayed(containerOf('a', letters), replay)).toBe('settled');
    expect(findPut.mock.lastCall).toMatchObject([
      [{ record: { at: '1' } }, { record: { at: '2' } }],
      new Map([
        ['1', 1_000],
        ['2', 1_000],
      ]),
    ]);
    expect(puts).toEqual(['{"n":"2"}', '{"n":"3"}']);
    expect(replay.summary.skipped).toEqual({ 'already replayed': 1 });
  });
});
