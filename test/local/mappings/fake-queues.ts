import type { Clock, QueueMessage, Queues } from '../../../local/account/contracts.ts';

interface Held {
  readonly message: QueueMessage;
  visibleAt: number;
  receives: number;
}

export interface FakeQueues extends Queues {
  readonly removed: string[];
}

/** One queue in memory, whatever its name, with a visibility timeout of 30 s by the clock. */
export function fakeQueues(clock: Clock, told = true): FakeQueues {
  const held = new Map<string, Held>();
  const listeners = new Set<(arn: string) => void>();
  const removed: string[] = [];
  let count = 0;
  const queues: FakeQueues = {
    removed,
    async send(queue, body, messageAttributes) {
      count += 1;
      const messageId = `message-${count}`;
      const attributes = { SentTimestamp: String(clock.now()) };
      const message = { messageId, receiptHandle: `handle-${count}`, body, attributes };
      held.set(message.receiptHandle, {
        message: messageAttributes === undefined ? message : { ...message, messageAttributes },
        visibleAt: 0,
        receives: 0,
      });
      for (const listener of listeners) listener(queue);
    },
    async receive(_queue, most) {
      const found: QueueMessage[] = [];
      for (const each of held.values()) {
        if (found.length === Math.min(most, 10) || each.visibleAt > clock.now()) continue;
        each.visibleAt = clock.now() + 30_000;
        each.receives += 1;
        const attributes = { ...each.message.attributes, ApproximateReceiveCount: String(each.receives) };
        found.push({ ...each.message, attributes });
      }
      return found;
    },
    async remove(_queue, handles) {
      for (const handle of handles) {
        removed.push(held.get(handle)?.message.body ?? handle);
        held.delete(handle);
      }
    },
    depth: async () => held.size,
  };
  if (!told) return queues;
  return {
    ...queues,
    onSent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
