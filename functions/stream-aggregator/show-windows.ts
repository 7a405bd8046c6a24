/** `npm run windows`: what the stream aggregator counted, merged over shards, into the windows that are asked for. */
import { parseArgs } from 'node:util';
import { pipelineNamed, UnknownPipelineError } from '../../pipelines/index.ts';
import { durationMs } from '../../shared/aggregate/duration.ts';
import { panesOf } from '../../shared/aggregate/panes.ts';
import { now } from '../../shared/platform/clock.ts';
import { setting } from '../../shared/platform/settings.ts';
import { NoWindowsError, type WindowsSource, windowsOfRun, windowsOfTable } from './windows-source.ts';
import { aggregateText } from './windows-text.ts';

const HELP = `Shows what the stream aggregator counted.

  npm run windows                                     of the last run of npm start
  npm run windows -- --last 15m --every 1h --rows 24
  AWS_ENDPOINT_URL=… npm run windows -- --table sluice-local-windows

  --pipeline NAME     whose aggregates (default clickstream)
  --aggregate NAME    one of them only
  --last LENGTH       length of the sliding window (default 5m)
  --at TIME           its end (default: that of the last window there is)
  --every LENGTH      length of the tumbling windows (default 5m)
  --rows N            how many of them, and of the most frequent values (default 10)
  --session-gap LENGTH  sessions too: windows of a group with less than this between them
  --data DIR          the folder of the run (default .sluice)
  --table NAME        a table instead, by the endpoint and credentials that AWS clients find
  --from TIME, --to TIME  what is read of a table (default: the last seven days)
`;

const OPTIONS = {
  pipeline: { type: 'string', default: 'clickstream' },
  aggregate: { type: 'string' },
  last: { type: 'string', default: '5m' },
  at: { type: 'string' },
  every: { type: 'string', default: '5m' },
  rows: { type: 'string', default: '10' },
  'session-gap': { type: 'string' },
  data: { type: 'string', default: '.sluice' },
  table: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const WEEK_MS = 7 * 86_400_000;

class UsageError extends Error {}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

type Arguments = ReturnType<typeof readArguments>;

function length(name: string, text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new UsageError(`--${name} must be a number with its unit, such as 5m, not ${text}.`);
  return ms;
}

function moment(name: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UsageError(`--${name} must be a time, such as 2026-11-20T09:00:00Z, not ${text}.`);
  return ms;
}

function sourceOf({ table, data, from, to }: Arguments): WindowsSource {
  const name = table ?? setting('WINDOWS_TABLE');
  if (name === undefined) return windowsOfRun(data);
  const end = to === undefined ? now() : moment('to', to);
  return windowsOfTable(name, from === undefined ? end - WEEK_MS : moment('from', from), end);
}

async function show(argv: readonly string[]): Promise<string> {
  const options = readArguments(argv);
  if (options.help) return HELP;
  const definitions = pipelineNamed(options.pipeline).aggregate ?? [];
  const asked = definitions.filter(({ name }) => options.aggregate === undefined || name === options.aggregate);
  if (asked.length === 0) throw new UsageError(`The pipeline ${options.pipeline} has no such aggregate.`);
  const gap = options['session-gap'];
  const rows = Number(options.rows);
  if (!Number.isInteger(rows) || rows < 1) throw new UsageError(`--rows must be a whole number above 0.`);
  const view = {
    lastMs: length('last', options.last),
    everyMs: length('every', options.every),
    rows,
    ...(options.at !== undefined && { at: moment('at', options.at) }),
    ...(gap !== undefined && { sessionGapMs: length('session-gap', gap) }),
  };
  const source = sourceOf(options);
  const texts = asked.map(async (definition) =>
    aggregateText(definition, panesOf(await source.read(options.pipeline, definition.name), definition), view),
  );
  return (await Promise.all(texts)).join('\n');
}

try {
  process.stdout.write(await show(process.argv.slice(2)));
} catch (error) {
  const known = [UsageError, NoWindowsError, UnknownPipelineError].some((kind) => error instanceof kind);
  process.stderr.write(`${error instanceof Error ? (known ? error.message : error.stack) : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
