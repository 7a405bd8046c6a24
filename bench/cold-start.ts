/**
 * `node bench/cold-start.ts [--json FILE]`: how large the transform's bundle is, and what importing it costs over a handler
 * that does nothing. Each import in a process of its own, the two kinds in turns. Needs `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { atMost, type Bar, showBars } from './bars.ts';

const BUNDLE = 'dist/firehose-transform/index.cjs';
const PROCESSES = 25;

/** What a process spends on importing a file: elapsed time, and the processor's, which other work on the machine does not lengthen. */
interface Import {
  readonly elapsedMs: number;
  readonly cpuMs: number;
}

const SCRIPT = `
  const cpu = process.cpuUsage(), start = performance.now();
  require(process.argv[1]);
  const elapsedMs = performance.now() - start, { user, system } = process.cpuUsage(cpu);
  process.stdout.write(JSON.stringify({ elapsedMs, cpuMs: (user + system) / 1000 }));
  process.exit(0);`;

function importOf(file: string): Import {
  const env = {
    ...process.env,
    PIPELINE: 'clickstream',
    MASK_KEY: 'a key for the bench',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  return JSON.parse(execFileSync(process.execPath, ['-e', SCRIPT, file], { env, encoding: 'utf8' }));
}

function median(imports: readonly Import[], of: keyof Import): number {
  const sorted = imports.map((each) => each[of]).sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const bare = join(folder, 'bare.cjs');
    writeFileSync(bare, 'exports.handler = async () => ({ records: [] });\n');
    const imports: Record<'bare' | 'bundle', Import[]> = { bare: [], bundle: [] };
    for (let round = 0; round < PROCESSES; round++) {
      imports.bare.push(importOf(bare));
      imports.bundle.push(importOf(resolve(BUNDLE)));
    }
    const over = (of: keyof Import) => median(imports.bundle, of) - median(imports.bare, of);
    return { bytes: statSync(BUNDLE).size, processes: PROCESSES, elapsedMs: over('elapsedMs'), cpuMs: over('cpuMs') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const coldStart = measure();
const { bytes, elapsedMs, cpuMs } = coldStart;
console.log(
  `\nstart of the transform: medians of ${PROCESSES} processes each\n` +
    `index.cjs ${(bytes / 1024).toFixed(0)} KiB; importing it takes ${cpuMs.toFixed(1)} ms of processor time over a bare handler, ${elapsedMs.toFixed(1)} ms elapsed`,
);
const bars: readonly Bar[] = [
  atMost('bundle without SDK clients: at most 250 KiB', bytes / 1024, 250),
  atMost('import over a bare handler: at most 25 ms of processor time', cpuMs, 25),
];
showBars(bars);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ coldStart, bars }, null, 2)}\n`);
