import type { SourceReport } from './run.ts';

/** What became of every source, a few lines each. */
export function replayText(reports: readonly SourceReport[], dryRun: boolean): string {
  return reports.map((report) => `${sourceText(report, dryRun)}\n`).join('\n');
}

function sourceText(report: SourceReport, dryRun: boolean): string {
  const { source, asked, replayed, quarantined, bytes, failed, elsewhere } = report;
  const lines = [
    source,
    line('found', asked.found),
    line('matched', asked.matched),
    ...(dryRun ? [] : [line('replayed', replayed, `${group(bytes)} bytes`), line('put aside', quarantined)]),
    line('lost', asked.lost),
    ...reasons('skipped', asked.skipped),
    ...(elsewhere === 0 ? [] : [line('skipped', elsewhere, 'being replayed elsewhere')]),
    ...reasons('unreadable', asked.unreadable),
    ...reasons('failed', failed),
  ];
  const samples = (asked.samples ?? []).map((sample) => `  ${JSON.stringify(sample)}`);
  return [...lines, ...(dryRun ? samples : [])].join('\n');
}

function reasons(name: string, counts: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(counts).map(([reason, count]) => line(name, count, reason));
}

function line(name: string, count: number, note = ''): string {
  return `  ${name.padEnd(12)}${group(count).padStart(9)}${note === '' ? '' : `  ${note}`}`;
}

function group(value: number): string {
  return value.toLocaleString('en-US');
}
