/** The command `npm start`: reads its arguments, runs the job, says how it went. */
import { writeFileSync } from 'node:fs';
import type { LocalAccount } from '../account/start-local.ts';
import { isBalanced } from '../accounting/balance.ts';
import { helpText, type Options, readArguments } from '../command-line/arguments.ts';
import { type DataFolder, openDataFolder } from '../data-folder/data-folder.ts';
import { GENERATORS } from '../generator/index.ts';
import { explainWrite, UsageError } from '../input/failure.ts';
import { openInput } from '../input/open.ts';
import { writeEndpoint } from '../replay/endpoint-file.ts';
import type { RunReport } from '../report/run-report.ts';
import { reportText } from '../report/text.ts';
import { CompileError } from '../stack/compile.ts';
import { keepUp } from './keep-up.ts';
import { runJob } from './run.ts';

const EXIT = { balanced: 0, unbalanced: 1, unusable: 2, interrupted: 130 } as const;

/** Gives the exit code. */
export async function start(argv: readonly string[]): Promise<number> {
  return await main(argv).catch(tell);
}

async function main(argv: readonly string[]): Promise<number> {
  const pipelines = Object.keys(GENERATORS);
  const options = readArguments(argv, pipelines);
  if (options.help) {
    process.stdout.write(helpText(pipelines));
    return EXIT.balanced;
  }
  const input = options.input === undefined ? undefined : await openInput(options.input);
  if (options.report !== undefined) tryReport(options.report);
  const folder = openDataFolder(options.data);
  try {
    return await runAndReport(options, input, folder);
  } finally {
    await input?.close();
    folder.release();
  }
}

async function runAndReport(
  options: Options,
  input: Awaited<ReturnType<typeof openInput>> | undefined,
  folder: DataFolder,
): Promise<number> {
  const signal = interruption(folder);
  const { account, report } = await runJob({ ...options, signal }, input);
  try {
    if (input !== undefined && report.in === 0 && !report.interrupted && !report.damaged) {
      throw new UsageError(`${input.name} holds no records`);
    }
    process.stdout.write(reportText(report));
    if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
    if (options.keep && !report.interrupted) await stayUp(account, options.data, signal);
    return exitCode(report);
  } finally {
    await account.stop().catch((cause: unknown) => {
      // A disk that is full is told already.
      if (account.diskFault() === undefined) throw cause;
    });
  }
}

/** For as long as it is up, `npm run replay` finds it. */
async function stayUp(account: LocalAccount, data: string, signal: AbortSignal): Promise<void> {
  const forget = writeEndpoint(data, account.endpoint);
  try {
    await keepUp(account, signal);
  } finally {
    forget();
  }
}

function exitCode(report: RunReport): number {
  if (report.interrupted) return EXIT.interrupted;
  return isBalanced(report) && !report.damaged ? EXIT.balanced : EXIT.unbalanced;
}

/** Before the run rather than after it. */
function tryReport(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a' });
  } catch (cause) {
    throw new UsageError(`--report ${path}: ${explainWrite(cause)}`);
  }
}

/** The first Ctrl-C stops sending, and lets what was sent go its way; the second ends at once. */
function interruption(folder: DataFolder): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      folder.release();
      process.exit(EXIT.interrupted);
    }
    process.stderr.write('\nInterrupted: what was sent is being delivered. Again to stop at once.\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

function tell(cause: unknown): number {
  const isUsage = cause instanceof UsageError || isBusyPort(cause);
  const isPlain = isUsage || cause instanceof CompileError;
  const text = cause instanceof Error ? (isPlain ? cause.message : (cause.stack ?? cause.message)) : String(cause);
  process.stderr.write(`${text}\n`);
  return isUsage ? EXIT.unusable : EXIT.unbalanced;
}

function isBusyPort(cause: unknown): boolean {
  const code = ((cause as Error)?.cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
