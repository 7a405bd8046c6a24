/** How long the invocation may still run. */
export interface Deadline {
  remainingMs(): number;
}

/** The part of Lambda's context that tells the time. */
interface TimedContext {
  getRemainingTimeInMillis?(): number;
}

/** The deadline of this invocation; without a Lambda context (a direct call) `fallbackMs` from now. */
export function deadlineOf(context: TimedContext | undefined, fallbackMs = 60_000): Deadline {
  if (typeof context?.getRemainingTimeInMillis === 'function') {
    const remaining = context.getRemainingTimeInMillis.bind(context);
    return { remainingMs: () => remaining() };
  }
  const end = performance.now() + fallbackMs;
  return { remainingMs: () => end - performance.now() };
}
