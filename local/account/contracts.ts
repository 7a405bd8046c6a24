/**
 * What the services of the local account know of one another. Each is made by a factory function in its own room
 * (`createKinesis`, `createFirehose`, …) and reaches the others only through these interfaces.
 */

/** Time in the account. Tests advance it; timers then fire in order. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or early when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once, `ms` from now; returns what cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Moves time forward, firing what falls due. Resolves when the callbacks due have been started. */
  advance(ms: number): Promise<void>;
}

/** Faults to inject, read at each call, so that a test can change them while the account runs. */
export interface Faults {
  /** An AWS error code to answer for this record of a Kinesis put (`ProvisionedThroughputExceededException`, `InternalFailure`). */
  kinesisPut?: (stream: string, partitionKey: string) => string | undefined;
  /** The same for a record of a Firehose put (`ServiceUnavailableException`). */
  firehosePut?: (deliveryStream: string) => string | undefined;
  /** What goes wrong with this invocation: the process is killed, or answers late. `payload` is the event's JSON. */
  invoke?: (functionName: string, payload: string) => 'crash' | { delayMs: number } | undefined;
  /** An AWS error code to answer for putting this object. */
  s3Put?: (bucket: string, key: string) => string | undefined;
  /** An AWS error code to answer for any operation: `sqs` `SendMessage`, `dynamodb` `PutItem` … */
  operation?: (service: string, operation: string) => string | undefined;
}

/** One entry of a shard. */
export interface StreamEntry {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly arrival: number;
}

export type ShardPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timestamp: number }
  | { readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface ShardInfo {
  readonly shardId: string;
  readonly parents: readonly string[];
  /** Closed by a split or merge: it takes no more records. */
  readonly closed: boolean;
}

export interface ShardRead {
  readonly entries: readonly StreamEntry[];
  /** 0 at the tip. */
  readonly millisBehindLatest: number;
  /** Everything of a closed shard has been read. */
  readonly ended: boolean;
}

/** Kinesis as event source mappings and delivery streams read it. Names and ARNs are both taken. */
export interface Streams {
  arnOf(stream: string): string;
  shards(stream: string): readonly ShardInfo[];
  retentionMs(stream: string): number;
  read(stream: string, shardId: string, after: ShardPosition, limit: { records: number; bytes: number }): ShardRead;
  put(
    stream: string,
    entries: readonly { partitionKey: string; data: Buffer }[],
  ): readonly { shardId: string; sequenceNumber: string }[];
  /** Called after records arrived or shards changed; returns what unsubscribes. */
  onChange(stream: string, listener: () => void): () => void;
}

export interface InvokeResult {
  readonly requestId: string;
  /** The response's JSON text; of an error, Lambda's `{"errorMessage","errorType"}`. */
  readonly payload: string;
  /** Present when the function failed: as in the X-Amz-Function-Error header. */
  readonly functionError?: 'Unhandled' | 'Handled';
  /** How it failed. `rejected`: never started (payload too large, throttled). */
  readonly cause?: 'error' | 'timeout' | 'crash' | 'memory' | 'response-too-large' | 'rejected';
  readonly durationMs: number;
  readonly executedVersion: string;
}

/** What one function did so far. */
export interface FunctionFigures {
  readonly name: string;
  readonly invocations: number;
  readonly errors: number;
  readonly coldStarts: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMemoryMb: number;
}

/** Lambda. A function is named by its name, logical id or ARN. */
export interface Functions {
  arnOf(name: string): string;
  /** Runs a function with an event as JSON text, waiting for its answer. Never rejects for what the function did. */
  invoke(name: string, payload: string): Promise<InvokeResult>;
  figures(): readonly FunctionFigures[];
  /** Every line a function wrote to standard output or error, as CloudWatch Logs would hold it. */
  onLog(listener: (functionName: string, line: string, requestId: string | undefined) => void): () => void;
}

/** S3, from inside the account. */
export interface Objects {
  put(
    bucket: string,
    key: string,
    body: Buffer,
    options?: { contentType?: string; contentEncoding?: string },
  ): Promise<void>;
  get(bucket: string, key: string): Promise<Buffer>;
  list(bucket: string, prefix?: string): Promise<readonly { key: string; size: number; lastModified: number }[]>;
  remove(bucket: string, key: string): Promise<void>;
  onCreated(listener: (bucket: string, key: string, size: number) => void): () => void;
}

export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** SQS, from inside the account. Queues are named by ARN, URL or name. */
export interface Queues {
  send(queue: string, body: string): Promise<void>;
  receive(queue: string, most: number, visibilitySeconds?: number): Promise<readonly QueueMessage[]>;
  remove(queue: string, receiptHandles: readonly string[]): Promise<void>;
  depth(queue: string): Promise<number>;
}

/** A request that reached the endpoint, signed for one service. */
export interface AwsRequest {
  /** The SigV4 credential scope's service: `kinesis`, `s3` … */
  readonly service: string;
  /** The operation of a JSON or query protocol: `PutRecords`. */
  readonly operation: string | undefined;
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** The access key that signed it: each function's process has its own, so that its role can be told. */
  readonly accessKeyId: string | undefined;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | AsyncIterable<Uint8Array>;
}

/** A service behind the account's endpoint. */
export interface AwsService {
  /** Signing names it answers to. */
  readonly names: readonly string[];
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** A part of the account that works in the background. */
export interface Worker {
  /** True when nothing is in flight, buffered or due: what `drain` waits for. */
  idle(): boolean;
  stop(): Promise<void>;
}

/** A resource of the compiled template, with Ref, GetAtt, Sub and Join resolved to the local account's names and ARNs. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A column of a Glue table: its name, and its Hive type (`struct<id:string>`). */
export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/** A table of the Glue catalog, as its template describes it. */
export interface GlueTable {
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
}
