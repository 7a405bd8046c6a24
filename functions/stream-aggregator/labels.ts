import type { AggregateDefinition } from '../../shared/aggregate/definition.ts';
import { LATE } from '../../shared/aggregate/group.ts';
import type { Row } from '../../shared/aggregate/row.ts';

/** Whether results of an aggregate show values of documents: the groups they are told apart by, the most frequent ones. */
export function showsValues({ groupBy = [], measures }: AggregateDefinition): boolean {
  return groupBy.length > 0 || Object.values(measures).some(showsItems);
}

function showsItems({ kind }: { readonly kind: string }): boolean {
  return kind === 'topK';
}

/** Stands where it can't be told what the pipeline makes of a value. */
const UNTOLD = '[REDACTED]';

/**
 * The rows of one record, counted by what stands in its documents and named by what the pipeline's masks make of it.
 * `masked` are the rows of the same documents when they are masked.
 */
export function namedByMasked(
  rows: readonly Row[],
  masked: readonly Row[],
  aggregates: readonly AggregateDefinition[],
): readonly Row[] {
  const paired = rows.length === masked.length && rows.every(({ aggregate }, i) => masked[i]!.aggregate === aggregate);
  return rows.map((row, index) => {
    const { groupBy = [], measures } = aggregates[row.aggregate]!;
    const other = paired && (masked[index]!.group === LATE) === (row.group === LATE) ? masked[index]! : undefined;
    const untold = row.group === LATE ? LATE : JSON.stringify(groupBy.map(() => UNTOLD));
    const kinds = Object.values(measures);
    const values = row.values.map((value, i) => {
      if (!showsItems(kinds[i]!)) return value;
      return other === undefined ? undefined : other.values[i];
    });
    return { ...row, group: other?.group ?? untold, values };
  });
}
