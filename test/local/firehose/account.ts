/** The account around a delivery stream, faked: a function, buckets in memory, a Kinesis stream, a catalog. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createClock } from '../../../local/account/clock.ts';
import type {
  Clock,
  Faults,
  Functions,
  GlueTable,
  InvokeResult,
  Objects,
  ShardInfo,
  StreamEntry,
  Streams,
} from '../../../local/account/contracts.ts';
import { createFirehose, type FirehoseOptions, type LocalFirehose } from '../../../local/firehose/firehose.ts';

export const NOW = Date.UTC(2026, 10, 20, 9, 30, 15, 123);
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const FUNCTION_ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:transform`;
export const BUCKET_ARN = 'arn:aws:s3:::lake';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/delivery`;

interface EventRecord {
  readonly recordId: string;
  readonly data: string;
  readonly approximateArrivalTimestamp: number;
  readonly kinesisRecordMetadata?: Record<string, unknown>;
}

export interface TransformEvent {
  readonly invocationId: string;
  readonly deliveryStreamArn: string;
  readonly sourceKinesisStreamArn?: string;
  readonly region: string;
  readonly records: readonly EventRecord[];
}

/** What the fake function answers: an object (sent as JSON), text sent as it is, or a failed invocation. */
export type Answer = object | string | { readonly failed: Partial<InvokeResult> };
export type Handler = (event: TransformEvent) => Answer | Promise<Answer>;

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
  readonly contentEncoding: string | undefined;
}

export interface FakeAccount {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly firehose: LocalFirehose;
  readonly stored: StoredObject[];
  readonly events: TransformEvent[];
  readonly kinesis: FakeStream;
  readonly tables: Map<string, GlueTable>;
  readonly folder: string;
  setHandler(handler: Handler): void;
  /** Objects whose key begins so. */
  under(prefix: string): StoredObject[];
  stop(): Promise<void>;
}

export function fakeAccount(options: Partial<FirehoseOptions> = {}): FakeAccount {
  const clock = createClock(() => NOW);
  const faults: Faults = {};
  const stored: StoredObject[] = [];
  const events: TransformEvent[] = [];
  const kinesis = fakeStream(clock);
  const tables = new Map<string, GlueTable>();
  const folder = mkdtempSync(join(tmpdir(), 'firehose-test-'));
  let handler: Handler = passThrough;
  const firehose = createFirehose({
    clock,
    faults,
    functions: fakeFunctions(events, (event) => handler(event)),
    streams: kinesis.streams,
    objects: fakeObjects(stored, faults),
    tables: (database, table) => tables.get(`${database}.${table}`),
    accountId: ACCOUNT,
    region: REGION,
    folder,
    ...options,
  });
  return {
    clock,
    faults,
    firehose,
    stored,
    events,
    kinesis,
    tables,
    folder,
    setHandler(next) {
      handler = next;
    },
    under: (prefix) => stored.filter((object) => object.key.startsWith(prefix)),
    async stop() {
      await firehose.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function passThrough(event: TransformEvent): object {
  return { records: event.records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })) };
}

function fakeFunctions(events: TransformEvent[], handler: Handler): Functions {
  return {
    arnOf: (name) => name,
    figures: () => [],
    onLog: () => () => {},
    async invoke(_name, payload) {
      const event = JSON.parse(payload) as TransformEvent;
      events.push(event);
      const done = { requestId: event.invocationId, durationMs: 1, executedVersion: '$LATEST' };
      const answer = await handler(event);
      if (typeof answer === 'string') return { ...done, payload: answer };
      if ('failed' in answer) {
        return {
          ...done,
          payload: '{"errorMessage":"x"}',
          functionError: 'Unhandled',
          cause: 'error',
          ...(answer.failed as object),
        };
      }
      return { ...done, payload: JSON.stringify(answer) };
    },
  };
}

function fakeObjects(stored: StoredObject[], faults: Faults): Objects {
  return {
    async put(bucket, key, body, options) {
      const code = faults.s3Put?.(bucket, key);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      const at = stored.findIndex((object) => object.bucket === bucket && object.key === key);
      if (at !== -1) stored.splice(at, 1);
      stored.push({ bucket, key, body: Buffer.from(body), contentEncoding: options?.contentEncoding });
    },
    get: async (bucket, key) => stored.find((object) => object.bucket === bucket && object.key === key)!.body,
    list: async () => [],
    remove: async () => {},
    onCreated: () => () => {},
  };
}

