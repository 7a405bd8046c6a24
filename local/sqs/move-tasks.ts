/** Redriving a dead-letter queue. Source: StartMessageMoveTask's API reference. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, optional, text } from '../gateway/shape.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueStore } from './queue-store.ts';
import { invalidParameter, sqsError } from './sqs-error.ts';

const readStart = input({
  SourceArn: text(),
  DestinationArn: optional(text()),
  MaxNumberOfMessagesPerSecond: optional(integer({ min: 1, max: 500 })),
});
const readCancel = input({ TaskHandle: text() });
const readList = input({ SourceArn: text(), MaxResults: optional(integer({ min: 1, max: 10 })) });

interface MoveTask {
  readonly handle: string;
  readonly source: Queue;
  readonly destination: Queue | undefined;
  readonly startedAt: number;
  readonly perSecond: number;
  readonly toMove: number;
  readonly asked: number | undefined;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failure: string | undefined;
  cancel: () => void;
}

const DEFAULT_RATE = 500;
const TURN_MS = 1000;

export function moveTaskOperations(store: QueueStore): Record<string, JsonOperation> {
  const tasks = new Map<string, MoveTask>();
  return {
    StartMessageMoveTask(raw) {
      const request = readStart(raw);
      const source = store.find(request.SourceArn);
      if (store.sourcesOf(source).length === 0)
        throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
      const running = [...tasks.values()].some((task) => task.source === source && task.status === 'RUNNING');
      if (running)
        throw sqsError(
          'UnsupportedOperation',
          'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
        );
      const task: MoveTask = {
        handle: Buffer.from(randomUUID()).toString('base64'),
        source,
        destination: request.DestinationArn === undefined ? undefined : store.find(request.DestinationArn),
        startedAt: store.clock.now(),
        perSecond: request.MaxNumberOfMessagesPerSecond ?? DEFAULT_RATE,
        asked: request.MaxNumberOfMessagesPerSecond,
        toMove: source.counts().visible,
        moved: 0,
        status: 'RUNNING',
        failure: undefined,
        cancel: () => undefined,
      };
      tasks.set(task.handle, task);
      moveSome(store, task);
      return { TaskHandle: task.handle };
    },
    CancelMessageMoveTask(raw) {
      const task = tasks.get(readCancel(raw).TaskHandle);
      if (task?.status !== 'RUNNING')
        throw new AwsError('ResourceNotFoundException', 'The task does not exist or is not running.');
      task.cancel();
      task.status = 'CANCELLED';
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
    ListMessageMoveTasks(raw) {
      const request = readList(raw);
      const source = store.find(request.SourceArn);
      const found = [...tasks.values()].filter((task) => task.source === source).reverse();
      return { Results: found.slice(0, request.MaxResults ?? 1).map(describe) };
    },
  };
}

function moveSome(store: QueueStore, task: MoveTask): void {
  const most = Math.min(task.perSecond, task.toMove - task.moved);
  for (const message of task.source.receive(most, 0, () => false)) {
    const target = task.destination ?? originOf(store, message);
    if (target === undefined) {
      task.status = 'FAILED';
      task.failure = 'CouldNotDetermineMessageSource';
      return;
    }
    // Moved messages are new ones: their identity and age begin again.
    store.send(target, { ...message, delaySeconds: 0 });
    task.source.remove(message);
    task.moved += 1;
  }
  if (task.moved >= task.toMove || task.source.counts().visible === 0) task.status = 'COMPLETED';
  else task.cancel = store.clock.after(TURN_MS, () => moveSome(store, task));
}

function originOf(store: QueueStore, message: Message): Queue | undefined {
  const arn = message.deadLetterSource;
  return arn === undefined ? undefined : store.queues.get(arn.slice(arn.lastIndexOf(':') + 1));
}

function describe(task: MoveTask): object {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.source.arn,
    ...(task.destination === undefined ? {} : { DestinationArn: task.destination.arn }),
    ...(task.asked === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.asked }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}
