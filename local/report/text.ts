import type { Place, RunReport, Sample } from './run-report.ts';

/** The report as a person reads it. */
export function reportText(report: RunReport): string {
  const { seconds, recordsPerSecond, pipeline, interrupted } = report;
  const head = `${interrupted ? 'Interrupted: ' : ''}${group(report.in)} records through ${pipeline} in ${seconds.toFixed(1)} s (${group(recordsPerSecond)}/s, at most ${report.peakMemoryMb} MB of memory)`;
  const parts = [
    [head],
    figures(report),
    functions(report),
    report.samples.flatMap(sample),
    report.places.map(place),
    report.remarks.map((remark) => `  ! ${remark}`),
    books(report),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function figures(report: RunReport): string[] {
  const { streams, refused } = report;
  const came = Object.entries(streams).map(([name, { in: count }]) => `${name} ${group(count)}`);
  const rows: [string, number, string][] = [
    ['in', report.in, came.join(', ')],
    ['delivered', report.delivered, ''],
    ['dropped', report.dropped, counts(report.droppedByReason)],
    ['failed', report.failed, counts(report.failedByCode)],
    ['replayed', report.replayed, ''],
    ['quarantined', report.quarantined, counts({ ...report.quarantinedByCode, ...refused })],
  ];
  if (report.waiting > 0) rows.push(['waiting', report.waiting, 'dead letters that were not replayed']);
  if (report.unfinished > 0) rows.push(['unfinished', report.unfinished, 'on their way when the run was stopped']);
  rows.push(['lost', report.lost, ''], ['duplicates', report.duplicates, '']);
  return rows.map(([name, count, note]) => `  ${name.padEnd(12)}${group(count).padStart(11)}   ${note}`.trimEnd());
}

function functions(report: RunReport): string[] {
  const names = Object.keys(report.functions);
  if (names.length === 0) return [];
  const width = Math.max(...names.map((name) => name.length), 8) + 2;
  const heads = ['invocations', 'errors', 'p50', 'p99', 'peak memory'];
  const line = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell, at) => cell.padStart(Math.max(heads[at]?.length ?? 0, 9) + 3)).join('')}`;
  const rows = names.map((name) => {
    const { invocations, errors, p50Ms, p99Ms, peakMemoryMb } = report.functions[
      name
    ] as RunReport['functions'][string];
    return line(name, [group(invocations), group(errors), ms(p50Ms), ms(p99Ms), `${Math.round(peakMemoryMb)} MB`]);
  });
  const together = report.functionsPeakMemoryMb;
  if (together > 0) rows.push(line('all at once', ['', '', '', '', `${group(together)} MB`]));
  return [line('function', heads), ...rows];
}

const SHOWN = 600;

function sample({ before, after }: Sample): string[] {
  return [`  before  ${cut(before)}`, `  after   ${cut(after)}`];
}

function cut(text: string): string {
  const line = text.trimEnd().replace(/[\x00-\x1f\x7f]/g, '·');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

function place({ name, path, objects, bytes }: Place): string {
  const what = objects === 0 ? 'nothing' : `${group(objects)} ${objects === 1 ? 'object' : 'objects'}, ${size(bytes)}`;
  return `  ${name.padEnd(14)}${path}  (${what})`;
}

function books(report: RunReport): string[] {
  const { in: came, delivered, dropped, quarantined, waiting, unfinished, lost } = report;
  const sum = `${group(delivered)} delivered + ${group(dropped)} dropped + ${group(quarantined)} quarantined`;
  const rest = `${waiting > 0 ? ` + ${group(waiting)} waiting` : ''}${unfinished > 0 ? ` + ${group(unfinished)} unfinished` : ''}`;
  const sign = came === delivered + dropped + quarantined + waiting + unfinished ? '=' : '≠';
  return [`${group(came)} in ${sign} ${sum}${rest}, lost ${group(lost)}`];
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${group(count)}`)
    .join(', ');
}

function ms(value: number): string {
  return value < 10 ? `${value.toFixed(1)} ms` : `${group(Math.round(value))} ms`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function group(value: number): string {
  return value.toLocaleString('en-US');
}
