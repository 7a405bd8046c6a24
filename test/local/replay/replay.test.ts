import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../local/input/failure.ts';
import { readArguments } from '../../../local/replay/arguments.ts';
import type { ReplayAnswer, Replayer } from '../../../local/replay/replayer.ts';
import { replayText } from '../../../local/replay/report.ts';
import { isDone, runReplay } from '../../../local/replay/run.ts';

const NOTHING = { lost: 0, bytes: 0, skipped: {}, unreadable: {}, failed: {} };
const QUIET = { write: () => undefined };

/** A replayer with so many records, some of which never go. */
function replayer(records: number, stuck = 0) {
  const commands: Record<string, unknown>[] = [];
  let left = records;
  const fake: Replayer = {
    async invoke(command) {
      const asked = command as { dryRun?: boolean; limit?: number };
      commands.push(asked);
      if (asked.dryRun) return { ...NOTHING, found: left, matched: left, replayed: 0, quarantined: 0 };
      const replayed = Math.min(left - stuck, asked.limit ?? Number.POSITIVE_INFINITY);
      left -= replayed;
      const skipped: ReplayAnswer['skipped'] = left > stuck ? { 'over the limit': left - stuck } : {};
      const failed: ReplayAnswer['failed'] = left === stuck && stuck > 0 ? { DestinationThrottled: stuck } : {};
      return { ...NOTHING, found: left, matched: left, replayed, quarantined: 0, skipped, failed };
    },
    close: () => undefined,
  };
  return { fake, commands };
}

describe('npm run replay', () => {
  it('reads what it is asked for', () => {
    const options = readArguments(
      `--source queue --source s3://b/p --since 2026-01-01T00:00:00Z --error-code C --match {"a":1} --to-stream s --rate 5 --limit 7 --max-attempts 2 --settle tag --dry-run`.split(
        ' ',
      ),
    );
    expect(options).toMatchObject({ sources: ['queue', 's3://b/p'], dryRun: true, limit: 7, ratePerSecond: 5 });
    expect(options.command).toEqual({
      since: '2026-01-01T00:00:00Z',
      errorCode: 'C',
      match: { a: 1 },
      to: { stream: 's' },
      maxAttempts: 2,
      settle: 'tag',
      ratePerSecond: 5,
    });
    expect(readArguments([]).sources).toEqual(['errors', 'queue']);
  });

  it.each([['--nonsense'], ['--limit 0'], ['--rate fast'], ['--match {'], ['--to-stream a --to-function b']])(
    '%s can not be carried out',
    (line) => {
      expect(() => readArguments(line.split(' '))).toThrow(UsageError);
    },
  );

  it('goes on slice by slice until everything is put back', async () => {
    const { fake, commands } = replayer(2_600);
    const options = readArguments(['--source', 'errors']);
    const reports = await runReplay(fake, options, QUIET);
    expect(reports).toMatchObject([{ replayed: 2_600 }]);
    expect(commands.map(({ limit }) => limit)).toEqual([undefined, 500, 500, 500, 500, 500, 500]);
    expect(isDone(reports, options)).toBe(true);
    expect(replayText(reports, false)).toContain('replayed        2,600');
  });

  it('ends where nothing more can be put back, and at its limit', async () => {
    const stuck = replayer(1_000, 400);
    const options = readArguments(['--source', 'errors']);
    const reports = await runReplay(stuck.fake, options, QUIET);
    expect(reports).toMatchObject([{ replayed: 600, failed: { DestinationThrottled: 400 } }]);
    expect(isDone(reports, options)).toBe(false);
    const limited = readArguments(['--source', 'errors', '--limit', '30']);
    const few = await runReplay(replayer(1_000).fake, limited, QUIET);
    expect(few).toMatchObject([{ replayed: 30 }]);
    expect(isDone(few, limited)).toBe(true);
  });
});
