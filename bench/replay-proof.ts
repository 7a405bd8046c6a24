/**
 * `node bench/replay-proof.ts [--records N] [--kills N] [--json FILE]`: a transform fails 5 % of the records, is then
 * mended, and the replayer brings every one into the lake, first left alone, then killed at random requests. Prints what was lost, what
 * is there twice, and what it took; exit code 1 where that is anything.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Kill, type ReplayWorld, replayWorld, runKilled } from '../test/end-to-end/replay-world.ts';
import { randomFrom } from '../test/factories/random.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});

interface Figures {
  readonly records: number;
  readonly failed: number;
  readonly errorObjects: number;
  readonly killed: number;
  readonly replaySeconds: number;
  /** Records that were put twice, and told apart. */
  readonly alreadyReplayed: number;
  readonly lost: number;
  readonly twice: number;
  readonly replayerPeakMb: number;
}

const RECORDS = Number(values.records);
/** Records are put in so many parts: an object of errors each. */
const PARTS = 20;

/** One in twenty lacks its type, without which the pipeline `clickstream` fails it. */
function event(run: string, n: number): string {
  const type = n % 20 === 7 ? {} : { eventType: 'page_view' };
  const user = { id: `u-${n % 999}`, email: `person${n % 999}@example.com` };
  return JSON.stringify({ eventId: `${run}-${n}`, ...type, timestamp: '2026-09-19T09:10:23.187Z', user });
}

async function prove(world: ReplayWorld, run: string, kills: readonly Kill[]): Promise<Figures> {
  let alreadyReplayed = 0;
  const stopListening = world.account.functions.onLog((name, line) => {
    const match = name === world.names.transform ? /"already replayed":(\d+)/.exec(line) : null;
    if (match !== null && line.includes('records transformed')) alreadyReplayed += Number(match[1]);
  });
  await world.deploy('clickstream');
  const failed = await fail(world, run);
  const errorObjects = (await world.errors()).length;
  await world.deploy('redact');
  const began = performance.now();
  const killed = kills.length > 0 ? (await runKilled(world, { source: 'errors' }, kills)).killed : 0;
  await world.replay({ source: 'errors' });
  const replaySeconds = (performance.now() - began) / 1000;
  await world.account.drain({ timeoutMs: 300_000 });
  stopListening();
  const counts = await idsInLake(world, run);
  return {
    records: RECORDS,
    failed,
    errorObjects,
    killed,
    replaySeconds,
    alreadyReplayed,
    lost: RECORDS - counts.size,
    twice: [...counts.values()].filter((count) => count > 1).length,
    replayerPeakMb:
      world.account.functions.figures().find(({ name }) => name === world.names.replayer)?.peakMemoryMb ?? 0,
  };
}

/** Puts the records through the transform; gives how many it failed. */
async function fail(world: ReplayWorld, run: string): Promise<number> {
  const part = Math.ceil(RECORDS / PARTS);
  for (let from = 0; from < RECORDS; from += part) {
    const size = Math.min(part, RECORDS - from);
    await world.put(Array.from({ length: size }, (_, n) => `${event(run, from + n)}\n`));
    await world.account.drain({ timeoutMs: 300_000 });
  }
  return RECORDS - (await idsInLake(world, run)).size;
}

async function idsInLake(world: ReplayWorld, run: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [line, count] of await world.lake()) {
    const id = /"eventId":"([^"]+)"/.exec(line)?.[1] ?? line;
    if (id.startsWith(`${run}-`)) counts.set(id, (counts.get(id) ?? 0) + count);
  }
  return counts;
}

const world = await replayWorld();
try {
  const random = randomFrom(29);
  // At any request, and, every third time, at one that puts records: it is carried out, and nobody hears of it.
  const kills = Array.from({ length: Number(values.kills) }, (_, n) =>
    n % 3 === 2 ? 'PutRecordBatch' : 2 + Math.floor(random() * 40),
  );
  const figures = { alone: await prove(world, 'alone', []), killed: await prove(world, 'killed', kills) };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  const isProved = Object.values(figures).every(({ lost, twice, failed }) => lost === 0 && twice === 0 && failed > 0);
  process.exitCode = isProved ? 0 : 1;
} finally {
  await world.stop();
}
