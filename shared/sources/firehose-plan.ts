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
  /** Records that fit no response, even alone. */
  readonly tooLarge: ReadonlySet<number>;
  /** A record that fits beside no others, when none does: it is failed, so that every invocation settles something. */
  readonly hopeless: number | undefined;
}

/**
 * Chooses which records are answered now, where not all fit. The largest answer goes first, so that a record is passed over
 * only for larger ones, each of which is thereby done; then the others, in order. Room for the original bytes of those
 * that wait is kept, since they fail when they can't be put back; where that leaves no room for the largest, it is not.
 */
export function planOverflow(sizes: readonly AnswerSizes[], budget: number): OverflowPlan {
  const isTooLarge = ({ ok }: AnswerSizes) => ok !== undefined && RESPONSE_BYTES + ok > budget;
  const tooLarge = new Set(indicesWhere(sizes, isTooLarge));
  const candidates = indicesWhere(sizes, (size) => size.ok !== undefined && !isTooLarge(size));
  const bySize = candidates.toSorted((a, b) => sizes[b]!.ok! - sizes[a]!.ok!);
  const largest = bySize[0];
  if (largest === undefined) return { accepted: sizes.map(() => false), tooLarge, hopeless: undefined };
  const plan = (reserve: Reserve, first: number) => accept(sizes, candidates, first, reserve, budget);
  const roomy = plan('original', largest);
  if (roomy !== undefined) return { accepted: roomy, tooLarge, hopeless: undefined };
  for (const first of bySize) {
    const tight = plan('bare', first);
    if (tight !== undefined) return { accepted: tight, tooLarge, hopeless: undefined };
  }
  return { accepted: sizes.map(() => false), tooLarge, hopeless: largest };
}

/** What is kept free for a record that is not answered `Ok`. */
type Reserve = 'original' | 'bare';

function accept(
  sizes: readonly AnswerSizes[],
  candidates: readonly number[],
  first: number,
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
  if (!accepted[first]) take(first);
  if (total > budget) return undefined;
  for (const index of candidates) if (!accepted[index] && total + growth(index) <= budget) take(index);
  return accepted;
}

function indicesWhere<T>(items: readonly T[], test: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : []));
}
