/**
 * The visible messages of a queue, in the order they are given out. A standard queue gives them as they became
 * visible; a FIFO queue gives each group's in order, and none of a group of which one is out.
 */
import type { Message } from './message.ts';

export interface Groups {
  /** A message joins its queue, visible or not. */
  enter(message: Message): void;
  /** A message is visible. */
  add(message: Message): void;
  /** Takes the next to give out; of a FIFO group, more than one only in one receive (`together`). */
  take(together: readonly Message[]): Message | undefined;
  /** A message that was taken is deleted or visible again. */
  unlock(message: Message): void;
  /** A message is gone. */
  drop(message: Message): void;
}

export function createGroups(fifo: boolean): Groups {
  return fifo ? fifoGroups() : oneGroup();
}

function oneGroup(): Groups {
  const visible = new Set<Message>();
  return {
    enter: () => undefined,
    add: (message) => void visible.add(message),
    take() {
      for (const message of visible) {
        visible.delete(message);
        return message;
      }
      return undefined;
    },
    unlock: () => undefined,
    drop: (message) => void visible.delete(message),
  };
}

interface Group {
  /** All messages that aren't deleted, in the order sent. */
  readonly messages: Set<Message>;
  readonly visible: Set<Message>;
  readonly out: Set<Message>;
}

function fifoGroups(): Groups {
  const groups = new Map<string, Group>();
  const groupOf = (message: Message): Group => {
    const id = message.groupId ?? '';
    const group = groups.get(id) ?? { messages: new Set(), visible: new Set(), out: new Set() };
    groups.set(id, group);
    return group;
  };

  return {
    enter: (message) => void groupOf(message).messages.add(message),
    add: (message) => void groupOf(message).visible.add(message),
    take(together) {
      for (const group of groups.values()) {
        if ([...group.out].some((message) => !together.includes(message))) continue;
        const next = firstNotOut(group);
        if (next === undefined || !group.visible.has(next)) continue;
        group.visible.delete(next);
        group.out.add(next);
        return next;
      }
      return undefined;
    },
    unlock: (message) => void groupOf(message).out.delete(message),
    drop(message) {
      const group = groupOf(message);
      for (const set of [group.visible, group.out, group.messages]) set.delete(message);
      if (group.messages.size === 0) groups.delete(message.groupId ?? '');
    },
  };
}

function firstNotOut(group: Group): Message | undefined {
  for (const message of group.messages) if (!group.out.has(message)) return message;
  return undefined;
}
