import { showProgress, type Terminal } from '../progress/progress.ts';
import type { ReplayOptions } from './arguments.ts';
import type { ReplayAnswer, Replayer } from './replayer.ts';

/** What became of one source. */
export interface SourceReport {
  readonly source: string;
  /** Of the dry run before. */
  readonly asked: ReplayAnswer;
  replayed: number;
  quarantined: number;
  bytes: number;
  /** Of the last invocation: what was left, and why. */
  failed: Readonly<Record<string, number>>;
  /** Sources that another invocation had. */
  elsewhere: number;
}

/** Records a slice has at least, and how many slices there are of more. */
const LEAST_SLICE = 500;
const SLICES = 20;
const MOST_INVOCATIONS = 1_000;

/**
 * Asks each source what it holds, then has it replayed slice by slice, so that it can be seen how far it is. Where one slice puts
 * nothing back, the rest is what can't be put back.
 */
export async function runReplay(
  replayer: Replayer,
  options: ReplayOptions,
  terminal?: Terminal,
): Promise<readonly SourceReport[]> {
  const reports: SourceReport[] = [];
  for (const source of options.sources) {
    const asked = await replayer.invoke({ ...options.command, source, dryRun: true });
    reports.push({ source, asked, replayed: 0, quarantined: 0, bytes: 0, failed: {}, elsewhere: 0 });
  }
  if (options.dryRun) return reports;
  const stages = reports.map((report) => ({
    name: report.source.length > 10 ? `…${report.source.slice(-9)}` : report.source,
    done: () => report.replayed + report.quarantined,
    expected: Math.min(report.asked.matched, options.limit ?? report.asked.matched),
    note: () => (report.quarantined === 0 ? '' : `${report.quarantined} put aside`),
  }));
  const progress = showProgress(stages, terminal);
  try {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (const report of reports) left -= await replaySource(replayer, report, options, left);
  } finally {
    progress.end();
  }
  return reports;
}

/** Gives how many records were put back or aside. */
async function replaySource(
  replayer: Replayer,
  report: SourceReport,
  { command, ratePerSecond }: ReplayOptions,
  most: number,
): Promise<number> {
  const { source, asked } = report;
  const slice = Math.ceil(Math.max(asked.matched / SLICES, Math.min(ratePerSecond ?? LEAST_SLICE, LEAST_SLICE)));
  let done = 0;
  for (let n = 0; n < MOST_INVOCATIONS && done < most; n++) {
    const answer = await replayer.invoke({ ...command, source, limit: Math.min(slice, most - done) });
    report.replayed += answer.replayed;
    report.quarantined += answer.quarantined;
    report.bytes += answer.bytes;
    report.failed = answer.failed;
    report.elsewhere = answer.skipped['being replayed elsewhere'] ?? 0;
    done += answer.replayed + answer.quarantined;
    // What goes on by itself must not be begun again.
    if (answer.replayed + answer.quarantined === 0 || answer.continuation !== undefined) break;
    if (answer.skipped['over the limit'] === undefined && done >= asked.matched) break;
  }
  return done;
}

/** Whether everything that was asked for was put back or aside. */
export function isDone(reports: readonly SourceReport[], { dryRun, limit }: ReplayOptions): boolean {
  if (dryRun) return true;
  const total = (of: (report: SourceReport) => number) => reports.reduce((sum, report) => sum + of(report), 0);
  const wanted = Math.min(
    total(({ asked }) => asked.matched),
    limit ?? Number.POSITIVE_INFINITY,
  );
  const skipped = total(({ asked }) => asked.skipped['already replayed'] ?? 0);
  const unreadable = total(({ asked }) => Object.values(asked.unreadable).reduce((sum, count) => sum + count, 0));
  return total(({ replayed, quarantined }) => replayed + quarantined) + skipped >= wanted && unreadable === 0;
}
