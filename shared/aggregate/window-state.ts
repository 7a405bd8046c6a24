import type { AggregateDefinition } from './definition.ts';
import { LATE, OTHER } from './group.ts';
import type { Json, Measure } from './measure.ts';
import type { Row } from './row.ts';

/** The figures of one window and group, as they are kept and stored. */
export interface Cell {
  readonly aggregate: string;
  /** Start of the window, epoch milliseconds. */
  readonly window: number;
  readonly group: string;
  /** Encoded states by the measure's name. */
  readonly measures: Readonly<Record<string, Json>>;
}

/** What Lambda carries from one invocation of its window to the next. */
export interface EncodedState {
  readonly version: 1;
  /** The definitions that the cells were made by. */
  readonly definitions: string;
  /** Identity of the first record that is counted in it. */
  readonly from: string;
  readonly cells: readonly Cell[];
}

/** Cells of one unbroken run of records of a shard: named by its first record, the same whenever it is counted again. */
export interface Segment {
  readonly from: string;
  readonly cells: readonly Cell[];
}

/** Figures that grow record by record. */
export interface WindowState {
  readonly plan: Plan;
  /** How many rows were counted as `other` and as `late`. */
  readonly overflow: { other: number; late: number };
  /** Segments that were closed since the state had grown to its bound: to be stored. */
  readonly full: Segment[];
  /** Identity of the first record that is counted. */
  from: string;
  /** Reckoned bytes of JSON. */
  size: number;
  readonly cells: Map<string, OpenCell>;
  /** How many groups a window has, by aggregate and window. */
  readonly groups: Map<string, number>;
}

/** The definitions, with what is asked of them for each row. */
interface Plan {
  readonly definitions: readonly AggregateDefinition[];
  readonly measures: readonly (readonly (readonly [string, Measure])[])[];
  readonly fingerprint: string;
}

/**
 * Bound of the state as it is reckoned, in bytes of JSON; Lambda's is 1 MB a shard. A state that has reached it is stored
 * and begun anew, always at the same record, so that doing it again gives the same. What one more record can add, and
 * text that takes more bytes than reckoned, fit between the two.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
const MOST_BYTES = 512 * 1024;
const CELL_BYTES = 100;
const DEFAULT_GROUPS = 200;

interface OpenCell {
  readonly aggregate: number;
  readonly window: number;
  readonly group: string;
  /** Aligned with the aggregate's measures. */
  readonly states: unknown[];
  size: number;
}

/** A state to count on in: the one that was carried, where it was made by the same definitions. */
export function openState(definitions: readonly AggregateDefinition[], carried?: EncodedState): WindowState {
  const measures = definitions.map((definition) => Object.entries(definition.measures));
  const state: WindowState = {
    plan: { definitions, measures, fingerprint: fingerprintOf(definitions) },
    overflow: { other: 0, late: 0 },
    full: [],
    from: '',
    size: 0,
    cells: new Map(),
    groups: new Map(),
  };
  if (carried === undefined) return state;
  if (carried.definitions !== state.plan.fingerprint) state.full.push(carried);
  else restore(state, carried);
  return state;
}

/** Counts what one record gave, all of it in one segment. */
export function addRows(state: WindowState, recordId: string, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  if (state.cells.size === 0) state.from = recordId;
  for (const row of rows) count(state, row);
  if (state.size < MOST_BYTES) return;
  state.full.push(segmentOf(state));
  state.cells.clear();
  state.groups.clear();
  state.size = 0;
}

/** What is counted and not closed, as a segment. */
export function segmentOf({ from, cells, plan }: WindowState): Segment {
  return { from, cells: [...cells.values()].map((cell) => encodeCell(plan, cell)) };
}

/** What Lambda is to carry. */
export function encodeState(state: WindowState): EncodedState | Record<string, never> {
  return state.cells.size === 0 ? {} : { version: 1, definitions: state.plan.fingerprint, ...segmentOf(state) };
}

