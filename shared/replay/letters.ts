import { createHash } from 'node:crypto';
import { bytesOf } from '../record/byte-string.ts';
import type { PastFailure } from '../record/redriven.ts';
import type { FailedRecord } from '../sources/failures/found.ts';
import { type Address, addressOf } from './address.ts';
import type { Target } from './command.ts';
import { ASIDE, type Ledger, replaysBefore, type Story } from './ledger.ts';
import { firstToken, nextToken } from './token.ts';

/** A dead letter with what is known of its record. */
export interface Letter {
  readonly record: FailedRecord;
  readonly address: Address;
  /** SHA-256 of the record's bytes, in hex. */
  readonly digest: string;
  /** How often the record was replayed before it failed as this letter. */
  readonly replays: number;
  /** Every failure before this one. */
  readonly past: readonly PastFailure[];
  /** The same whenever this letter is read, and for whatever else is the same record at the same stage of its way. */
  readonly token: string;
  /** The story by digest that the letter adds to; undefined where the record carries its own. */
  readonly story: Story | undefined;
  /** Another copy of the same record `passed`, or was put `aside`: this one is a leftover. */
  readonly leftover: 'passed' | 'aside' | undefined;
}

/** The dead letter's name in stories and tokens. */
export function letterName(source: string, { at }: FailedRecord): string {
  return `${source} ${at}`;
}

/** Looks up, for a chunk of a source, which of its records were replayed before, how often, and with what end. */
export async function lettersOf(
  source: string,
  records: readonly FailedRecord[],
  target: Target,
  ledger: Ledger,
): Promise<readonly Letter[]> {
  const bare = records.map((record) => ({ record, address: addressOf(record, target), digest: digestOf(record) }));
  const carried = records.flatMap(({ redrive }) => (redrive === undefined ? [] : [redrive.token]));
  const told = bare.filter(({ address }) => !isGuarded(address)).map(({ digest }) => digest);
  const [passes, stories] = await Promise.all([
    carried.length === 0 ? new Map<string, string>() : ledger.passes(carried),
    told.length === 0 ? new Map<string, Story>() : ledger.stories(told),
  ]);
  return bare.map(({ record, address, digest }): Letter => {
    const name = letterName(source, record);
    const story = isGuarded(address) ? undefined : (stories.get(digest) ?? []);
    const told = story === undefined ? 0 : replaysBefore(story, name, record.arrival);
    const { redrive } = record;
    const known = { record, address, digest, story };
    if (redrive === undefined)
      return { ...known, token: firstToken(source, record), replays: told, past: story ?? [], leftover: undefined };
    const passed = passes.get(redrive.token);
    return {
      ...known,
      // A new token follows from the put that went on, where this is what became of it.
      token: passed === redrive.put ? nextToken(redrive.token, redrive.put) : redrive.token,
      leftover: passed === undefined || passed === redrive.put ? undefined : passed === ASIDE ? 'aside' : 'passed',
      replays: Math.max(redrive.attempt, told),
      past: redrive.story,
    };
  });
}

/** The record brings its story with it: the ledger need not keep it. */
function isGuarded(address: Address): boolean {
  return address.kind === 'delivery-stream' && address.guarded;
}

function digestOf({ data }: FailedRecord): string {
  return createHash('sha256').update(bytesOf(data)).digest('hex');
}
