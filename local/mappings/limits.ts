/** Limits of event source mappings. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export const MAPPING = {
  /** What one invocation takes; a batch is cut before it is larger. */
  payloadBytes: 6_291_456,
  stream: { batchSize: 100, mostBatchSize: 10_000, mostWindowSeconds: 300, mostFactor: 10, mostTumblingSeconds: 900 },
  queue: { batchSize: 10, mostBatchSize: 10_000, mostWithoutWindow: 10, mostWindowSeconds: 300, pollers: 5 },
  mostRetries: 10_000,
  recordAgeSeconds: { least: 60, most: 604_800 },
  /** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html: 1 MB a shard. */
  stateBytes: 1_048_576,
  /** Room for the state and the members beside it in the event of a window. */
  windowReserveBytes: 1_050_000,
  /** GetRecords: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html */
  read: { records: 10_000, bytes: 10_485_760 },
  /** Lambda polls a shard about once a second; here that is only a fallback to being told of new records. */
  pollMs: 1000,
  /** AWS publishes no figures for the waits between retries; it says that they grow. */
  retryDelayMs: { first: 100, most: 60_000 },
  documentAttempts: 5,
} as const;
