/**
 * What the services of the local account know of one another. Each is made by a factory function in its own room
 * (`createKinesis`, `createFirehose`, …) and reaches the others only through these interfaces.
 */

import type { Readable } from 'node:stream';

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
  /**
   * What goes wrong with this invocation: the process is killed (`crash`: in turn before and after it worked;
   * `crash-at-start`: always before), or answers late. `payload` is the event's JSON.
   */
  invoke?: (functionName: string, payload: string) => 'crash' | 'crash-at-start' | { delayMs: number } | undefined;
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
  /** Where the next read goes on: what came after, also when nothing was read and the position was LATEST. */
  readonly next?: ShardPosition;
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
  /** The ARN of the function's execution role. */
  roleOf?(name: string): string | undefined;
}

/** Whether a role may do something; it is noted when it may not. A role that isn't of this account may do everything. */
export type Permits = (roleArn: string, action: string, resource: string) => boolean;

/** Lambda's asynchronous side, as S3, EventBridge and CloudWatch Logs use it. */
export interface AsyncFunctions {
  /**
   * Queues an event (1 MB at most); it is retried, and ends at the function's on-failure destination. Resolves when it
   * is accepted, which waits while too much is queued. Rejects with an `AwsError` when it can't be accepted.
   */
  submit(name: string, payload: string): Promise<{ readonly requestId: string }>;
}

/** Firehose, as log subscriptions write to it. Rejects when a record isn't taken. */
export interface DeliveryStreams {
  put(deliveryStream: string, records: readonly Buffer[]): Promise<void>;
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
  /** As the wire has them: `{"name":{"DataType":"String","StringValue":"…"}}`. */
  readonly messageAttributes?: Readonly<Record<string, QueueMessageAttribute>>;
}

export interface QueueMessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** SQS, from inside the account. Queues are named by ARN, URL or name. */
export interface Queues {
  send(queue: string, body: string, messageAttributes?: Readonly<Record<string, QueueMessageAttribute>>): Promise<void>;
  receive(queue: string, most: number, visibilitySeconds?: number): Promise<readonly QueueMessage[]>;
  remove(queue: string, receiptHandles: readonly string[]): Promise<void>;
  depth(queue: string): Promise<number>;
  /** Called after a message was sent to a queue; returns what unsubscribes. Without it, queues are polled. */
  onSent?(listener: (queueArn: string) => void): () => void;
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
  /** Empty for a service that `streams`. */
  readonly body: Buffer;
  /** The body as it arrives, for a service that `streams`. */
  readonly stream?: Readable;
  /** Aborted when the client hangs up before it has its answer. */
  readonly signal?: AbortSignal;
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
  /** How its errors are written; told from the request's content type when absent. */
  readonly protocol?: 'json' | 'query' | 'rest-json' | 'rest-xml';
  /** The part of X-Amz-Target before the dot: finds the service of a request that isn't signed for one. */
  readonly targetPrefix?: string;
  /** Takes its bodies as `request.stream`, unbuffered. */
  readonly streams?: boolean;
  /** Largest body taken, in bytes; 16 MiB when absent. */
  readonly maxBodyBytes?: number;
  /** Names the operation of a REST request: `PutObject`. */
  operationOf?(request: Pick<AwsRequest, 'method' | 'url' | 'headers'>): string | undefined;
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
