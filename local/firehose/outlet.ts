/** Buffers records for one kind of object, one buffer a partition, each sealed when it is full or its time has come. */
import type { Clock } from '../account/contracts.ts';
import type { BufferedRecord, RecordBuffer } from './buffer.ts';

export interface Outlet {
  append(partition: string, record: BufferedRecord, documents: number): void;
  has(partition: string): boolean;
  /** Seals all that is open. */
  flush(): void;
  /** Records in open buffers. */
  held(): number;
  discard(): void;
}

export interface Sealed {
  readonly partition: string;
  readonly buffer: RecordBuffer;
  /** Lines in it. */
  readonly documents: number;
}

export interface OutletOptions {
  readonly clock: Clock;
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly createBuffer: () => RecordBuffer;
  readonly onSealed: (sealed: Sealed) => void;
}

interface Open {
  readonly buffer: RecordBuffer;
  readonly cancel: () => void;
  documents: number;
}

export function createOutlet(options: OutletOptions): Outlet {
  const open = new Map<string, Open>();
  let held = 0;

  function seal(partition: string): void {
    const sealed = open.get(partition);
    if (sealed === undefined) return;
    sealed.cancel();
    open.delete(partition);
    held -= sealed.buffer.records();
    options.onSealed({ partition, buffer: sealed.buffer, documents: sealed.documents });
  }

  function opened(partition: string): Open {
    const cancel = options.clock.after(options.bufferMs, () => seal(partition));
    const made = { buffer: options.createBuffer(), cancel, documents: 0 };
    open.set(partition, made);
    return made;
  }

  return {
    append(partition, record, documents) {
      const to = open.get(partition) ?? opened(partition);
      to.buffer.append(record);
      to.documents += documents;
      held++;
      if (to.buffer.bytes() >= options.bufferBytes) seal(partition);
    },
    has: (partition) => open.has(partition),
    flush() {
      for (const partition of [...open.keys()]) seal(partition);
    },
    held: () => held,
    discard() {
      for (const { buffer, cancel } of open.values()) {
        cancel();
        buffer.discard();
      }
      open.clear();
      held = 0;
    },
  };
}
