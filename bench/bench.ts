import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bar } from './bars.ts';

const HELP = `npm run bench [-- options]

Measures, in processor time of one core (all threads of a process, so that collecting garbage counts):
  the Firehose transform, from Lambda's event to the answer, beside parsing and writing JSON alone (the floor), the same
  work written the usual way, and powertools' parser; then by size of a record and of a batch. Each way runs in three processes
  of its own, as a function does, and the median one counts; they take turns, one at a time.
  the stream consumer's records a second.
  the transform's bundle and what importing it costs (it is built first).
After each part stand the bars that were set, and whether they hold.

  --json FILE      writes all figures and bars as JSON
  --seconds N      how long each way is measured in the first table (default 0.6, in each of a way's processes)
  --only PART      transform, consumer or cold-start
  --help           this text
`;

const PARTS = ['transform', 'consumer', 'cold-start'] as const;

/** Each part is a script that stands by itself too. Gives the figures that it wrote. */
function run(part: string, folder: string, ...options: readonly string[]): { readonly bars: readonly Bar[] } {
  const file = join(folder, `${part}.json`);
  const script = join(import.meta.dirname, `${part}.ts`);
  execFileSync(process.execPath, [script, '--json', file, ...options], { stdio: 'inherit' });
  return JSON.parse(readFileSync(file, 'utf8'));
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
const parts = PARTS.filter((part) => values.only === undefined || values.only === part);
if (parts.length === 0) throw new RangeError(`--only takes one of ${PARTS.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
try {
  if (parts.includes('cold-start')) await (await import('../packaging/bundle.ts')).bundleAll();
  const seconds = values.seconds === undefined ? [] : ['--seconds', values.seconds];
  const figures = parts.map((part) => run(part, folder, ...(part === 'transform' ? seconds : [])));
  const bars = figures.flatMap((each) => each.bars);
  console.log(`\n${bars.filter(({ holds }) => holds).length} of ${bars.length} bars hold`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ ...Object.assign({}, ...figures), bars }, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
