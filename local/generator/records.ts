/** One record on its way into the stream. */
export interface Entry {
  readonly data: Buffer;
  readonly partitionKey: string;
}

/** Records of one kind that are made rather than read. */
export interface Generator {
  /** The record of an index from 0 to `total` - 1: always the same for the same seed. */
  record(index: number, total: number, seed: number): Entry;
  /** Whether the pipeline leaves this one out on purpose. */
  isDropped(index: number, total: number, seed: number): boolean;
}

/** Hands out generated records in batches, as a reader of a file would. */
export function* generate(
  generator: Generator,
  total: number,
  seed: number,
  batch = 500,
): IterableIterator<readonly Entry[]> {
  for (let from = 0; from < total; from += batch) {
    const entries: Entry[] = [];
    for (let index = from; index < Math.min(from + batch, total); index++) {
      entries.push(generator.record(index, total, seed));
    }
    yield entries;
  }
}

type IterableIterator<T> = globalThis.Generator<T, void>;
