import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReplayWorld, replayWorld } from './replay-world.ts';

/** The 6 MB answer, through the built bundle: records that unpack to more than one answer has room for. */

const RECORDS = 20;
const DOCUMENTS = 200;
const FILLER = 'x'.repeat(5_000);

let world: ReplayWorld;
beforeAll(async () => {
  world = await replayWorld();
});
afterAll(() => world.stop());

/** A record of some kilobytes, gzip, that unpacks to a megabyte of documents. */
function packed(record: number): Buffer {
  const documents = Array.from({ length: DOCUMENTS }, (_, n) => JSON.stringify({ record, n, filler: FILLER }));
  return gzipSync(documents.join('\n'));
}

/** Documents of the lake by `record:n`, and how often each stands there. */
async function delivered(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [line, count] of await world.lake()) {
    const { record, n } = JSON.parse(line);
    counts.set(`${record}:${n}`, (counts.get(`${record}:${n}`) ?? 0) + count);
  }
  return counts;
}

it('puts back what one answer has no room for, and delivers every document once', async () => {
  let putBack = 0;
  world.account.functions.onLog((name, line) => {
    if (name === world.names.transform) putBack += Number(/"reingested":(\d+)/.exec(line)?.[1] ?? 0);
  });
  await world.put(Array.from({ length: RECORDS }, (_, record) => packed(record)));
  await world.account.drain();
  const counts = await delivered();
  expect(putBack).toBeGreaterThan(0);
  expect(counts.size).toBe(RECORDS * DOCUMENTS);
  expect([...counts.values()].every((count) => count === 1)).toBe(true);
  expect(await world.errors()).toEqual([]);
});

it('takes a record apart that expands fiftyfold, and fails one whose only document can never fit', async () => {
  const [lines, only] = [RECORDS, RECORDS + 1];
  const many = Array.from({ length: DOCUMENTS * 10 }, (_, n) => JSON.stringify({ record: lines, n, filler: FILLER }));
  const fiftyfold = gzipSync(many.join('\n'));
  expect(many.join('\n').length / fiftyfold.length).toBeGreaterThan(50);
  const endless = gzipSync(JSON.stringify({ record: only, n: 0, filler: 'x'.repeat(7_000_000) }));
  await world.put([fiftyfold, endless]);
  await world.account.drain();
  const counts = await delivered();
  const ofLines = [...counts].filter(([name]) => name.startsWith(`${lines}:`));
  expect(ofLines).toHaveLength(DOCUMENTS * 10);
  expect(ofLines.every(([, count]) => count === 1)).toBe(true);
  expect([...counts.keys()].filter((name) => name.startsWith(`${only}:`))).toEqual([]);
  const [errors, ...others] = await world.errors();
  expect(others).toEqual([]);
  const object = await world.account.objects.get(world.names.lake, errors!);
  const entry = JSON.parse(errors!.endsWith('.gz') ? gunzipSync(object).toString() : object.toString());
  expect(entry.errorCode).toBe('Lambda.ProcessingFailedStatus');
  expect(Buffer.from(entry.rawData, 'base64').equals(endless)).toBe(true);
});
