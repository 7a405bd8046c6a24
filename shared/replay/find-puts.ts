import { createHash } from 'node:crypto';
import { kinesis } from '../platform/clients.ts';
import { sleep } from '../platform/clock.ts';
import { LEASE_MS } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { Letter } from './letters.ts';

/** How far the stream's clock may be from that of the invocation that put. */
const SKEW_MS = 1_000;
/** A put may have been under way for this long when its invocation was killed. */
const UNDER_WAY_MS = LEASE_MS + 5_000;
/** A shard takes five reads a second, of all its readers. */
const PAUSE_MS = 200;
const MOST_PAGES = 2_000;

/**
 * Which of the letters that an earlier invocation was about to put did arrive. Streams are read back from then on; the
 * decoder notes what it has delivered. Letters to other places are not looked for: those to delivery streams whose transform opens
 * envelopes are told apart there; of the rest nothing can be known. `claimedAt` gives the time of the claim by the letter's place.
 */
export async function findPuts(
  letters: readonly Letter[],
  claimedAt: ReadonlyMap<string, number>,
  ledger: Ledger,
): Promise<ReadonlySet<Letter>> {
  const found = new Set<Letter>();
  const decoded = letters.filter(({ address }) => address.kind === 'logs');
  if (decoded.length > 0) {
    const passes = await ledger.passes(decoded.map(({ token }) => token));
    for (const letter of decoded) if (passes.has(letter.token)) found.add(letter);
  }
  const streamed = letters.filter(({ address }) => address.kind === 'stream');
  for (const [stream, group] of Map.groupBy(streamed, ({ address }) => address.name)) {
    for (const letter of await findInStream(stream, group, claimedAt)) found.add(letter);
  }
  return found;
}

/** What is looked for, and when it can have been put. */
interface Search {
  /** By the digest of their bytes. */
  readonly wanted: Map<string, Letter[]>;
  /** Sequence numbers of the records that failed: they have the same bytes. */
  readonly originals: ReadonlySet<string | undefined>;
  readonly from: number;
  readonly to: number;
  left: number;
}

/** Equal records can't be told apart: of so many as are found in the stream, as many letters count as put. */
async function findInStream(
  stream: string,
  letters: readonly Letter[],
  claimedAt: ReadonlyMap<string, number>,
): Promise<readonly Letter[]> {
  const times = letters.map(({ record }) => claimedAt.get(record.at) ?? 0);
  const search: Search = {
    wanted: Map.groupBy(letters, ({ digest }) => digest),
    originals: new Set(
      letters.map(({ record: { origin } }) => (origin?.kind === 'stream' ? origin.sequenceNumber : undefined)),
    ),
    from: Math.min(...times) - SKEW_MS,
    to: Math.max(...times) + UNDER_WAY_MS,
    left: letters.length,
  };
  const found: Letter[] = [];
  for (const shard of await shardsOf(stream)) {
    if (search.left > 0) found.push(...(await findInShard(stream, shard, search)));
  }
  return found;
}

async function shardsOf(stream: string): Promise<readonly string[]> {
  const { aws, client } = await kinesis();
  const shards: string[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(new aws.ListShardsCommand(next === undefined ? named(stream) : { NextToken: next }));
    shards.push(...(page.Shards ?? []).map(({ ShardId }) => ShardId ?? ''));
    next = page.NextToken;
  } while (next !== undefined);
  return shards;
}

async function findInShard(stream: string, shard: string, search: Search): Promise<readonly Letter[]> {
  const { aws, client } = await kinesis();
  const place = { ...named(stream), ShardId: shard, ShardIteratorType: 'AT_TIMESTAMP' } as const;
  const first = await client.send(
    new aws.GetShardIteratorCommand({ ...place, Timestamp: new Date(Math.max(search.from, 0)) }),
  );
  const found: Letter[] = [];
  let iterator = first.ShardIterator;
  for (let page = 0; iterator !== undefined && search.left > 0; page++) {
    if (page === MOST_PAGES) throw new Error('The stream could not be read back to where records were put.');
    if (page > 0) await sleep(PAUSE_MS);
    const { Records, NextShardIterator, MillisBehindLatest } = await client.send(
      new aws.GetRecordsCommand({ ShardIterator: iterator }),
    );
    for (const { Data, SequenceNumber, ApproximateArrivalTimestamp: arrival } of Records ?? []) {
      if ((arrival?.getTime() ?? 0) > search.to) return found;
      if (search.originals.has(SequenceNumber)) continue;
      const letter = search.wanted.get(digestOf(Data ?? new Uint8Array()))?.pop();
      if (letter === undefined) continue;
      found.push(letter);
      search.left -= 1;
    }
    if (MillisBehindLatest === 0) return found;
    iterator = NextShardIterator;
  }
  return found;
}

function named(stream: string): { StreamARN: string } | { StreamName: string } {
  return stream.startsWith('arn:') ? { StreamARN: stream } : { StreamName: stream };
}

function digestOf(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
