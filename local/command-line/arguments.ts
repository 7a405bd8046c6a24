import { UsageError } from '../input/failure.ts';
import { flag, parseOptions, text } from './parse-options.ts';

/** What `npm start` was asked to do. */
export interface Options {
  readonly pipeline: string;
  /** A path, or `-` for standard input; undefined: records are generated. */
  readonly input: string | undefined;
  /** Whether the input's rows are lines or CSV rows, which may hold line ends in quotes. */
  readonly rows: 'line' | 'csv';
  readonly events: number;
  readonly logEvents: number;
  readonly seed: number;
  /** Records a second; undefined: as fast as they are taken. */
  readonly rate: number | undefined;
  readonly data: string;
  readonly report: string | undefined;
  readonly keep: boolean;
  readonly port: number | undefined;
  readonly help: boolean;
}

const EVENTS = 20_000;
const LOG_EVENTS = 2_000;
const MOST = 1_000_000_000;

export function helpText(pipelines: readonly string[]): string {
  return `npm start -- [options]

Runs records through the whole pipeline in an AWS account of its own: Kinesis, the consumer, Firehose, the transform, and
a lake in S3. Nothing leaves this machine. At the end every record is accounted for.

  --input FILE       your own records: NDJSON, CSV or log lines, plain or .gz, of any size; - is standard input
                     (without it, events are generated)
  --pipeline NAME    ${pipelines.join(', ')} (default clickstream)
  --events N         how many events to generate (default ${grouped(EVENTS)})
  --logs N           how many log events to generate (default ${grouped(LOG_EVENTS)}; none with --input)
  --seed N           the same seed generates the same events (default 1)
  --rate N           at most N records a second
  --rows line|csv    how the input is cut into records (default: csv for *.csv and *.csv.gz, else line)
  --data DIR         where lake, quarantine and the rest are kept (default .sluice); a run clears what the run before left
  --report FILE      write the figures as JSON
  --keep             stay up afterwards, as an endpoint for the AWS CLI and SDKs
  --port N           the endpoint's port (default: any that is free)
  --help             this text

Afterwards, query the lake:  npm run sql -- "select event_type, count(*) from clickstream group by 1"

Exit codes: 0 every record is accounted for; 1 some are not, or the input was damaged; 2 the command can't be carried out
as given; 130 interrupted.
`;
}

const grouped = (value: number): string => value.toLocaleString('en-US');

/** Throws a UsageError that names the option. */
export function readArguments(argv: readonly string[], pipelines: readonly string[]): Options {
  const values = parseOptions(argv, OPTIONS, 'npm start');
  const pipeline = values.pipeline ?? 'clickstream';
  if (!values.help && !pipelines.includes(pipeline)) {
    throw new UsageError(`--pipeline ${pipeline}: there is no such pipeline. Known: ${pipelines.join(', ')}`);
  }
  if (values.input !== undefined && (values.events ?? values.logs) !== undefined) {
    throw new UsageError('--events and --logs are for generated records: leave them out with --input');
  }
  const events = whole('--events', values.events, 1, MOST) ?? EVENTS;
  const logEvents = whole('--logs', values.logs, 0, MOST);
  return {
    pipeline,
    input: path('--input', values.input),
    rows: rowsOf(values.rows, values.input),
    events,
    logEvents: values.input !== undefined ? 0 : (logEvents ?? Math.min(LOG_EVENTS, Math.ceil(events / 10))),
    seed: whole('--seed', values.seed, 0, 2 ** 31 - 1) ?? 1,
    rate: whole('--rate', values.rate, 1, MOST),
    data: path('--data', values.data) ?? '.sluice',
    report: path('--report', values.report),
    keep: values.keep ?? false,
    port: whole('--port', values.port, 0, 65_535),
    help: values.help ?? false,
  };
}

const OPTIONS = {
  pipeline: text,
  input: text,
  rows: text,
  events: text,
  logs: text,
  seed: text,
  rate: text,
  data: text,
  report: text,
  port: text,
  keep: flag,
  help: { ...flag, short: 'h' },
} as const;

function whole(option: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d[\d_,]*$/.test(text) ? Number(text.replace(/[_,]/g, '')) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${option} ${text}: a whole number from ${grouped(least)} to ${grouped(most)} is needed`);
}

function path(option: string, text: string | undefined): string | undefined {
  if (text === '') throw new UsageError(`${option} needs a path`);
  return text;
}

function rowsOf(rows: string | undefined, input: string | undefined): 'line' | 'csv' {
  if (rows === 'line' || rows === 'csv') return rows;
  if (rows !== undefined) throw new UsageError(`--rows ${rows}: it is line or csv`);
  return /\.csv(\.gz)?$/i.test(input ?? '') ? 'csv' : 'line';
}
