import { onTestFinished } from 'vitest';
import { createClock } from '../../../local/account/clock.ts';
import type { Clock, Functions, InvokeResult, Queues } from '../../../local/account/contracts.ts';
import type { TargetOptions } from '../../../local/account/targets.ts';
import { createMappings, type LocalMappings } from '../../../local/mappings/mappings.ts';
import { type FakeStreams, fakeStreams } from './fake-streams.ts';

/** Where the clock of each test begins. */
const START = 1_789_809_023_187;

export const SHARD = 'shardId-000000000000';
export const STREAM_ARN = 'arn:aws:kinesis:us-east-1:123456789012:stream/events';
export const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:letters';
export const MAPPING_ID = '11111111-2222-3333-4444-555555555555';

export interface EventRecord {
  readonly kinesis: {
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventID: string;
  readonly eventSourceARN: string;
  readonly [other: string]: unknown;
}

export interface StreamEvent {
  readonly Records: EventRecord[];
  readonly window?: { readonly start: string; readonly end: string };
  readonly state?: Record<string, number>;
  readonly shardId?: string;
  readonly isFinalInvokeForWindow?: boolean;
  readonly isWindowTerminatedEarly?: boolean;
}

/** What the function under test does with an event: answers, throws (a function error), or is refused. */
export type Behaviour = (event: StreamEvent, invocation: number) => unknown;

export class Refusal extends Error {}

export interface Sent {
  readonly arn: string;
  readonly message: string;
  readonly key: string | undefined;
}

export interface Bench {
  readonly clock: Clock;
  readonly streams: FakeStreams;
  readonly mappings: LocalMappings;
  readonly functions: Functions;
  /** Every event the function got, in order, and its text. */
  readonly events: StreamEvent[];
  readonly texts: string[];
  readonly sent: Sent[];
  /** Text of the records in each event. */
  seen(): string[][];
  map(properties?: Record<string, unknown>): void;
  /** Lets everything that can happen at this instant happen. */
  settle(): Promise<void>;
  /** Pushes the clock until the mapping is idle. */
  drain(stepMs?: number): Promise<void>;
}

export function textOf(record: EventRecord): string {
  return Buffer.from(record.kinesis.data, 'base64').toString('utf8');
}

export interface BenchOptions {
  readonly queues?: (clock: Clock) => Queues;
  readonly destination?: () => 'down' | undefined;
  readonly retentionMs?: number;
  readonly shards?: readonly string[];
}

export function startBench(behaviour: Behaviour, options: BenchOptions = {}): Bench {
  // Time stands still but where a test pushes it.
  const clock = createClock(() => START);
  const streams = fakeStreams(() => clock.now(), options.retentionMs);
  for (const shard of options.shards ?? [SHARD]) streams.addShard(shard);
  const events: StreamEvent[] = [];
  const texts: string[] = [];
  const sent: Sent[] = [];
  const functions = fakeFunctions(behaviour, events, texts);
  const mappings = createMappings({
    clock,
    region: 'us-east-1',
    accountId: '123456789012',
    functions,
    streams,
    ...(options.queues === undefined ? {} : { queues: options.queues(clock) }),
    targets: () => ({
      async send(arn: string, message: string, target?: TargetOptions) {
        if (options.destination?.() === 'down') throw new Error('down');
        sent.push({ arn, message, key: target?.key });
      },
    }),
  });
  onTestFinished(() => mappings.stop());
  const settle = async () => {
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    streams,
    mappings,
    functions,
    events,
    texts,
    sent,
    seen: () => events.map(({ Records }) => Records.map(textOf)),
    map(properties = {}) {
      const all = { EventSourceArn: STREAM_ARN, FunctionName: 'f', StartingPosition: 'TRIM_HORIZON', ...properties };
      mappings.create({ logicalId: 'Mapping', type: 'AWS::Lambda::EventSourceMapping', properties: all }, MAPPING_ID);
    },
    settle,
    async drain(stepMs = 100) {
      await settle();
      for (let step = 0; !mappings.idle(); step++) {
        if (step > 20_000) throw new Error('The mapping never came to rest');
        await clock.advance(stepMs);
        await settle();
      }
    },
  };
}

function fakeFunctions(behaviour: Behaviour, events: StreamEvent[], texts: string[]): Functions {
  const base = { durationMs: 1, executedVersion: '$LATEST' };
  return {
    arnOf: (name) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    roleOf: (name) => `arn:aws:iam::123456789012:role/${name}-role`,
    figures: () => [],
    onLog: () => () => {},
    async invoke(_name, payload): Promise<InvokeResult> {
      const event = JSON.parse(payload) as StreamEvent;
      events.push(event);
      texts.push(payload);
      const requestId = `request-${events.length}`;
      try {
        const answer = (await behaviour(event, events.length)) ?? null;
        return { ...base, requestId, payload: JSON.stringify(answer) };
      } catch (error) {
        if (error instanceof Refusal) {
          return { ...base, requestId, payload: JSON.stringify({ errorType: error.message }), cause: 'rejected' };
        }
        return { ...base, requestId, payload: '{"errorType":"Error"}', functionError: 'Unhandled', cause: 'error' };
      }
    },
  };
}
