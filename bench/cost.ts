import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseArguments } from '../packaging/usage.ts';
import { computePerGb, firehosePerGb } from './lambda-cost.ts';
import { PRICED_ON, PRICES } from './prices.ts';

/**
 * `npm run bench:cost`: measures the functions on this machine, and states what a gigabyte costs in Lambda's GB-seconds and
 * dollars by memory size, beside Firehose's own price.
 */
const MEMORIES = [512, 1024, 1769];

interface Measured {
  readonly name: string;
  readonly microseconds: number;
  readonly bytes: number;
  /** Records that one invocation handles, and so shares its start with. */
  readonly batch: number;
}

/** Runs one of the benches in a process of its own, and gives the figures it writes. */
function figuresOf<T>(script: string, ...args: readonly string[]): T {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const file = join(folder, 'figures.json');
    execFileSync(process.execPath, [join(import.meta.dirname, script), '--json', file, ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface TransformFigures {
  readonly transform: readonly {
    readonly name: string;
    readonly records: number;
    readonly bytes: number;
    readonly microseconds: number;
  }[];
}

interface ConsumerFigures {
  readonly consumer: readonly { readonly name: string; readonly recordsPerSecond: number; readonly bytes?: number }[];
}

function measured(): readonly Measured[] {
  const { transform } = figuresOf<TransformFigures>('transform.ts', '--seconds', '0.6');
  const { consumer } = figuresOf<ConsumerFigures>('consumer.ts');
  const rows = transform
    .filter(({ name }) => name.startsWith('clickstream'))
    .map(({ name, microseconds, bytes, records }) => ({
      name: `firehoseTransform, ${name}`,
      microseconds,
      bytes,
      batch: records,
    }));
  const consumers = consumer.map(({ name, recordsPerSecond, bytes = 640 }) => ({
    name: `streamConsumer, ${name}`,
    microseconds: 1e6 / recordsPerSecond,
    bytes,
    batch: 500,
  }));
  return [...rows, ...consumers];
}

refuseArguments(`npm run bench:cost

Measures the functions on this machine, and states what a gigabyte costs in Lambda's GB-seconds and dollars by memory size,
beside Firehose's own price.
`);
const columns = MEMORIES.map((memory) => `${memory} MB`.padStart(20)).join('');
console.log(`GB-seconds and dollars for each GB that comes in; prices of ${PRICED_ON}, us-east-1, arm64\n`);
console.log(`${''.padEnd(48)}${'µs/record'.padStart(10)}${columns}`);
for (const { name, microseconds, bytes, batch } of measured()) {
  const cells = MEMORIES.map((memoryMb) => {
    const { gbSeconds, dollars } = computePerGb({ microseconds, bytes, batch, memoryMb }, PRICES);
    return `${gbSeconds.toFixed(1)} GB-s $${dollars.toFixed(5)}`.padStart(20);
  });
  console.log(`${name.padEnd(48)}${microseconds.toFixed(2).padStart(10)}${cells.join('')}`);
}
for (const bytes of [640, 5 * 1024]) {
  console.log(
    `Firehose itself, records of ${bytes} bytes`.padEnd(58) +
      `$${firehosePerGb(bytes, PRICES).toFixed(5)}`.padStart(20),
  );
}
console.log(
  '\nA function has a processor in proportion to its memory, one at 1,769 MB: below that less memory takes longer for the\nsame money, above it one thread gains nothing. An invocation adds 2 ms.',
);
