/** Limits of CloudWatch Logs. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/cloudwatch_limits_cwl.html */
export const LOGS = {
  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
  putEvents: 10_000,
  putBytes: 1_048_576,
  /** What each event counts beside its message. */
  eventOverheadBytes: 26,
  putSpanMs: 24 * 3_600_000,
  tooNewMs: 2 * 3_600_000,
  tooOldMs: 14 * 24 * 3_600_000,
  subscriptionsPerGroup: 2,
  describePage: 50,
  readEvents: 10_000,
  readBytes: 1_048_576,
  /** What a destination takes in one message, compressed. A function's event is base64, 1 MB at most. */
  messageBytes: { lambda: 780_000, kinesis: 1_048_576, firehose: 1_024_000 },
  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/SubscriptionFilters.html: retried for up to 24 hours. */
  deliveryMs: 24 * 3_600_000,
  deliveryDelayMs: { first: 1000, most: 60_000 },
} as const;
