import { hash } from 'node:crypto';
import type { AggregateDefinition } from './definition.ts';
import { durationMs } from './duration.ts';
import type { Json } from './measure.ts';
import type { Cell } from './window-state.ts';

/** Where and when a cell was counted. */
export interface Provenance {
  readonly pipeline: string;
  readonly shardId: string;
  /** Start of Lambda's window, ISO 8601. */
  readonly lambdaWindow: string;
  /** Identity of the segment's first record. */
  readonly from: string;
}

/**
 * One cell in the table. Several make up a window and group: one of each shard, and of each of Lambda's windows that
 * saw events of it. The same segment counted again gives the same key, so that writing it twice changes nothing.
 */
export interface WindowItem {
  /** `<pipeline> <aggregate> <UTC day of the window>`. */
  readonly pk: string;
  /** `<window's start> <digest of group, shard, Lambda's window and segment>`: sorts by time. */
  readonly sk: string;
  readonly window: number;
  readonly group: string;
  readonly shard: string;
  readonly measures: Readonly<Record<string, Json>>;
  /** Epoch seconds at which DynamoDB may remove it. */
  readonly expires: number;
}

const KEEP: Pick<Required<AggregateDefinition>, 'keep'> = { keep: '30d' };

export function itemOf(cell: Cell, at: Provenance, definition: AggregateDefinition | undefined): WindowItem {
  const keepMs = durationMs(definition?.keep ?? KEEP.keep) ?? 0;
  const who = [cell.group, at.shardId, at.lambdaWindow, at.from].join('\n');
  return {
    pk: partitionOf(at.pipeline, cell.aggregate, cell.window),
    sk: `${isoOf(cell.window)} ${hash('sha256', who).slice(0, 32)}`,
    window: cell.window,
    group: cell.group,
    shard: at.shardId,
    measures: cell.measures,
    // From when it was counted on, where that is later: old events can be counted too.
    expires: Math.floor((Math.max(cell.window, Date.parse(at.lambdaWindow)) + keepMs) / 1000),
  };
}

export function partitionOf(pipeline: string, aggregate: string, window: number): string {
  return `${pipeline} ${aggregate} ${isoOf(window).slice(0, 10)}`;
}

export function isoOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
