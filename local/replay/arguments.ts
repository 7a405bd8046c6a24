import { flag, parseOptions, text } from '../command-line/parse-options.ts';
import { UsageError } from '../input/failure.ts';

/** What `npm run replay` was asked to do. */
export interface ReplayOptions {
  /** Sources as the replayer takes them, one after the other. */
  readonly sources: readonly string[];
  /** What of the command goes to the replayer as it is. */
  readonly command: Readonly<Record<string, unknown>>;
  readonly dryRun: boolean;
  readonly limit: number | undefined;
  readonly ratePerSecond: number | undefined;
  readonly endpoint: string | undefined;
  readonly functionName: string;
  readonly data: string;
  readonly pipeline: string;
  readonly help: boolean;
}

export const HELP = `npm run replay -- [options]

Has the dead-letter replayer put dead letters back where they came from, and shows how far it is. It works on the account of
\`npm start -- --keep\` where that is up, else on what the last \`npm start\` left, or on any endpoint, AWS included.

  --source WHERE           errors (what Firehose could not process), queue (what functions gave up on), s3://bucket/prefix, a
                           queue's URL or ARN; may be given again (default: errors, then queue)
  --since, --until TIME    only records that arrived then, as 2026-01-31T12:00:00Z
  --error-code CODE        only records that failed with this code
  --match JSON             only records with these values, as '{"user.id":"u-1"}'
  --to-stream NAME         put them all there; also --to-delivery-stream NAME, --to-function NAME
  --dry-run                change nothing, and show what each code's records look like, without their values
  --rate N                 at most N records a second
  --limit N                at most N records
  --max-attempts N         records replayed so often are put aside (default 3)
  --settle remove|tag      what becomes of an object when all its records are replayed
  --endpoint URL           where the account is (default: AWS_ENDPOINT_URL, else the account of npm start); aws is AWS itself
  --function NAME          the replayer there (default sluice-local-deadLetterReplayer)
  --data DIR               the folder of npm start (default .sluice)
  --pipeline NAME          the pipeline of that run (default clickstream)
  --help                   this text

Exit codes: 0 everything that was asked for is put back or put aside; 1 something was left; 2 the command can't be carried out.
`;

/** Throws a UsageError that names the option. */
export function readArguments(argv: readonly string[]): ReplayOptions {
  const values = parseOptions(argv, OPTIONS, 'npm run replay');
  const limit = positive('--limit', values.limit);
  const ratePerSecond = positive('--rate', values.rate);
  const command = {
    since: values.since,
    until: values.until,
    errorCode: values['error-code'],
    match: values.match === undefined ? undefined : jsonOf(values.match),
    to: targetOf(values),
    maxAttempts: positive('--max-attempts', values['max-attempts']),
    settle: values.settle,
    ratePerSecond,
  };
  return {
    sources: values.source ?? ['errors', 'queue'],
    command: Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined)),
    dryRun: values['dry-run'] ?? false,
    limit,
    ratePerSecond,
    endpoint: values.endpoint,
    functionName: values.function ?? 'sluice-local-deadLetterReplayer',
    data: values.data ?? '.sluice',
    pipeline: values.pipeline ?? 'clickstream',
    help: values.help ?? false,
  };
}

const OPTIONS = {
  source: { ...text, multiple: true },
  since: text,
  until: text,
  'error-code': text,
  match: text,
  'to-stream': text,
  'to-delivery-stream': text,
  'to-function': text,
  'dry-run': flag,
  rate: text,
  limit: text,
  'max-attempts': text,
  settle: text,
  endpoint: text,
  function: text,
  data: text,
  pipeline: text,
  help: { ...flag, short: 'h' },
} as const;

function targetOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const given = [
    { stream: values['to-stream'] },
    { deliveryStream: values['to-delivery-stream'] },
    { function: values['to-function'] },
  ].filter((target) => Object.values(target)[0] !== undefined);
  if (given.length > 1) throw new UsageError('Records can be put to one place only: give one of the --to options');
  return given[0];
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${option} ${text}: a number above 0 is needed`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--match ${text}: JSON is needed, as '{"user.id":"u-1"}'`);
  }
}