interface FakeStream {
  readonly arn: string;
  readonly streams: Streams;
  add(shardId: string, parents?: readonly string[]): void;
  close(shardId: string): void;
  put(shardId: string, data: Buffer | string, partitionKey?: string): string;
}

interface FakeShard {
  readonly info: ShardInfo & { closed: boolean };
  readonly entries: StreamEntry[];
}

function fakeStream(clock: Clock): FakeStream {
  const arn = `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/events`;
  const shards = new Map<string, FakeShard>();
  const listeners = new Set<() => void>();
  let next = 49_600_000_000_000_000_000n * 10n ** 36n;
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const shardOf = (id: string): FakeShard => shards.get(id)!;
  const streams: Streams = {
    arnOf: () => arn,
    retentionMs: () => 86_400_000,
    shards(stream) {
      if (!stream.endsWith('events')) throw new Error('no such stream');
      return [...shards.values()].map(({ info }) => ({ ...info }));
    },
    read(_stream, shardId, after, limit) {
      const { entries, info } = shardOf(shardId);
      const from = entries.filter((entry) =>
        after.type === 'AT_TIMESTAMP'
          ? entry.arrival >= after.timestamp
          : after.type === 'AFTER_SEQUENCE_NUMBER'
            ? entry.sequenceNumber > after.sequenceNumber
            : true,
      );
      const page = from.slice(0, limit.records);
      return { entries: page, millisBehindLatest: 0, ended: info.closed && page.length === from.length };
    },
    put: () => [],
    onChange(_stream, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    arn,
    streams,
    add(shardId, parents = []) {
      shards.set(shardId, { info: { shardId, parents, closed: false }, entries: [] });
      tell();
    },
    close(shardId) {
      shardOf(shardId).info.closed = true;
      tell();
    },
    put(shardId, data, partitionKey = 'key') {
      next += 1n;
      const sequenceNumber = String(next);
      shardOf(shardId).entries.push({ sequenceNumber, partitionKey, data: Buffer.from(data), arrival: clock.now() });
      tell();
      return sequenceNumber;
    },
  };
}

/** A delivery stream's resource: to S3 with a transform, unless told otherwise. */
export function resource(destination: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) {
  return {
    logicalId: 'Delivery',
    type: 'AWS::KinesisFirehose::DeliveryStream',
    properties: { DeliveryStreamName: 'delivery', ExtendedS3DestinationConfiguration: s3(destination), ...rest },
  };
}

export function s3(destination: Record<string, unknown> = {}): Record<string, unknown> {
  return { RoleARN: ROLE_ARN, BucketARN: BUCKET_ARN, ...destination };
}

export function lambda(parameters: Record<string, string> = {}): Record<string, unknown> {
  const all = { LambdaArn: FUNCTION_ARN, BufferSizeInMBs: '1', BufferIntervalInSeconds: '60', ...parameters };
  return processing({ Type: 'Lambda', Parameters: parameterList(all) });
}

export function processing(...processors: object[]): Record<string, unknown> {
  return { ProcessingConfiguration: { Enabled: true, Processors: processors } };
}

export function parameterList(parameters: Record<string, string>): object[] {
  return Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue }));
}

/** Partitioned by the transform's key `kind`. */
export function partitioned(rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...lambda(),
    DynamicPartitioningConfiguration: { Enabled: true },
    Prefix: 'data/kind=!{partitionKeyFromLambda:kind}/at=!{timestamp:yyyy-MM-dd}/',
    ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
    ...rest,
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function text(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

/** The JSON documents of an error object. */
export function documents(object: StoredObject): Record<string, unknown>[] {
  const body = object.contentEncoding === 'gzip' ? gunzipSync(object.body) : object.body;
  return body
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The one figure line of a fake account's only stream. */
export function figuresOf(account: FakeAccount) {
  return account.firehose.figures()[0]!;
}
