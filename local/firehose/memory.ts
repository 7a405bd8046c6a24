/** Keeps the memory of all buffers together under a limit, by moving the largest ones to disk. */
export interface Memory {
  /** Takes a holder of memory into the account; returns what takes it out. */
  hold(holder: MemoryHolder): () => void;
  /** To be told by a holder that its memory changed by so many bytes. */
  changed(bytes: number): void;
  /** Far over the limit, since the disk takes nothing: no more records can be taken in. */
  full(): boolean;
  /** Why the disk took nothing: an error code like ENOSPC. */
  fault(): string | undefined;
}

interface MemoryHolder {
  memoryBytes(): number;
  /** Moves what it holds to disk. Throws when the disk takes nothing; nothing is lost then. */
  spill(): void;
}

/** Spilling stops at this part of the limit, so that it is not done for every record. */
const AFTER_SPILL = 0.5;
const FULL = 4;

export function createMemory(limitBytes: number): Memory {
  const holders = new Set<MemoryHolder>();
  let total = 0;
  let fault: string | undefined;

  function spill(): void {
    const largest = [...holders].sort((one, other) => other.memoryBytes() - one.memoryBytes());
    for (const holder of largest) {
      if (total <= limitBytes * AFTER_SPILL) return;
      try {
        holder.spill();
        fault = undefined;
      } catch (cause) {
        fault = (cause as NodeJS.ErrnoException).code ?? 'unknown';
        return;
      }
    }
  }

  return {
    hold(holder) {
      holders.add(holder);
      return () => {
        if (holders.delete(holder)) total -= holder.memoryBytes();
      };
    },
    changed(bytes) {
      total += bytes;
      if (bytes > 0 && total > limitBytes) spill();
    },
    full: () => fault !== undefined && total > limitBytes * FULL,
    fault: () => fault,
  };
}
