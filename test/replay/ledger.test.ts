import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LeaseLostError, type Ledger } from '../../shared/replay/ledger.ts';
import { memoryLedger } from '../factories/memory-ledger.ts';
import { LEDGER, type ReplayAccount, replayAccount } from '../factories/replay-account.ts';

let account: ReplayAccount;
let table: Ledger;
const memory = memoryLedger();

beforeAll(async () => {
  account = await replayAccount();
  const { ledgerTable } = await import('../../shared/replay/ledger-table.ts');
  table = ledgerTable(LEDGER);
});
afterAll(() => account.stop());

const soon = () => Date.now() + 60_000;
const claimOf = (letters: readonly string[], at = Date.now()) => ({ letters, at, untilMs: soon() });

describe.each([
  ['in DynamoDB', () => table],
  ['in memory, as tests have it', () => memory],
])('the ledger %s', (_, ledgerOf) => {
  it('gives a source to one owner at a time', async () => {
    const ledger = ledgerOf();
    expect(await ledger.lease('a', 'one', soon())).toEqual({ begun: false, settled: false });
    expect(await ledger.lease('a', 'two', soon())).toBeUndefined();
    expect(await ledger.lease('a', 'one', soon())).toEqual({ begun: true, settled: false });
    await ledger.release('a', 'two', true);
    expect(await ledger.lease('a', 'two', soon())).toBeUndefined();
    await ledger.release('a', 'one', false);
    expect(await ledger.lease('a', 'two', soon())).toEqual({ begun: true, settled: false });
    await ledger.release('a', 'two', true);
    expect(await ledger.lease('a', 'three', soon())).toEqual({ begun: true, settled: true });
  });

  it('gives a source whose owner was killed to the next', async () => {
    const ledger = ledgerOf();
    await ledger.lease('b', 'killed', Date.now() - 60_000);
    expect(await ledger.lease('b', 'next', soon())).toMatchObject({ begun: true });
    await expect(ledger.claim('b', 'killed', claimOf(['1']))).rejects.toThrow(LeaseLostError);
    expect((await ledger.progress('b')).uncertain.size).toBe(0);
  });

  it('tells what was claimed and not confirmed, and since when', async () => {
    const ledger = ledgerOf();
    await ledger.lease('c', 'one', soon());
    const first = await ledger.claim('c', 'one', claimOf(['1', '2', '3'], 1_000));
    await ledger.confirm('c', first, ['1', '3'], 1_001);
    await ledger.claim('c', 'one', claimOf(['2', '4'], 2_000));
    const { done, uncertain } = await ledger.progress('c');
    expect([...done].sort()).toEqual(['1', '3']);
    expect([...uncertain]).toEqual([
      ['2', 2_000],
      ['4', 2_000],
    ]);
    const next = await ledger.claim('c', 'one', claimOf(['4'], 3_000));
    await ledger.confirm('c', next, ['4'], 3_001);
    expect([...(await ledger.progress('c')).uncertain.keys()]).toEqual(['2']);
    expect((await ledger.progress('another')).done.size).toBe(0);
  });

  it('keeps the stories of many records', async () => {
    const ledger = ledgerOf();
    const generation = { code: 'C', replayedAt: 1, letter: 's 1' };
    await ledger.keep(new Map(Array.from({ length: 230 }, (_, n) => [`digest-${n}`, [generation]])));
    const stories = await ledger.stories([...Array.from({ length: 230 }, (_, n) => `digest-${n}`), 'unknown']);
    expect(stories.size).toBe(230);
    expect(stories.get('digest-7')).toEqual([generation]);
  });
});

describe('the ledger in DynamoDB', () => {
  it('claims and keeps its lease at the same moment', async () => {
    await table.lease('busy', 'one', soon());
    const kept = Array.from({ length: 20 }, () => table.lease('busy', 'one', soon()));
    const claims = Array.from({ length: 20 }, (_, n) => table.claim('busy', 'one', claimOf([String(n)], n)));
    await Promise.all([...kept, ...claims]);
    expect((await table.progress('busy')).uncertain.size).toBe(20);
  });

  it('has room for names of every length', async () => {
    const source = `s3://bucket/${'é'.repeat(900)}`;
    expect(await table.lease(source, 'one', soon())).toBeDefined();
    await table.claim(source, 'one', claimOf(['1']));
    expect((await table.progress(source)).uncertain.size).toBe(1);
  });

  it('says so where it can not be reached', async () => {
    account.faults.operation = (service) => (service === 'dynamodb' ? 'AccessDeniedException' : undefined);
    await expect(table.lease('x', 'one', soon())).rejects.toThrow();
    await expect(table.progress('x')).rejects.toThrow();
    delete account.faults.operation;
    await vi.waitFor(async () => expect(await table.lease('x', 'one', soon())).toBeDefined());
  });
});
