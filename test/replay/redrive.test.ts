import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Redrive, readRedriven, writeRedriven } from '../../shared/record/redriven.ts';
import type { openRedriven as open } from '../../shared/replay/redrive-gate.ts';
import { firstToken, nextToken } from '../../shared/replay/token.ts';
import { allEndings, readableRecords, readFirehoseEvent } from '../../shared/sources/firehose.ts';
import { createEndings } from '../../shared/sources/firehose-answer.ts';
import type { FirehoseBatch } from '../../shared/sources/firehose-batch.ts';
import { LEDGER, type ReplayAccount, replayAccount } from '../factories/replay-account.ts';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));

function redrive(token: string, members: Partial<Redrive> = {}): Redrive {
  const story = [{ code: 'Lambda.ProcessingFailedStatus', failedAt: 1, replayedAt: 2 }];
  return { token, attempt: 1, put: 'p-1', story, ...members };
}

describe('the envelope', () => {
  it('gives back any record, byte for byte, with what it carries', () => {
    fc.assert(
      fc.property(bytes, fc.string({ unit: 'grapheme', maxLength: 90 }), (data, code) => {
        const carried = redrive('t', { story: [{ code, replayedAt: 7 }] });
        expect(readRedriven(writeRedriven(carried, data))).toEqual({ redrive: carried, data });
      }),
    );
  });

  it('is none where it was cut, lengthened, or never was', () => {
    const whole = writeRedriven(redrive('t'), 'a record');
    for (const text of [
      whole.slice(0, -1),
      `${whole}x`,
      whole.slice(1),
      whole.replace('"attempt":1', '"attempt":"1"'),
      'a record',
      '',
    ])
      expect(readRedriven(text)).toBeUndefined();
    fc.assert(fc.property(bytes, (data) => readRedriven(data) === undefined));
  });
});

describe('tokens', () => {
  it('are different for every letter, and near letters share a group', () => {
    const places = Array.from({ length: 20_000 }, (_, n) => String(n * 331).padStart(15, '0'));
    const others = Array.from(
      { length: 3_000 },
      (_, n) => `000/4960000000000000000000000000000000000000000000000${n}:${n}`,
    );
    const tokens = [...places, ...others].map((at) => firstToken('s3://b/k', { at }));
    expect(new Set(tokens).size).toBe(tokens.length);
    const groups = Map.groupBy(tokens, (token) => token.split('.')[0]);
    expect(Math.max(...[...groups.values()].map(({ length }) => length))).toBeLessThan(200);
    expect(new Set(tokens.map((token) => nextToken(token, 'p'))).size).toBe(tokens.length);
  });
});

describe('the gate of a transform', () => {
  let account: ReplayAccount;
  let openRedriven: typeof open;
  beforeAll(async () => {
    account = await replayAccount();
    ({ openRedriven } = await import('../../shared/replay/redrive-gate.ts'));
  });
  afterAll(() => account.stop());
  afterEach(() => {
    vi.unstubAllEnvs();
    delete account.faults.operation;
  });

  function batchOf(records: Readonly<Record<string, string>>): FirehoseBatch {
    return readFirehoseEvent({
      deliveryStreamArn: 'arn:aws:firehose:us-east-1:1:deliverystream/events',
      records: Object.entries(records).map(([recordId, data]) => ({ recordId, data: btoa(data) })),
    });
  }

  /** What of a batch reaches the pipeline, and how the rest ends. */
  async function opened(records: Readonly<Record<string, string>>) {
    const batch = await openRedriven(batchOf(records));
    const passed = readableRecords(batch).map(({ data }) => data);
    const endings = allEndings(
      batch,
      passed.map((data) => createEndings().of({ kind: 'ok', data, documents: 1 })),
    );
    const ends = endings.map((ending) => {
      if (ending.kind === 'failed') return ending.failure.code;
      return ending.kind === 'dropped' ? ending.reason : ending.kind === 'ok' ? atob(ending.data) : ending.kind;
    });
    return { passed, ends };
  }

  it('leaves a batch alone that the replayer has no part in', async () => {
    const requests = vi.fn(() => undefined);
    account.faults.operation = requests;
    const batch = batchOf({ a: '{"n":1}', b: '' });
    expect(await openRedriven(batch)).toBe(batch);
    expect(requests).not.toHaveBeenCalled();
  });

  it('lets one of several puts through, also when it comes again', async () => {
    const one = writeRedriven(redrive('g1.a'), 'one');
    const again = writeRedriven(redrive('g1.a', { put: 'p-2' }), 'one');
    expect((await opened({ r1: one, r2: 'plain', r3: again })).ends).toEqual(['one', 'plain', 'already replayed']);
    expect((await opened({ r1: one })).ends).toEqual(['one']);
    expect((await opened({ r4: again, r5: writeRedriven(redrive('g1.b'), 'two') })).ends).toEqual([
      'already replayed',
      'two',
    ]);
  });

  it('tells hundreds of one group apart, in a few requests', async () => {
    const records = Object.fromEntries(
      Array.from({ length: 350 }, (_, n) => [`m-${n}`, writeRedriven(redrive(`many.${n}`), `r-${n}`)]),
    );
    const requests = vi.fn(() => undefined);
    account.faults.operation = requests;
    expect((await opened(records)).passed).toHaveLength(350);
    expect(requests).toHaveBeenCalledTimes(4);
    const others = Object.fromEntries(Object.entries(records).map(([id, data]) => [`other-${id}`, data]));
    expect((await opened(others)).passed).toEqual([]);
    expect((await opened(records)).passed).toHaveLength(350);
  });

  it('fails what it can not check, and only that', async () => {
    const records = { r1: writeRedriven(redrive('down.a'), 'one'), r2: 'plain' };
    account.faults.operation = () => 'AccessDeniedException';
    expect((await opened(records)).ends).toEqual(['RedriveUnchecked', 'plain']);
    delete account.faults.operation;
    vi.stubEnv('LEDGER_TABLE', '');
    expect((await opened(records)).ends).toEqual(['RedriveUnchecked', 'plain']);
    vi.stubEnv('LEDGER_TABLE', LEDGER);
    expect((await opened(records)).ends).toEqual(['one', 'plain']);
  });

  it('fails an envelope that was damaged', async () => {
    expect((await opened({ r1: writeRedriven(redrive('d.a'), 'one').slice(0, -1) })).ends).toEqual(['InvalidRedrive']);
  });
});
