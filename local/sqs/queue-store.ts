/** The account's queues, found by name, URL or ARN. */
import type { Clock, Faults } from '../account/contracts.ts';
import { checkAttributes, DEFAULTS, type QueueAttributes, readRedrive } from './attributes.ts';
import type { Message, OutgoingMessage } from './message.ts';
import { openQueue, type Queue, type Sent } from './queue.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

export interface QueuesOptions {
  readonly clock: Clock;
  readonly faults?: Faults;
  readonly accountId?: string;
  readonly region?: string;
  /** The account's endpoint: clients use a queue's URL as their endpoint. */
  readonly endpoint: string;
}

export interface QueueStore {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly queues: ReadonlyMap<string, Queue>;
  create(name: string, attributes: QueueAttributes): Queue;
  remove(queue: Queue): void;
  find(nameOrUrlOrArn: string): Queue;
  urlOf(queue: Queue): string;
  arnOf(name: string): string;
  send(queue: Queue, outgoing: OutgoingMessage): Sent;
  receive(queue: Queue, most: number, visibilitySeconds: number | undefined): Message[];
  /** Waits up to `ms` for a queue to have something to give; returns what it gives then. */
  await(queue: Queue, ms: number, signal: AbortSignal | undefined, take: () => Message[]): Promise<Message[]>;
  /** Called with the ARN of a queue that may have something to give. */
  onSent(listener: (queueArn: string) => void): () => void;
  changed(queue: Queue): void;
  /** Queues whose dead letters go to this one. */
  sourcesOf(queue: Queue): Queue[];
}

export function createQueueStore(options: QueuesOptions): QueueStore {
  const { clock, accountId = '000000000000', region = 'us-east-1', endpoint } = options;
  const queues = new Map<string, Queue>();
  const listeners = new Set<(queueArn: string) => void>();
  const arnOf = (name: string): string => `arn:aws:sqs:${region}:${accountId}:${name}`;

  const store: QueueStore = {
    clock,
    faults: options.faults ?? {},
    queues,
    arnOf,
    urlOf: (queue) => `${endpoint}/${accountId}/${queue.name}`,
    create(name, attributes) {
      checkName(name, attributes);
      const fifo = attributes.FifoQueue === 'true';
      checkAttributes(attributes, fifo);
      const existing = queues.get(name);
      if (existing !== undefined) return sameQueue(existing, attributes);
      const queue = openQueue({ name, arn: arnOf(name), attributes: { ...DEFAULTS, ...attributes }, clock });
      queues.set(name, queue);
      return queue;
    },
    remove(queue) {
      queue.purge();
      queues.delete(queue.name);
      store.changed(queue);
    },
    find(reference) {
      const name = reference.startsWith('arn:')
        ? reference.slice(reference.lastIndexOf(':') + 1)
        : reference.slice(reference.lastIndexOf('/') + 1);
      const queue = queues.get(name);
      if (queue !== undefined) return queue;
      throw sqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    },
    send(queue, outgoing) {
      const sent = queue.send(outgoing);
      store.changed(queue);
      return sent;
    },
    receive(queue, most, visibilitySeconds) {
      const visibilityMs = (visibilitySeconds ?? Number(queue.attributes.VisibilityTimeout)) * 1000;
      return queue.receive(most, visibilityMs, (arn, message) => {
        const target = queues.get(arn.slice(arn.lastIndexOf(':') + 1));
        if (target === undefined) return false;
        target.accept(message, queue.arn);
        store.changed(target);
        return true;
      });
    },
    async await(queue, ms, signal, take) {
      const until = clock.now() + ms;
      for (;;) {
        const taken = take();
        const left = until - clock.now();
        if (taken.length > 0 || left <= 0 || signal?.aborted || queues.get(queue.name) !== queue) return taken;
        const due = (queue.nextVisible() ?? Infinity) - clock.now();
        await nextChange(store, queue, Math.max(Math.min(left, due), 1), signal);
      }
    },
    onSent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    changed(queue) {
      for (const listener of [...listeners]) listener(queue.arn);
    },
    sourcesOf: (queue) =>
      [...queues.values()].filter(
        (each) => readRedrive(each.attributes.RedrivePolicy)?.deadLetterTargetArn === queue.arn,
      ),
  };
  return store;
}

function nextChange(store: QueueStore, queue: Queue, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cancel = store.clock.after(ms, done);
    const leave = store.onSent((arn) => arn === queue.arn && done());
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      cancel();
      leave();
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

function checkName(name: string, attributes: QueueAttributes): void {
  const fifo = attributes.FifoQueue === 'true';
  const stem = fifo ? name.replace(/\.fifo$/, '') : name;
  if (/^[a-zA-Z0-9_-]{1,80}$/.test(stem) && name.length <= 80 && fifo === name.endsWith('.fifo')) return;
  throw invalidParameter(
    fifo || name.endsWith('.fifo')
      ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
      : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
  );
}

/** Creating a queue that is there is fine when nothing differs. */
function sameQueue(existing: Queue, attributes: QueueAttributes): Queue {
  for (const [name, value] of Object.entries(attributes)) {
    if (existing.attributes[name] === value) continue;
    throw sqsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${name}`,
    );
  }
  return existing;
}
