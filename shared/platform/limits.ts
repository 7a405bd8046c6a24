/**
 * Every limit of AWS that the suite keeps to, in one table, with its source. Sizes in bytes, times in milliseconds.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

export const LIMITS = {
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way for synchronous invocations. */
  lambda: {
    payload: 6 * MiB,
    /** What the service accepts to the byte: 6 MiB and 100 bytes, named in its own error text. The suite stays below 6 MiB. */
    responseHard: 6_291_556,
  },
  /** https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
  firehoseTransform: {
    /** The answer may have 6 MB. Whichever way a megabyte is counted, this is below it. */
    response: 6_000_000,
    /** Firehose waits five minutes for the function. */
    wait: 300_000,
  },
  /** https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
  firehosePut: { records: 500, bytes: 4 * MiB, record: 1000 * KiB },
  /** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html; keys count towards the request. */
  kinesisPut: { records: 500, bytes: 10 * MiB, record: 1 * MiB },
  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
  sqsSend: { records: 10, bytes: 1 * MiB, record: 1 * MiB },
  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html: entries of a request together. */
  eventBridgePut: { records: 10, bytes: 256 * KiB, record: 256 * KiB },
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
  dynamoDb: { item: 400 * KiB, batchWrite: 25, batchGet: 100, transaction: 100 },
} as const;
