/**
 * `node bench/replay-memory.ts [--mb N] [--record BYTES] [--json FILE]`: replays an error prefix of so many megabytes, every second
 * object packed, through the deployed function, which is killed above its 256 MB. Prints the largest it has been; exit code 1 where a
 * record is not in the lake once.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { replayWorld } from '../test/end-to-end/replay-world.ts';
import { processingFailed } from '../test/factories/dead-letter.ts';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    record: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
});

const OBJECT_BYTES = 25_000_000;
const padding = 'abcdefghij'.repeat(Math.ceil(Number(values.record) / 10));

const world = await replayWorld();
try {
  await world.deploy('redact');
  let records = 0;
  let bytes = 0;
  for (let object = 0; bytes < Number(values.mb) * 1e6; object++) {
    const lines: string[] = [];
    for (let size = 0; size < OBJECT_BYTES; ) {
      const line = `${processingFailed(`${JSON.stringify({ n: records++, padding })}\n`)}\n`;
      lines.push(line);
      size += line.length;
      bytes += line.length;
    }
    const id = `fc19854e-f409-438d-a7f4-${String(object).padStart(12, '0')}`;
    const key = `errors/events/processing-failed/2026/11/20/10/${world.names.delivery}-1-2026-11-20-10-56-20-${id}`;
    const body = Buffer.from(lines.join(''));
    await world.account.objects.put(world.names.lake, key, object % 2 === 1 ? gzipSync(body, { level: 1 }) : body);
  }
  const began = performance.now();
  const answer = await world.replay({ source: 'errors' });
  const seconds = (performance.now() - began) / 1000;
  await world.account.drain({ timeoutMs: 300_000 });
  const lake = await world.lake();
  const peakMb = world.account.functions.figures().find(({ name }) => name === world.names.replayer)?.peakMemoryMb;
  const once = [...lake.values()].filter((count) => count === 1).length;
  const figures = { records, errorMb: Math.round(bytes / 1e6), replayed: answer.replayed, once, seconds, peakMb };
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  process.exitCode = once === records && lake.size === records ? 0 : 1;
} finally {
  await world.stop();
}
