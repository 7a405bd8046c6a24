import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONFIRMED } from '../../shared/delivery/entry.ts';
import type { Redrive } from '../../shared/record/redriven.ts';
import type { Ledger } from '../../shared/replay/ledger.ts';
import type { Letter } from '../../shared/replay/letters.ts';
import type { Outgoing } from '../../shared/replay/targets.ts';
import { putName } from '../../shared/replay/token.ts';
import type { Replay } from '../../shared/replay/work.ts';
import type { FailedRecord } from '../../shared/sources/failures/found.ts';
import { memoryLedger } from '../factories/memory-ledger.ts';
import { randomFrom } from '../factories/random.ts';
import { containerOf, failedRecord, replayed, replayWith } from '../factories/replay.ts';

const RUNS = Number(process.env.CRASH_RUNS ?? 150);
const RECORDS = 12;

/** The invocation was killed. */
class Killed extends Error {}

/** A record in the delivery stream, in its envelope. */
interface Flying {
  readonly id: number;
  readonly data: string;
  readonly redrive: Redrive;
}

/**
 * A delivery stream with its transform, error prefix and lake, where everything goes wrong that can: the replayer is killed before or
 * after any request, the transform fails records before or after they passed, or can't reach the ledger though it was told.
 */
function world(random: () => number) {
  const ledger = memoryLedger();
  const holders = new Map<string, number>();
  const lake = new Map<string, number>();
  const aside = new Set<string>();
  let objects: FailedRecord[][] = [];
  let flying: Flying[] = [];
  let [puts, ids, isMended, mayKill] = [0, 0, false, true];

  const chance = (share: number) => random() < share;
  async function risky<T>(request: () => Promise<T>): Promise<T> {
    if (mayKill && chance(0.05)) throw new Killed();
    const answer = await request();
    if (mayKill && chance(0.05)) throw new Killed();
    return answer;
  }
  const riskyLedger: Ledger = {
    ...ledger,
    progress: (source) => risky(() => ledger.progress(source)),
    claim: (source, owner, claim) => risky(() => ledger.claim(source, owner, claim)),
    confirm: (source, claim, letters, at) => risky(() => ledger.confirm(source, claim, letters, at)),
    passes: (tokens) => risky(() => ledger.passes(tokens)),
    close: (token) => risky(() => ledger.close(token)),
  };
  const putBack: Replay['putBack'] = async (outgoing: readonly Outgoing[]) => {
    // Some requests land and seem to have failed: they are sent again.
    for (let times = chance(0.2) ? 2 : 1; times > 0; times--) {
      puts += 1;
      await risky(async () => {
        for (const [index, { record, redrive }] of outgoing.entries())
          flying.push({ id: ids++, data: record.data, redrive: { ...redrive, put: putName(`p-${puts}`, index) } });
      });
    }
    return outgoing.map(() => CONFIRMED);
  };
  const quarantine = (_source: string, { record, token }: Letter) =>
    risky(async () => void aside.add(`${record.data} ${token}`));

  const takeBack = ({ record, token }: Letter) => risky(async () => void aside.delete(`${record.data} ${token}`));

  /** As Firehose has the transform do it: a batch may be handed over twice, its answer lost. */
  function transform(): void {
    const failed: FailedRecord[] = [];
    for (const { id, data, redrive } of flying) {
      const isAsked = isMended || !chance(0.1);
      if (isAsked && !ledger.passed.has(redrive.token)) {
        holders.set(redrive.token, id);
        ledger.passed.set(redrive.token, redrive.put);
      }
      const isTold = isAsked && (isMended || !chance(0.1));
      if (isTold && holders.get(redrive.token) !== id) continue;
      if (isTold && (isMended || !chance(0.4))) lake.set(data, (lake.get(data) ?? 0) + 1);
      else failed.push(failedRecord(String(failed.length).padStart(15, '0'), { data, redrive }));
    }
    flying = [];
    if (failed.length > 0) objects.push(failed);
  }

  async function replayAll(maxAttempts: number): Promise<void> {
    const left: FailedRecord[][] = [];
    for (const letters of objects) {
      const name = `s3://b/${objectNames.get(letters) ?? nameOf(letters)}`;
      const { replay } = replayWith({ maxAttempts }, { ledger: riskyLedger, putBack, quarantine, takeBack });
      try {
        if ((await replayed(containerOf(name, letters), replay, ledger)) !== 'settled') left.push(letters);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        left.push(letters);
      }
    }
    objects = left;
  }
  const objectNames = new Map<FailedRecord[], number>();
  function nameOf(letters: FailedRecord[]): number {
    objectNames.set(letters, objectNames.size);
    return objectNames.size - 1;
  }

  return {
    lake,
    aside,
    begin(records: readonly string[]) {
      objects = [records.map((data, n) => failedRecord(String(n).padStart(15, '0'), { data }))];
    },
    async round(maxAttempts: number) {
      await replayAll(maxAttempts);
      if (chance(0.7)) transform();
    },
    async mend(maxAttempts: number) {
      [isMended, mayKill] = [true, false];
      for (let n = 0; n < 10 && objects.length + flying.length > 0; n++) {
        await replayAll(maxAttempts);
        transform();
      }
      expect(objects).toEqual([]);
    },
  };
}

describe('whatever goes wrong while records are replayed', () => {
  beforeAll(() => void vi.stubEnv('REDRIVE_STREAMS', 'events'));
  afterAll(() => void vi.unstubAllEnvs());
  const records = Array.from({ length: RECORDS }, (_, n) => `{"n":${n}}`);

  it('each is in the lake once in the end', async () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const random = randomFrom(seed);
      const { begin, round, mend, lake } = world(random);
      begin(records);
      for (let n = 0; n < 12; n++) await round(1_000);
      await mend(1_000);
      const counts = records.map((record) => lake.get(record));
      expect([seed, counts]).toEqual([seed, records.map(() => 1)]);
    }
  });

  it('each is in the lake or in quarantine, once, where attempts are few', async () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const { begin, round, mend, lake, aside } = world(randomFrom(1_000 + seed));
      begin(records);
      for (let n = 0; n < 12; n++) await round(3);
      await mend(3);
      const quarantined = Map.groupBy(aside, (name) => name.split(' ')[0] ?? '');
      const counts = records.map((record) => (lake.get(record) ?? 0) + (quarantined.get(record)?.length ?? 0));
      expect([seed, counts]).toEqual([seed, records.map(() => 1)]);
    }
  });
});
