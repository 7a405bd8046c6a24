import { transient } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import type { Destination } from './destination.ts';
import type { EntryResult } from './entry.ts';
import { type PutOptions, putAll } from './put-all.ts';
import { type Parcel, type Part, roundsOf } from './rounds.ts';

export interface InOrderOptions extends Omit<PutOptions, 'onConfirmed'> {
  /** Called after each request with the parts it confirmed. */
  readonly onDelivered?: (parts: readonly Part[]) => void;
}

/** Not sent: a record before it is not delivered, and will bring it along when it is tried again. */
export const HELD_BACK = failed(
  transient('HeldBack', 'deliver', 'A record before this one is not delivered yet: it waits for its turn.'),
);

/**
 * Puts parts into the destination so that those of one key arrive in their order, whatever fails on the way (see
 * `roundsOf`). After a part that could not be delivered nothing behind it is begun: the source sends all of that again.
 * Answers are aligned with the parts. Never rejects.
 */
export async function deliverInOrder(
  destination: Destination,
  parts: readonly Part[],
  { onDelivered, ...options }: InOrderOptions,
): Promise<readonly EntryResult[]> {
  const results: EntryResult[] = new Array(parts.length).fill(HELD_BACK);
  let stopAt = Number.POSITIVE_INFINITY;
  for (const round of roundsOf(parts, destination)) {
    const parcels = round.filter(({ lastUnit }) => lastUnit < stopAt);
    const answers = await putAll(
      destination,
      parcels.map(({ entry }) => entry),
      {
        ...options,
        onConfirmed: (indices) => onDelivered?.(partsOf(indices, parcels, parts)),
      },
    );
    answers.forEach((answer, index) => {
      const parcel = parcels[index]!;
      for (const part of parcel.parts) results[part] = answer;
      if (answer.kind === 'failed' && answer.failure.retryable) stopAt = Math.min(stopAt, parcel.firstUnit);
    });
  }
  return results;
}

function partsOf(indices: readonly number[], parcels: readonly Parcel[], parts: readonly Part[]): readonly Part[] {
  return indices.flatMap((index) => parcels[index]!.parts.map((part) => parts[part]!));
}
