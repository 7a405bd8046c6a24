/**
 * Asynchronous invocation: events wait in a queue, are retried, and end at a destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { randomUUID } from 'node:crypto';
import type { AsyncFunctions, Clock, InvokeResult } from '../account/contracts.ts';
import type { Targets } from '../account/targets.ts';
import { AwsError } from '../gateway/aws-error.ts';
import type { AsyncEvent, Condition } from './async-event.ts';
import type { FunctionDefinition } from './definition.ts';
import { eventDocument, letterAttributes } from './event-document.ts';
import { LAMBDA } from './limits.ts';

/** Properties of AWS::Lambda::EventInvokeConfig. */
export interface InvokeConfig {
  readonly MaximumRetryAttempts?: number | string;
  readonly MaximumEventAgeInSeconds?: number | string;
  readonly DestinationConfig?: {
    readonly OnFailure?: { readonly Destination?: string };
    readonly OnSuccess?: { readonly Destination?: string };
  };
}

export interface AsyncFigures {
  readonly accepted: number;
  readonly succeeded: number;
  /** Given up on: after the last retry, or too old. */
  readonly failed: number;
  /** Documents that their destination did not take. */
  readonly undelivered: number;
}

export interface AsyncInvoker extends AsyncFunctions {
  figures(): AsyncFigures;
  idle(): boolean;
  stop(): void;
}

export interface AsyncOptions {
  readonly clock: Clock;
  readonly targets?: (role: string) => Targets | undefined;
  readonly processes?: number;
  readonly asyncRetryDelaysMs?: readonly number[];
  readonly invoke: (name: string, payload: string, requestId: string) => Promise<InvokeResult>;
  readonly definitionOf: (name: string) => FunctionDefinition | undefined;
  readonly configOf: (name: string) => InvokeConfig | undefined;
}

/** What may wait before `submit` does. */
const BACKLOG_BYTES = 64 * 1024 * 1024;
const DELIVERY_ATTEMPTS = 5;
const DELIVERY_DELAY_MS = 1000;