function count(state: WindowState, { aggregate, window, group, values }: Row): void {
  const cell = admit(state, aggregate, window, group);
  if (cell.group === LATE) state.overflow.late++;
  if (cell.group === OTHER) state.overflow.other++;
  let size = baseSize(cell);
  for (const [i, [, measure]] of state.plan.measures[aggregate]!.entries()) {
    if (values[i] !== undefined) cell.states[i] = measure.add(cell.states[i], values[i]);
    size += measure.size(cell.states[i]);
  }
  resize(state, cell, size);
}

/** The group's cell, or that of `other` where the window has all the groups it may. */
function admit(state: WindowState, aggregate: number, window: number, group: string): OpenCell {
  const known = state.cells.get(cellKey(aggregate, window, group));
  if (known !== undefined) return known;
  const most = state.plan.definitions[aggregate]!.maxGroups ?? DEFAULT_GROUPS;
  const isFull = (state.groups.get(`${aggregate} ${window}`) ?? 0) >= most;
  if (!isFull || group === LATE || group === OTHER) return newCell(state, aggregate, window, group);
  return state.cells.get(cellKey(aggregate, window, OTHER)) ?? newCell(state, aggregate, window, OTHER);
}

function newCell(state: WindowState, aggregate: number, window: number, group: string): OpenCell {
  const states = state.plan.measures[aggregate]!.map(([, measure]) => measure.empty());
  const cell: OpenCell = { aggregate, window, group, states, size: 0 };
  resize(state, cell, baseSize(cell));
  state.cells.set(cellKey(aggregate, window, group), cell);
  const family = `${aggregate} ${window}`;
  if (group !== LATE && group !== OTHER) state.groups.set(family, (state.groups.get(family) ?? 0) + 1);
  return cell;
}

function restore(state: WindowState, { from, cells }: EncodedState): void {
  state.from = from;
  for (const { aggregate: name, window, group, measures } of cells) {
    const aggregate = state.plan.definitions.findIndex((definition) => definition.name === name);
    const cell = newCell(state, aggregate, window, group);
    let size = cell.size;
    for (const [i, [measureName, measure]] of state.plan.measures[aggregate]!.entries()) {
      cell.states[i] = decoded(measure, measures[measureName]);
      size += measure.size(cell.states[i]);
    }
    resize(state, cell, size);
  }
}

function cellKey(aggregate: number, window: number, group: string): string {
  return `${aggregate} ${window} ${group}`;
}

function baseSize({ group }: OpenCell): number {
  return CELL_BYTES + group.length * 2;
}

function resize(state: WindowState, cell: OpenCell, size: number): void {
  state.size += size - cell.size;
  cell.size = size;
}

function encodeCell({ definitions, measures }: Plan, { aggregate, window, group, states }: OpenCell): Cell {
  return {
    aggregate: definitions[aggregate]!.name,
    window,
    group,
    measures: Object.fromEntries(measures[aggregate]!.map(([name, measure], i) => [name, measure.encode(states[i])])),
  };
}

/** A state that Lambda carried, or undefined where there is none. Throws for a state that is not this suite's. */
export function readState(state: unknown): EncodedState | undefined {
  if (state === undefined || state === null) return undefined;
  if (typeof state === 'object' && Object.keys(state).length === 0) return undefined;
  const { version, definitions, from, cells } = state as Partial<EncodedState>;
  const readable = version === 1 && typeof definitions === 'string' && typeof from === 'string' && Array.isArray(cells);
  if (!readable) throw new StateError('The window carries a state that is not one of the stream aggregator.');
  return { version, definitions, from, cells };
}

/** A window's state can't be read: going on would lose what it holds. */
class StateError extends Error {
  override readonly name = 'StateError';
}

function decoded(measure: Measure, json: Json | undefined): unknown {
  const state = json === undefined ? undefined : measure.decode(json);
  if (state === undefined) throw new StateError(`The window's state of ${measure.kind} can't be read.`);
  return state;
}

/** All that cells depend on: those of another definition are stored as they are, and not counted on. */
function fingerprintOf(definitions: readonly AggregateDefinition[]): string {
  return JSON.stringify(
    definitions.map(({ name, size, groupBy = [], measures }) => [
      name,
      size,
      groupBy,
      Object.entries(measures).map(([key, { kind, settings }]) => [key, kind, settings]),
    ]),
  );
}
