import type { Message } from './message.ts';

/** Messages that become visible at a time, the earliest first. An entry is stale once its message's time has moved. */
export interface MessageHeap {
  push(message: Message): void;
  /** Takes the next message whose time has come and still holds. */
  takeDue(now: number): Message | undefined;
  /** The earliest time that still holds. */
  next(): number | undefined;
}

interface Entry {
  readonly at: number;
  readonly message: Message;
}

const LEAST_COMPACTED = 1024;

function isStale({ at, message }: Entry): boolean {
  return message.deleted || at !== message.visibleAt;
}

export function createMessageHeap(): MessageHeap {
  const heap: Entry[] = [];
  let compactAt = LEAST_COMPACTED;

  function swap(a: number, b: number): void {
    const held = heap[a] as Entry;
    heap[a] = heap[b] as Entry;
    heap[b] = held;
  }

  function pop(): void {
    swap(0, heap.length - 1);
    heap.pop();
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const least = right < heap.length && (heap[right] as Entry).at < (heap[left] as Entry).at ? right : left;
      if ((heap[at] as Entry).at <= (heap[least] as Entry).at) return;
      swap(at, least);
      at = least;
    }
  }

  function dropStale(): Entry | undefined {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (!isStale(top)) return top;
      pop();
    }
    return undefined;
  }

  /** A deleted message must not be held until its time comes: stale entries go when they may be half of all. */
  function compact(): void {
    const live = heap.filter((entry) => !isStale(entry)).sort((a, b) => a.at - b.at);
    heap.length = 0;
    for (const entry of live) heap.push(entry);
    compactAt = Math.max(LEAST_COMPACTED, live.length * 2);
  }

  return {
    push(message) {
      if (heap.length >= compactAt) compact();
      heap.push({ at: message.visibleAt, message });
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >>> 1;
        if ((heap[parent] as Entry).at <= (heap[at] as Entry).at) return;
        swap(at, parent);
        at = parent;
      }
    },
    takeDue(now) {
      const top = dropStale();
      if (top === undefined || top.at > now) return undefined;
      pop();
      return top.message;
    },
    next: () => dropStale()?.at,
  };
}
