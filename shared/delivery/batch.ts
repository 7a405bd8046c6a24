import type { RequestLimits } from './destination.ts';

/** Indices of the items of each request, and of those that no request can hold. */
export interface Batches {
  readonly batches: readonly (readonly number[])[];
  readonly oversized: readonly number[];
}

/** Splits items, by index and in order, into requests that keep to the limits. Items of different groups never share one. */
export function batchesOf<T>(
  items: readonly T[],
  limits: RequestLimits,
  sizeOf: (item: T) => number,
  groupOf: (item: T) => string = () => '',
): Batches {
  const batches: number[][] = [];
  const oversized: number[] = [];
  const open = new Map<string, { indices: number[]; bytes: number }>();
  items.forEach((item, index) => {
    const size = sizeOf(item);
    if (size > limits.record || size > limits.bytes) {
      oversized.push(index);
      return;
    }
    const group = groupOf(item);
    let batch = open.get(group);
    if (batch === undefined || batch.indices.length >= limits.records || batch.bytes + size > limits.bytes) {
      batch = { indices: [], bytes: 0 };
      open.set(group, batch);
      batches.push(batch.indices);
    }
    batch.indices.push(index);
    batch.bytes += size;
  });
  return { batches, oversized };
}
