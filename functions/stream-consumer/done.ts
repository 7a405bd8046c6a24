import { type DoneRanges, NO_RANGES, openDoneRanges } from '../../shared/delivery/done-ranges.ts';
import type { Deadline } from '../../shared/platform/deadline.ts';
import { setting } from '../../shared/platform/settings.ts';
import { type KinesisBatch, lowestAndHighest } from '../../shared/sources/kinesis.ts';

/** What is done of a batch, by this invocation and by earlier ones. */
export interface Done {
  /** Whether an earlier invocation did it. */
  wasDone(arrival: number): boolean;
  /** These are done now. */
  note(arrivals: readonly number[]): void;
  /** Tells the table. True where it knows all that is done: what is sent again is then left out. */
  flush(): Promise<boolean>;
  readonly error: string | undefined;
}

/** Asks the table of the setting DEDUPE_TABLE, where it is set, what earlier invocations did of this batch. */
export async function openDone(pipeline: string, batch: KinesisBatch, deadline: Deadline): Promise<Done> {
  const ranges = await rangesOf(pipeline, batch, deadline);
  const left = new Map<number, number>();
  if (batch.unitsWhole) for (const { unit } of batch.arrivals) left.set(unit, (left.get(unit) ?? 0) + 1);
  const partial = new Map<number, string[]>();

  const keysOf = (index: number): readonly string[] => {
    const { record, unit } = batch.arrivals[index]!;
    if (!batch.unitsWhole) return [record.id];
    const rest = left.get(unit)! - 1;
    left.set(unit, rest);
    if (rest === 0) {
      partial.delete(unit);
      return [unitKey(batch, unit)];
    }
    const ids = partial.get(unit);
    if (ids === undefined) partial.set(unit, [record.id]);
    else ids.push(record.id);
    return [];
  };
  return {
    wasDone: (index) => {
      const { record, unit } = batch.arrivals[index]!;
      return ranges.has(record.id) || (batch.unitsWhole && ranges.has(unitKey(batch, unit)));
    },
    note: (indices) => {
      if (ranges !== NO_RANGES) ranges.note(indices.flatMap(keysOf));
    },
    flush: async () => {
      ranges.note([...partial.values()].flat());
      return await ranges.flush();
    },
    get error() {
      return ranges.error;
    },
  };
}

async function rangesOf(pipeline: string, batch: KinesisBatch, deadline: Deadline): Promise<DoneRanges> {
  const table = setting('DEDUPE_TABLE');
  const ends = lowestAndHighest(batch.units);
  if (table === undefined || ends === undefined) return NO_RANGES;
  const scope = `${pipeline} ${batch.streamArn} ${batch.shardId}`;
  return await openDoneRanges(table, { scope, first: ends[0], last: ends[1] }, deadline);
}

function unitKey(batch: KinesisBatch, unit: number): string {
  return `unit ${batch.units[unit]}`;
}
