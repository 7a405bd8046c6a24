/** How an invocation ended that has no response, in the words of Lambda. */
import type { InvokeResult } from '../account/contracts.ts';

type FailureCause = NonNullable<InvokeResult['cause']>;

export interface Failure {
  readonly cause: FailureCause;
  /** Lambda's `{"errorType","errorMessage"}` as JSON text. */
  readonly payload: string;
  readonly errorType: string;
  /** What Lambda itself writes to the log, when the function could not. */
  readonly line?: string;
}

function failure(cause: FailureCause, errorType: string, errorMessage: string, line?: string): Failure {
  const payload = JSON.stringify({ errorType, errorMessage });
  return line === undefined ? { cause, errorType, payload } : { cause, errorType, payload, line };
}

/** The function's own error, as it was posted. */
export function reportedFailure(payload: string): Failure {
  let errorType = 'Unknown';
  try {
    const parsed: unknown = JSON.parse(payload);
    const type = (parsed as { errorType?: unknown } | null)?.errorType;
    if (typeof type === 'string') errorType = type;
  } catch {
    // A runtime may post what isn't JSON: it is handed on as it is.
  }
  return { cause: 'error', errorType, payload };
}

export function timedOut(requestId: string, timeoutMs: number): Failure {
  const text = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return failure('timeout', 'Sandbox.Timedout', `RequestId: ${requestId} Error: ${text}`, `${requestId} ${text}`);
}

export function responseTooLarge(bytes: number, limit: number): Failure {
  const text = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${limit} bytes).`;
  return failure('response-too-large', 'Function.ResponseSizeTooLarge', text);
}

export function outOfMemory(requestId: string): Failure {
  const text = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`;
  return failure('memory', 'Runtime.OutOfMemory', text, `${text}\nRuntime.OutOfMemory`);
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

/** The process ended while an invocation ran. `heap`: V8 gave up for want of memory. */
export function exited(requestId: string, code: number | null, signal: string | null, heap: boolean): Failure {
  const reason = signal !== null ? `signal: ${SIGNALS[signal] ?? signal}` : `exit status ${code}`;
  const how = code === 0 ? 'without providing a reason' : `with error: ${reason}`;
  const text = `RequestId: ${requestId} Error: Runtime exited ${how}`;
  return failure(heap ? 'memory' : 'crash', 'Runtime.ExitError', text, `${text}\nRuntime.ExitError`);
}

/** Never started. */
export function rejected(errorType: string, errorMessage: string): Failure {
  return failure('rejected', errorType, errorMessage);
}
