/** An event source mapping from an SQS queue to a function. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
import type { Clock, Functions, QueueMessage, Queues } from '../account/contracts.ts';
import { readAnswer, refusalOf } from './answer.ts';
import { retryDelayMs } from './batch-runner.ts';
import type { Gate } from './gate.ts';
import { MAPPING } from './limits.ts';
import { queueRecord } from './queue-event.ts';
import type { QueueSettings } from './settings.ts';
import { createSignal } from './signal.ts';
import type { SourcePoller } from './stream-mapping.ts';
import type { MappingTally } from './tally.ts';

export interface QueueMappingOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly settings: () => QueueSettings;
  readonly gate: Gate;
  readonly tally: MappingTally;
}

interface Held {
  readonly message: QueueMessage;
  readonly json: string;
}

/** ReceiveMessage gives ten at most. */
const RECEIVE = 10;
const REMOVE_ATTEMPTS = 5;

export function createQueueMapping(options: QueueMappingOptions): SourcePoller {
  const { clock, queues, settings, gate, tally } = options;
  const arn = settings().eventSourceArn;
  const signal = createSignal(clock);
  let unsubscribe: (() => void) | undefined;
  let started = false;
  /** There may be messages that have not been asked for. */
  let unseen = true;
  /** What the queue held when it was last asked: messages to be tried again are not visible yet. */
  let depth = 0;
  let busy = 0;
  let hurried = false;

  async function receive(most: number): Promise<readonly Held[]> {
    unseen = false;
    const messages = await queues.receive(arn, Math.min(most, RECEIVE));
    if (messages.length > 0) {
      unseen = true;
      signal.notify();
    }
    tally.read += messages.length;
    const held = messages.map((message) => ({ message, json: queueRecord(message, { arn, region: options.region }) }));
    const { filter } = settings();
    if (filter === undefined) return held;
    const passing = held.filter(({ message }) => filter(message.body, { ...message }));
    tally.filtered += held.length - passing.length;
    await remove(held.filter((each) => !passing.includes(each)));
    return passing;
  }

  /** Up to a batch; while the batching window lasts, more are waited for. */
  async function gather(): Promise<readonly Held[]> {
    const { batchSize, windowMs } = settings();
    const held: Held[] = [];
    let until: number | undefined;
    while (held.length < batchSize && !gate.signal.aborted) {
      const received = await receive(batchSize - held.length);
      held.push(...received);
      until ??= held.length > 0 ? clock.now() + windowMs : undefined;
      const left = (until ?? 0) - clock.now();
      if (received.length > 0 && (left > 0 || windowMs === 0)) continue;
      if (until === undefined || left <= 0 || hurried) break;
      await signal.wait(Math.min(left, MAPPING.pollMs));
    }
    return held;
  }

  async function runBatch(batch: readonly Held[]): Promise<void> {
    const event = `{"Records":[${batch.map(({ json }) => json).join(',')}]}`;
    const result = await options.functions.invoke(settings().functionName, event);
    tally.invocations += 1;
    tally.lastResult = 'OK';
    if (refusalOf(result) !== undefined || result.functionError !== undefined) {
      tally.failures += 1;
      tally.lastResult = 'PROBLEM: Function call failed';
      return;
    }
    const ids = new Set(batch.map(({ message }) => message.messageId));
    const answer = readAnswer(result, settings().reportsItemFailures, (id) => ids.has(id));
    if (answer.kind === 'batch') return;
    const failed = new Set(answer.kind === 'items' ? answer.failed : []);
    await remove(batch.filter(({ message }) => !failed.has(message.messageId)));
  }

  /** What can't be removed comes again once it is visible: at least once is what SQS promises. */
  async function remove(held: readonly Held[]): Promise<void> {
    const handles = held.map(({ message }) => message.receiptHandle);
    for (let attempt = 0; handles.length > 0 && attempt < REMOVE_ATTEMPTS; attempt++) {
      try {
        return await queues.remove(arn, handles);
      } catch {
        await clock.sleep(retryDelayMs(attempt), gate.signal);
      }
    }
  }

  async function turn(): Promise<boolean> {
    busy += 1;
    try {
      const held = await gather();
      for (const batch of batches(held)) await runBatch(batch);
      return held.length > 0;
    } catch {
      // The queue refused: it is asked again at the next poll.
      return false;
    } finally {
      busy -= 1;
      hurried = hurried && busy > 0;
    }
  }

  /** The first worker polls; the others help when there is something. */
  async function work(index: number): Promise<void> {
    while (await gate.open()) {
      if ((await turn()) || unseen) continue;
      if (index === 0) depth = await queues.depth(arn).catch(() => depth);
      if (!unseen) await signal.wait(index === 0 ? MAPPING.pollMs : undefined);
    }
  }

  return {
    start() {
      if (!started) {
        unsubscribe = queues.onSent?.((queue) => {
          if (queue !== arn) return;
          unseen = true;
          signal.notify();
        });
        for (let index = 0; index < settings().concurrency; index++) void work(index);
      }
      started = true;
      signal.notify();
    },
    idle: () => busy === 0 && (!started || !gate.enabled() || (!unseen && depth === 0)),
    iteratorAgeMs: () => 0,
    hurry() {
      hurried = busy > 0;
      signal.notify();
    },
    stop() {
      unsubscribe?.();
      signal.notify();
    },
  };
}

/** One gathering may be more than an event holds. */
function batches(held: readonly Held[]): Held[][] {
  const all: Held[][] = [];
  let bytes: number = MAPPING.payloadBytes;
  for (const each of held) {
    const size = Buffer.byteLength(each.json) + 1;
    if (bytes + size > MAPPING.payloadBytes) {
      all.push([]);
      bytes = '{"Records":[]}'.length;
    }
    all.at(-1)?.push(each);
    bytes += size;
  }
  return all;
}
