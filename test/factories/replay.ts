import { CONFIRMED } from '../../shared/delivery/entry.ts';
import { readCommand } from '../../shared/replay/command.ts';
import type { Container } from '../../shared/replay/container.ts';
import type { Ledger } from '../../shared/replay/ledger.ts';
import type { Letter } from '../../shared/replay/letters.ts';
import { pace } from '../../shared/replay/rate.ts';
import { replayContainer } from '../../shared/replay/replay-container.ts';
import { emptySummary } from '../../shared/replay/summary.ts';
import type { Outgoing } from '../../shared/replay/targets.ts';
import type { Replay } from '../../shared/replay/work.ts';
import type { FailedRecord, Found } from '../../shared/sources/failures/found.ts';
import { memoryLedger } from './memory-ledger.ts';

/** A record that failed in the delivery stream `events`. */
export function failedRecord(at: string, members: Partial<FailedRecord> = {}): FailedRecord {
  const origin = { kind: 'delivery-stream', deliveryStream: 'events' } as const;
  return { kind: 'record', at, data: `{"n":"${at}"}`, code: 'C', arrival: undefined, origin, ...members };
}

export function containerOf(name: string, letters: readonly Found[], members: Partial<Container> = {}): Container {
  return {
    name,
    isSmall: false,
    time: undefined,
    async *letters() {
      yield* letters;
    },
    settle: async () => {},
    leave: async () => {},
    ...members,
  };
}

/** A replay whose destinations are lists. */
export function replayWith(command: object = {}, overrides: Partial<Replay> = {}) {
  const puts: string[] = [];
  const outgoing: Outgoing[] = [];
  const quarantined: Letter[] = [];
  const minutes = { remainingMs: () => 300_000 };
  const replay: Replay = {
    command: readCommand({ source: 's3://errors/', ...command }),
    ledger: memoryLedger(),
    summary: emptySummary(),
    samples: new Map(),
    pace: pace(undefined),
    times: { puts: minutes, invocations: minutes },
    reserveMs: 20_000,
    underWay: { records: 0 },
    putBack: async (records) => {
      outgoing.push(...records);
      puts.push(...records.map(({ record }) => record.data));
      return records.map(() => CONFIRMED);
    },
    findPut: async () => new Set(),
    quarantine: async (_source, letter) => {
      quarantined.push(letter);
    },
    takeBack: async () => {},
    reportLost: async () => {},
    ...overrides,
  };
  return { replay, puts, outgoing, quarantined };
}

/** Replays a container that nobody else wants. */
export async function replayed(container: Container, replay: Replay, ledger: Ledger = replay.ledger) {
  const owner = 'a test';
  const lease = await ledger.lease(container.name, owner, Date.now() + 60_000);
  return await replayContainer({ ...container, owner, begun: lease?.begun ?? true }, replay);
}
