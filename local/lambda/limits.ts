/** Limits of Lambda. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; sizes in bytes, times in ms. */
export const LAMBDA = {
  /** "Request must be smaller than 6291456 bytes for the InvokeFunction operation". */
  requestBytes: 6_291_456,
  /** "exceeded maximum allowed payload size (6291556 bytes)". */
  responseBytes: 6_291_556,
  asyncRequestBytes: 1_048_576,
  /** The concurrency of an account that asked for no more. */
  accountConcurrency: 1000,
  /** The init phase; what takes longer goes on at the invocation's expense. */
  initMs: 10_000,
  /** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
  asyncRetries: 2,
  asyncRetryDelaysMs: [60_000, 120_000],
  asyncEventAgeMs: 6 * 3_600_000,
  /** A throttled event is tried again after 1 s at first, 5 minutes at most. */
  throttleDelayMs: { first: 1000, most: 300_000 },
  /** What `X-Amz-Log-Result` holds. */
  logTailBytes: 4096,
  /** A log event of CloudWatch. */
  logLineBytes: 1_048_576,
} as const;