export function createAsyncInvoker(options: AsyncOptions): AsyncInvoker {
  const { clock } = options;
  const queues = new Map<string, AsyncEvent[]>();
  const active = new Map<string, number>();
  const room = new Set<() => void>();
  const cancels = new Set<() => void>();
  const figures = { accepted: 0, succeeded: 0, failed: 0, undelivered: 0 };
  /** Accepted and not done with. */
  let open = 0;
  let backlog = 0;
  let stopped = false;

  async function submit(name: string, payload: string): Promise<{ requestId: string }> {
    const definition = options.definitionOf(name);
    if (definition === undefined) {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, { status: 404 });
    }
    const bytes = Buffer.byteLength(payload);
    if (bytes > LAMBDA.asyncRequestBytes) {
      const message = `Request must be smaller than ${LAMBDA.asyncRequestBytes} bytes for the InvokeFunction operation`;
      throw new AwsError('RequestEntityTooLargeException', message, { status: 413 });
    }
    while (backlog > BACKLOG_BYTES && !stopped) await new Promise<void>((resolve) => room.add(resolve));
    if (stopped) throw new AwsError('ServiceException', 'The account has been stopped', { status: 500 });
    const requestId = randomUUID();
    figures.accepted += 1;
    open += 1;
    backlog += bytes;
    enqueue({ definition, payload, requestId, accepted: clock.now(), attempts: 0, throttles: 0 });
    return { requestId };
  }

  function enqueue(event: AsyncEvent): void {
    const { name } = event.definition;
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    queue.push(event);
    pump(name, queue);
  }

  function pump(name: string, queue: AsyncEvent[]): void {
    const processes = options.processes ?? 4;
    // More than the function may run at once would only be throttled.
    const most = Math.min(processes, options.definitionOf(name)?.reserved || processes);
    while (queue.length > 0 && (active.get(name) ?? 0) < most && !stopped) {
      active.set(name, (active.get(name) ?? 0) + 1);
      const event = queue.shift() as AsyncEvent;
      void run(event).finally(() => {
        active.set(name, (active.get(name) ?? 1) - 1);
        pump(name, queue);
      });
    }
  }

  async function run(event: AsyncEvent): Promise<void> {
    const config = options.configOf(event.definition.name);
    const result = await options.invoke(event.definition.name, event.payload, event.requestId);
    const wait = nextAttempt(event, result, config, options.asyncRetryDelaysMs ?? LAMBDA.asyncRetryDelaysMs);
    if (wait === 'Success') figures.succeeded += 1;
    if (typeof wait === 'number') {
      if (clock.now() + wait - event.accepted <= maximumAgeMs(config)) return retryAfter(wait, event);
      return finish(event, result, 'EventAgeExceeded', config);
    }
    return finish(event, result, wait, config);
  }

  function retryAfter(ms: number, event: AsyncEvent): void {
    const cancel = clock.after(ms, () => {
      cancels.delete(cancel);
      enqueue(event);
    });
    cancels.add(cancel);
  }

  async function finish(
    event: AsyncEvent,
    result: InvokeResult,
    condition: Condition,
    config: InvokeConfig | undefined,
  ): Promise<void> {
    const ends = config?.DestinationConfig;
    const arn = condition === 'Success' ? ends?.OnSuccess?.Destination : ends?.OnFailure?.Destination;
    if (condition !== 'Success') figures.failed += 1;
    if (arn !== undefined) await deliver(arn, eventDocument(event, result, condition, clock.now()), event);
    const letters = event.definition.deadLetterArn;
    if (condition !== 'Success' && letters !== undefined) await deliver(letters, event.payload, event, result);
    open -= 1;
    backlog -= Buffer.byteLength(event.payload);
    for (const resolve of room) resolve();
    room.clear();
  }

  async function deliver(arn: string, body: string, event: AsyncEvent, letter?: InvokeResult): Promise<void> {
    const day = new Date(clock.now()).toISOString();
    const key = `aws/lambda/async/${event.definition.name}/${day.slice(0, 10).replaceAll('-', '/')}/${day.replaceAll(':', '.').slice(0, 19)}-${randomUUID()}`;
    const attributes = letter === undefined ? {} : { attributes: letterAttributes(event, letter) };
    for (let attempt = 1; attempt <= DELIVERY_ATTEMPTS && !stopped; attempt++) {
      try {
        await options.targets?.(event.definition.role)?.send(arn, body, { key, ...attributes });
        return;
      } catch {
        await clock.sleep(DELIVERY_DELAY_MS * 2 ** (attempt - 1));
      }
    }
    figures.undelivered += 1;
  }

  return {
    submit,
    figures: () => ({ ...figures }),
    idle: () => open === 0,
    stop() {
      stopped = true;
      for (const cancel of cancels) cancel();
      for (const resolve of room) resolve();
      for (const queue of queues.values()) queue.length = 0;
      open = 0;
    },
  };
}

function maximumAgeMs(config: InvokeConfig | undefined): number {
  const seconds = config?.MaximumEventAgeInSeconds;
  return seconds === undefined ? LAMBDA.asyncEventAgeMs : Number(seconds) * 1000;
}

/** How long to wait for the next attempt, or how the event ends. */
function nextAttempt(
  event: AsyncEvent,
  result: InvokeResult,
  config: InvokeConfig | undefined,
  delays: readonly number[],
): number | Condition {
  if (result.cause === 'rejected') {
    event.throttles += 1;
    return Math.min(LAMBDA.throttleDelayMs.first * 2 ** (event.throttles - 1), LAMBDA.throttleDelayMs.most);
  }
  if (result.functionError === undefined) return 'Success';
  event.attempts += 1;
  const most = Number(config?.MaximumRetryAttempts ?? LAMBDA.asyncRetries);
  if (event.attempts > most) return 'RetriesExhausted';
  return delays[Math.min(event.attempts, delays.length) - 1] ?? 0;
}
