import type { AggregateDefinition } from './definition.ts';
import { durationMs } from './duration.ts';
import type { Json } from './measure.ts';
import type { StoredItem } from './windows-table.ts';

/** A window and group as a whole: what all shards counted of it. Neighbours merge into longer ones. */
export interface Pane {
  /** Epoch milliseconds; `end` is not in it. */
  readonly start: number;
  readonly end: number;
  readonly group: string;
  /** States by the measure's name. */
  readonly states: Readonly<Record<string, unknown>>;
}

/** Tumbling windows: one pane for each window and group, by time, then group. Items of other measures are left out. */
export function panesOf(items: readonly StoredItem[], definition: AggregateDefinition): readonly Pane[] {
  const size = durationMs(definition.size)!;
  const panes = items.flatMap(({ window, group, measures }): Pane[] => {
    const states = decodeStates(measures, definition);
    return states === undefined ? [] : [{ start: window, end: window + size, group, states }];
  });
  return mergeBy(panes, definition, ({ start, group }) => `${start} ${group}`);
}

/** Larger tumbling windows of `sizeMs`, made of whole smaller ones. */
export function tumbling(panes: readonly Pane[], definition: AggregateDefinition, sizeMs: number): readonly Pane[] {
  const startOf = (time: number) => Math.floor(time / sizeMs) * sizeMs;
  const larger = panes.map((pane) => ({ ...pane, start: startOf(pane.start), end: startOf(pane.start) + sizeMs }));
  return mergeBy(larger, definition, ({ start, group }) => `${start} ${group}`);
}

/** A sliding window: each group's panes that lie in the `lengthMs` up to `end`. */
export function sliding(
  panes: readonly Pane[],
  definition: AggregateDefinition,
  end: number,
  lengthMs: number,
): readonly Pane[] {
  const start = end - lengthMs;
  const inside = panes.filter((pane) => pane.start >= start && pane.end <= end);
  return mergeBy(
    inside.map((pane) => ({ ...pane, start, end })),
    definition,
    ({ group }) => group,
  );
}

/** Sessions: each group's panes that follow one another with less than `gapMs` of nothing between them. */
export function sessions(panes: readonly Pane[], definition: AggregateDefinition, gapMs: number): readonly Pane[] {
  const open = new Map<string, Pane>();
  const closed: Pane[] = [];
  for (const pane of [...panes].sort((a, b) => a.start - b.start)) {
    const session = open.get(pane.group);
    const goesOn = session !== undefined && pane.start - session.end < gapMs;
    if (session !== undefined && !goesOn) closed.push(session);
    open.set(pane.group, goesOn ? merge(session, pane, definition) : pane);
  }
  return sorted([...closed, ...open.values()]);
}

/** All groups together. */
export function ungrouped(panes: readonly Pane[], definition: AggregateDefinition): readonly Pane[] {
  return mergeBy(
    panes.map((pane) => ({ ...pane, group: '[]' })),
    definition,
    ({ start, end }) => `${start} ${end}`,
  );
}

/** What a person is shown of a pane. */
export function resultsOf({ states }: Pane, { measures }: AggregateDefinition): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(measures).map(([name, measure]) => [name, measure.result(states[name])]));
}

function decodeStates(measures: Readonly<Record<string, Json>>, definition: AggregateDefinition) {
  const states: Record<string, unknown> = {};
  for (const [name, measure] of Object.entries(definition.measures)) {
    const json = measures[name];
    const state = json === undefined ? undefined : measure.decode(json);
    if (state === undefined) return undefined;
    states[name] = state;
  }
  return states;
}

function mergeBy(
  panes: readonly Pane[],
  definition: AggregateDefinition,
  keyOf: (pane: Pane) => string,
): readonly Pane[] {
  const merged = new Map<string, Pane>();
  for (const pane of panes) {
    const known = merged.get(keyOf(pane));
    merged.set(keyOf(pane), known === undefined ? pane : merge(known, pane, definition));
  }
  return sorted([...merged.values()]);
}

function merge(a: Pane, b: Pane, { measures }: AggregateDefinition): Pane {
  const states = Object.fromEntries(
    Object.entries(measures).map(([name, measure]) => [name, measure.merge(a.states[name], b.states[name])]),
  );
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end), group: a.group, states };
}

function sorted(panes: Pane[]): readonly Pane[] {
  return panes.sort((a, b) => a.start - b.start || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}
