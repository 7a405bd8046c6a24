/** `npm run sql -- "select …"`: queries the lake of a run. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NoRunError } from './catalog.ts';
import { resultJson, resultTable } from './result-text.ts';
import { QueryError, runQuery } from './run-query.ts';

const EXIT = { done: 0, failed: 1, usage: 2 } as const;
/** Rows that a table shows. */
const MOST_SHOWN = 1000;
const WIDEST_CELL = 80;

const HELP = `Queries the lake that \`npm start\` has filled: a view for each table of the stack, by DuckDB.

  npm run sql -- "select event_type, count(*) from clickstream group by 1"
  npm run sql -- "show tables"
  npm run sql -- - < query.sql          the query from standard input

  --data DIR   the folder of the run (default .sluice)
  --json       the rows as a JSON array
  --help       this text
`;

interface Arguments {
  readonly sql: string;
  readonly data: string;
  readonly json: boolean;
}

class UsageError extends Error {}

/** Undefined when help is asked for. */
function readArguments(argv: readonly string[]): Arguments | undefined {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
  const { values, positionals } = parsed;
  if (values.help) return undefined;
  if (positionals.length > 1) throw new UsageError('One query at a time: put it in quotes.');
  const given = positionals[0] === '-' ? readFileSync(0, 'utf8') : (positionals[0] ?? 'show tables');
  const sql = given.trim();
  if (sql === '') throw new UsageError('The query is empty.');
  return { sql, data: values.data, json: values.json };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.sluice' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readArguments(argv);
  if (options === undefined) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  const limit = options.json ? Number.MAX_SAFE_INTEGER - 1 : MOST_SHOWN;
  const result = await runQuery(options.sql, options.data, limit);
  process.stdout.write(options.json ? resultJson(result) : resultTable(result, WIDEST_CELL));
  return EXIT.done;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `| head` has seen enough.
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (cause) {
  if (!(cause instanceof UsageError || cause instanceof QueryError || cause instanceof NoRunError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  if (cause instanceof UsageError) process.stderr.write(`\n${HELP}`);
  process.exitCode = cause instanceof UsageError ? EXIT.usage : EXIT.failed;
}
