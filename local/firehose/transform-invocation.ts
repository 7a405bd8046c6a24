/** One batch at the function: invoked, and again for what it threw, until there is an answer or no retry left. */
import type { Clock, Functions, InvokeResult } from '../account/contracts.ts';
import { late } from './patience.ts';
import type { StreamRecord } from './record.ts';
import type { TransformSettings } from './settings.ts';
import { FUNCTION_ERROR, type RecordResult, readAnswer, TIMED_OUT, type TransformFailure } from './transform-answer.ts';
import { MOST_PAYLOAD_BYTES, type Origin, recordId, recordJson, transformEvent } from './transform-event.ts';

export interface Invoker {
  readonly clock: Clock;
  readonly functions: Functions;
  readonly settings: TransformSettings;
  readonly origin: Origin;
  /** Told after each invocation. */
  readonly onInvocation: (failed: boolean) => void;
}

export interface Transformed {
  readonly record: StreamRecord;
  readonly result: RecordResult;
  readonly attempts: number;
}

/** A result for each record, in order. Never rejects. */
export async function transformBatch(invoker: Invoker, records: readonly StreamRecord[]): Promise<Transformed[]> {
  const ids = records.map(recordId);
  const json = records.map((record, index) => recordJson(record, ids[index] as string));
  for (let attempts = 1; ; attempts++) {
    const answer = await invoke(invoker, transformEvent(invoker.origin, json));
    const failed = 'code' in answer;
    invoker.onInvocation(failed);
    if (failed && attempts <= invoker.settings.retries) continue;
    const read = failed ? answer : readAnswer(answer.payload, ids);
    return records.map((record, index) => ({ record, result: resultAt(read, index), attempts }));
  }
}

function resultAt(read: RecordResult[] | TransformFailure, index: number): RecordResult {
  return Array.isArray(read) ? (read[index] as RecordResult) : { kind: 'failed', failure: read };
}

async function invoke(invoker: Invoker, event: string): Promise<{ payload: string } | TransformFailure> {
  const waited = new AbortController();
  const answered = invoker.functions.invoke(invoker.settings.functionArn, event).catch(notInvoked);
  const answer = await Promise.race([answered, late(invoker.clock, waited.signal).then(() => TIMED_OUT)]);
  waited.abort();
  if ('code' in answer) return answer;
  if (answer.functionError !== undefined || answer.cause !== undefined) return failureOf(answer);
  return Buffer.byteLength(answer.payload) > MOST_PAYLOAD_BYTES ? FUNCTION_ERROR : answer;
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
  if (type.includes('AccessDenied')) {
    const message = 'Access was denied. Ensure that the access policy allows access to the Lambda function.';
    return { code: 'Lambda.InvokeAccessDenied', message };
  }
  if (type.includes('ResourceNotFound')) {
    return { code: 'Lambda.ResourceNotFound', message: 'The Lambda function does not exist.' };
  }
  return FUNCTION_ERROR;
}
