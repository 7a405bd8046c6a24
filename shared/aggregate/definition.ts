import type { Step } from '../record/step.ts';
import type { Duration } from './duration.ts';
import type { Measure } from './measure.ts';

/** Which moment of an event decides its window. */
export type WindowTime =
  | { readonly kind: 'arrival' }
  | {
      readonly kind: 'event';
      readonly path: string;
      /** How long after its time an event may arrive, and still count for its window. */
      readonly allowedLateness: Duration;
    };

/** Figures for each window of time and group of events. */
export interface AggregateDefinition {
  /** Names the figures: lower case letters, digits, hyphens. */
  readonly name: string;
  /** Length of a window; windows follow one another from the epoch on. */
  readonly size: Duration;
  /** Default: `arrivalTime()`. */
  readonly time?: WindowTime;
  /** Steps that leave out what is not counted: `keep(…)`, `drop(…)`. */
  readonly only?: readonly Step[];
  /** Paths whose values make the group; without them all events are one. */
  readonly groupBy?: readonly string[];
  /** Most groups of a window; those that come later are counted together, as `other`. Default 200. */
  readonly maxGroups?: number;
  readonly measures: Readonly<Record<string, Measure>>;
  /** How long results are kept; default 30 days. */
  readonly keep?: Duration;
}

/** Counts events for each window: see `AggregateDefinition`. */
export function windows(name: string, definition: Omit<AggregateDefinition, 'name'>): AggregateDefinition {
  return { name, ...definition };
}

/** An event belongs to the window in which the stream took it. */
export function arrivalTime(): WindowTime {
  return { kind: 'arrival' };
}

/**
 * An event belongs to the window of the timestamp at a path (ISO 8601, or epoch seconds or milliseconds). One that arrives later
 * than allowed, lies as much in the future, or has no timestamp is counted as `late` with the window it arrived in.
 * Lateness is measured from the event's time to its arrival, so that it is the same whenever the event is read.
 */
export function eventTime(path: string, options: { readonly allowedLateness: Duration }): WindowTime {
  return { kind: 'event', path, allowedLateness: options.allowedLateness };
}
