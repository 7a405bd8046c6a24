import { RESPONSE_BYTES } from './firehose-answer.ts';

/** What one record's answer takes in the response, by how it ends. */
export interface AnswerSizes {
  /** As `Ok`; undefined where the record does not go on. */
  readonly ok: number | undefined;
  /** As what it is otherwise, with its original bytes: dropped, or failed (which any record can still become). */
  readonly original: number;
  /** As `Dropped`, without bytes; for a failed record the same as `original`. */
  readonly bare: number;
}

export interface OverflowPlan {
  /** For each record: it can be answered `Ok` now. */
  readonly accepted: readonly boolean[];
  /** A record to be failed, where none fits beside the others: so every invocation settles something. */
  readonly hopeless: number | undefined;
}

/**
 * Chooses which records are answered now, where not all fit. The largest answer goes first, so that a record is passed over
 * only for larger ones, each of which is thereby done; then the others, in order. Room for the original bytes of those
 * that wait is kept, since they fail when they can't be put back; where that leaves no room for the largest, it is not.
 */
export function planOverflow(sizes: readonly AnswerSizes[], budget: number): OverflowPlan {
  const candidates = [...sizes.keys()].filter((index) => sizes[index]!.ok !== undefined);
  const bySize = candidates.toSorted((a, b) => sizes[b]!.ok! - sizes[a]!.ok!);
  const roomy = accept(sizes, candidates, bySize[0], 'original', budget);
  if (roomy !== undefined) return { accepted: roomy, hopeless: undefined };
  const empty = sizes.reduce((sum, { bare }) => sum + bare, RESPONSE_BYTES);
  const first = bySize.find((index) => empty + sizes[index]!.ok! - sizes[index]!.bare <= budget);
  const tight = first === undefined ? undefined : accept(sizes, candidates, first, 'bare', budget);
  return tight === undefined
    ? { accepted: sizes.map(() => false), hopeless: bySize[0] }
    : { accepted: tight, hopeless: undefined };
}

/** What is kept free for a record that is not answered `Ok`. */
type Reserve = 'original' | 'bare';

function accept(
  sizes: readonly AnswerSizes[],
  candidates: readonly number[],
  first: number | undefined,
  reserve: Reserve,
  budget: number,
): boolean[] | undefined {
  const accepted = sizes.map(() => false);
  let total = sizes.reduce((sum, size) => sum + size[reserve], RESPONSE_BYTES);
  const take = (index: number) => {
    total += sizes[index]!.ok! - sizes[index]![reserve];
    accepted[index] = true;
  };
  const growth = (index: number) => sizes[index]!.ok! - sizes[index]![reserve];
  for (const index of candidates) if (growth(index) <= 0) take(index);
  if (first !== undefined && !accepted[first]) take(first);
  if (total > budget) return undefined;
  for (const index of candidates) if (!accepted[index] && total + growth(index) <= budget) take(index);
  return accepted;
}
