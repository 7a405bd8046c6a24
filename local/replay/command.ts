/** `npm run replay`: the dead-letter replayer, driven by hand, with a progress bar. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startLocal } from '../account/start-local.ts';
import { lockFolder } from '../data-folder/lock.ts';
import { UsageError } from '../input/failure.ts';
import { HELP, type ReplayOptions, readArguments } from './arguments.ts';
import { readEndpoint } from './endpoint-file.ts';
import { keepLedger, readLedger } from './ledger-file.ts';
import { connectReplayer } from './replayer.ts';
import { replayText } from './report.ts';
import { isDone, runReplay } from './run.ts';

async function main(argv: readonly string[]): Promise<number> {
  const options = readArguments(argv);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const given = options.endpoint ?? process.env.AWS_ENDPOINT_URL ?? (await readEndpoint(options.data));
  if (given !== undefined) return await replayAt(given, options);
  return await replayLeft(options);
}

async function replayAt(endpoint: string, options: ReplayOptions): Promise<number> {
  // AWS itself is reached as the environment says.
  const replayer = connectReplayer(endpoint === 'aws' ? undefined : endpoint, options.functionName);
  try {
    const reports = await runReplay(replayer, options);
    process.stdout.write(replayText(reports, options.dryRun));
    return isDone(reports, options) ? 0 : 1;
  } finally {
    replayer.close();
  }
}

/** Brings up the account of the last run, as far as it is on disk: its buckets. */
async function replayLeft(options: ReplayOptions): Promise<number> {
  const dataDir = resolve(options.data);
  if (!existsSync(join(dataDir, 's3'))) {
    throw new UsageError(`There is no account in ${options.data}: run npm start first, or give --endpoint`);
  }
  const release = lockFolder(options.data);
  const account = await startLocal({ dataDir, pipeline: options.pipeline });
  try {
    await readLedger(account, dataDir);
    const code = await replayAt(account.endpoint, options);
    await account.drain();
    return code;
  } finally {
    await keepLedger(account, dataDir);
    await account.stop();
    release();
  }
}

function tell(cause: unknown): number {
  const isUsage = cause instanceof UsageError;
  process.stderr.write(`${cause instanceof Error ? (isUsage ? cause.message : cause.stack) : String(cause)}\n`);
  return isUsage ? 2 : 1;
}

process.exit(await main(process.argv.slice(2)).catch(tell));
