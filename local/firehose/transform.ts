/**
 * The Lambda processor: buffers records by size and time, invokes the function, retries what the function threw.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
 */
import type { Clock, Functions, InvokeResult } from '../account/contracts.ts';
import { late } from './patience.ts';
import type { StreamRecord } from './record.ts';
import type { TransformSettings } from './settings.ts';
import { FUNCTION_ERROR, type RecordResult, readAnswer, TIMED_OUT, type TransformFailure } from './transform-answer.ts';
import {
  EVENT_OVERHEAD_BYTES,
  MOST_PAYLOAD_BYTES,
  type Origin,
  recordId,
  recordJson,
  recordJsonBytes,
  transformEvent,
} from './transform-event.ts';

export interface Transformed {
  readonly record: StreamRecord;
  readonly result: RecordResult;
  readonly attempts: number;
}

export interface Transform {
  add(record: StreamRecord): void;
  /** Hands on what is buffered now. */
  flush(): void;
  /** Resolves when every batch that was handed on has its answer. */
  settled(): Promise<void>;
  /** Resolves when less waits than the transform may hold back, so that memory stays bounded. */
  room(): Promise<void>;
  idle(): boolean;
  /** Records that are buffered or at the function. */
  held(): number;
  stop(): void;
}

export interface TransformOptions {
  readonly clock: Clock;
  readonly functions: Functions;
  readonly settings: TransformSettings;
  readonly origin: Origin;
  /** Invocations at once. */
  readonly parallel: number;
  readonly onResults: (results: readonly Transformed[]) => void;
  readonly onInvocation: (failed: boolean) => void;
}

interface Batch {
  readonly records: StreamRecord[];
  bytes: number;
  jsonBytes: number;
}

/** Waiting batches beyond which sources are held back, bytes. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

export function createTransform(options: TransformOptions): Transform {
  const { clock, settings } = options;
  const waiting: Batch[] = [];
  const forRoom: (() => void)[] = [];
  const forRest: (() => void)[] = [];
  let open: Batch | undefined;
  let cancelTimer: (() => void) | undefined;
  let waitingBytes = 0;
  let inFlight = 0;
  let held = 0;

  function flush(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    if (open === undefined) return;
    waiting.push(open);
    waitingBytes += open.bytes;
    open = undefined;
    start();
  }

  function start(): void {
    while (inFlight < options.parallel) {
      const batch = waiting.shift();
      if (batch === undefined) break;
      waitingBytes -= batch.bytes;
      inFlight++;
      void run(batch).finally(() => {
        inFlight--;
        held -= batch.records.length;
        start();
        if (isAtRest()) for (const resume of forRest.splice(0)) resume();
      });
    }
    if (waitingBytes < MOST_WAITING_BYTES) for (const resume of forRoom.splice(0)) resume();
  }

  function isAtRest(): boolean {
    return waiting.length === 0 && inFlight === 0;
  }

  async function run(batch: Batch): Promise<void> {
    const ids = batch.records.map(recordId);
    const { results, attempts } = await attempt(batch.records, ids);
    const failure = Array.isArray(results) ? undefined : results;
    options.onResults(
      batch.records.map((record, index) => ({
        record,
        result: failure === undefined ? (results as RecordResult[])[index]! : { kind: 'failed', failure },
        attempts,
      })),
    );
  }

  async function attempt(
    records: readonly StreamRecord[],
    ids: readonly string[],
  ): Promise<{ results: RecordResult[] | TransformFailure; attempts: number }> {
    const json = records.map((record, index) => recordJson(record, ids[index]!));
    for (let attempts = 1; ; attempts++) {
      const answer = await invoke(transformEvent(options.origin, json));
      options.onInvocation('code' in answer);
      if (!('code' in answer)) return { results: readAnswer(answer.payload, ids), attempts };
      if (attempts > settings.retries) return { results: answer, attempts };
    }
  }

  async function invoke(event: string): Promise<{ payload: string } | TransformFailure> {
    const waited = new AbortController();
    const answered = options.functions.invoke(settings.functionArn, event).catch(notInvoked);
    const answer = await Promise.race([answered, late(clock, waited.signal).then(() => TIMED_OUT)]);
    waited.abort();
    if ('code' in answer) return answer;
    if (answer.functionError !== undefined || answer.cause !== undefined) return failureOf(answer);
    return Buffer.byteLength(answer.payload) > MOST_PAYLOAD_BYTES ? FUNCTION_ERROR : answer;
  }

  return {
    add(record) {
      const jsonBytes = recordJsonBytes(record);
      const bytes = record.data.length;
      const most = MOST_PAYLOAD_BYTES - EVENT_OVERHEAD_BYTES;
      const over =
        open !== undefined && (open.bytes + bytes > settings.bufferBytes || open.jsonBytes + jsonBytes > most);
      if (over) flush();
      if (open === undefined) {
        open = { records: [], bytes: 0, jsonBytes: 0 };
        cancelTimer = clock.after(settings.bufferMs, flush);
      }
      open.records.push(record);
      open.bytes += bytes;
      open.jsonBytes += jsonBytes;
      held++;
      if (open.bytes >= settings.bufferBytes) flush();
    },
    flush,
    room() {
      if (waitingBytes < MOST_WAITING_BYTES) return Promise.resolve();
      return new Promise((resolve) => forRoom.push(resolve));
    },
    settled() {
      return isAtRest() ? Promise.resolve() : new Promise((resolve) => forRest.push(resolve));
    },
    idle: () => open === undefined && isAtRest(),
    held: () => held,
    stop() {
      cancelTimer?.();
      open = undefined;
      waiting.length = 0;
      for (const resume of [...forRoom.splice(0), ...forRest.splice(0)]) resume();
    },
  };
}

/** What kept a function from being invoked at all. */
function notInvoked(cause: unknown): TransformFailure {
  const name = cause instanceof Error ? cause.name : 'Error';
  const code = name === 'ResourceNotFoundException' ? 'Lambda.ResourceNotFound' : 'Lambda.InvokeError';
  return { code, message: `The Lambda function could not be invoked (${name}).` };
}

function failureOf(answer: InvokeResult): TransformFailure {
  if (answer.cause !== 'rejected') return FUNCTION_ERROR;
  const type = /"(?:errorType|__type|Type)":"([A-Za-z.]{1,80})"/.exec(answer.payload)?.[1] ?? '';
  if (type.includes('TooManyRequests')) {
    return { code: 'Lambda.InvokeLimitExceeded', message: 'The Lambda function invocation limit was exceeded.' };
  }
  if (type.includes('ResourceNotFound')) {
    return { code: 'Lambda.ResourceNotFound', message: 'The Lambda function does not exist.' };
  }
  return FUNCTION_ERROR;
}
