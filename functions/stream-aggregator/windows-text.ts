import type { AggregateDefinition } from '../../shared/aggregate/definition.ts';
import { groupValues } from '../../shared/aggregate/group.ts';
import type { Json } from '../../shared/aggregate/measure.ts';
import { type Pane, resultsOf, sessions, sliding, tumbling, ungrouped } from '../../shared/aggregate/panes.ts';

/** What a person asked to see. Times in milliseconds. */
export interface View {
  /** End of the sliding window; default: that of the last window there is. */
  readonly at?: number;
  readonly lastMs: number;
  readonly everyMs: number;
  /** How many tumbling windows, sessions or values are shown. */
  readonly rows: number;
  readonly sessionGapMs?: number;
}

/** The figures of one aggregate: a sliding window, tumbling ones, what was most frequent, and sessions where asked for. */
export function aggregateText(definition: AggregateDefinition, panes: readonly Pane[], view: View): string {
  const title = `${definition.name}: `;
  if (panes.length === 0) return `${title}nothing was counted.\n`;
  const latest = view.at ?? Math.max(...panes.map(({ end }) => end));
  const now = sliding(panes, definition, latest, view.lastMs);
  const windows = ungrouped(tumbling(panes, definition, view.everyMs), definition);
  return [
    `${title}the ${lengthText(view.lastMs)} up to ${timeText(latest)}`,
    table([...now, ...ungrouped(now, definition).map((pane) => ({ ...pane, group: 'all' }))], definition, 'group'),
    `${title}each ${lengthText(view.everyMs)}${windows.length > view.rows ? `, the last ${view.rows} of ${windows.length}` : ''}`,
    table(windows.slice(-view.rows), definition, 'time'),
    ...topTexts(definition, panes, view.rows),
    ...sessionTexts(definition, panes, view),
  ].join('\n');
}

function table(panes: readonly Pane[], definition: AggregateDefinition, first: 'group' | 'time' | 'session'): string {
  const names = Object.keys(definition.measures).filter((name) => definition.measures[name]!.kind !== 'topK');
  const head = first === 'session' ? ['group', 'from', 'to', ...names] : [first, ...names];
  const rows = panes.map((pane) => {
    const results = resultsOf(pane, definition);
    const cells = names.map((name) => cellText(results[name]!));
    if (first === 'session') return [groupText(pane.group), timeText(pane.start), timeText(pane.end), ...cells];
    return [first === 'time' ? timeText(pane.start) : groupText(pane.group), ...cells];
  });
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const texts = first === 'session' ? 3 : 1;
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => (i < texts ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

function topTexts(definition: AggregateDefinition, panes: readonly Pane[], rows: number): readonly string[] {
  const names = Object.keys(definition.measures).filter((name) => definition.measures[name]!.kind === 'topK');
  if (names.length === 0) return [];
  const all = panes.map((pane) => ({ ...pane, start: 0, end: 0 }));
  const [whole] = ungrouped(all, definition);
  const results = resultsOf(whole!, definition);
  return names.map((name) => {
    const values = results[name] as readonly { value: string; count: number; over: number }[];
    const width = Math.max(0, ...values.map(({ value }) => value.length));
    const lines = values.slice(0, rows).map(({ value, count, over }) => {
      const doubt = over > 0 ? `  (at most ${over.toLocaleString('en-US')} too many)` : '';
      return `  ${value.padEnd(width)}  ${count.toLocaleString('en-US').padStart(10)}${doubt}`;
    });
    return `${definition.name}: most frequent ${name}\n${lines.join('\n')}\n`;
  });
}

function sessionTexts(definition: AggregateDefinition, panes: readonly Pane[], view: View): readonly string[] {
  if (view.sessionGapMs === undefined) return [];
  const found = sessions(panes, definition, view.sessionGapMs);
  const title = `${definition.name}: sessions, ${lengthText(view.sessionGapMs)} apart, the last of ${found.length}`;
  return [title, table(found.slice(-view.rows), definition, 'session')];
}

function groupText(group: string): string {
  return (
    groupValues(group)
      ?.map((value) => value ?? 'none')
      .join(' ') || (group.startsWith('[') ? 'all' : group)
  );
}

function cellText(value: Json): string {
  if (value === null) return '-';
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value);
}

function timeText(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace('T', ' ')
    .replace(/:00\.000Z$/, '');
}

function lengthText(ms: number): string {
  for (const [unit, name] of [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
  ] as const) {
    if (ms % unit === 0) return `${ms / unit} ${name}${ms === unit ? '' : 's'}`;
  }
  return `${ms} ms`;
}
