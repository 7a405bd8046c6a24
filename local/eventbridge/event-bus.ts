/** EventBridge's PutEvents: what was put is kept, and told to who listens. */
import { randomUUID } from 'node:crypto';
import type { AwsService, Clock } from '../account/contracts.ts';
import { AwsError } from '../gateway/aws-error.ts';
import { awsJsonService, type JsonOperation } from '../gateway/json-service.ts';
import { input, list, optional, structure, text, timestamp } from '../gateway/shape.ts';

/** An event as a rule's target gets it. */
interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  /** JSON text, as it was put. */
  readonly detail: string;
  readonly bus: string;
}

export interface EventBusOptions {
  readonly clock: Clock;
  readonly accountId?: string;
  readonly region?: string;
}

export interface LocalEventBus extends AwsService {
  /** The newest 10,000 events. */
  events(): readonly BusEvent[];
  onEvent(listener: (event: BusEvent) => void): () => void;
  /** Makes a bus beside `default`; gives its ARN. */
  createBus(name: string): string;
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_ENTRIES = 10;
const LARGEST_REQUEST = 1024 * 1024;
const MOST_KEPT = 10_000;

const entry = structure({
  Time: optional(timestamp()),
  Source: optional(text()),
  DetailType: optional(text()),
  Detail: optional(text({ hidden: true })),
  EventBusName: optional(text({ max: 1600 })),
  Resources: optional(list(text({ max: 2048 }))),
  TraceHeader: optional(text({ max: 500 })),
});
const readPut = input({ Entries: list(entry, { min: 1, max: MOST_ENTRIES }), EndpointId: optional(text()) });
type Entry = ReturnType<typeof readPut>['Entries'][number];

export function createEventBus(options: EventBusOptions): LocalEventBus {
  const { clock, accountId = '000000000000', region = 'us-east-1' } = options;
  const kept: BusEvent[] = [];
  const listeners = new Set<(event: BusEvent) => void>();
  const buses = new Set(['default']);
  const arnOf = (bus: string): string => `arn:aws:events:${region}:${accountId}:event-bus/${bus}`;

  function put(each: Entry): object {
    const wrong = faultOf(each, buses);
    if (wrong !== undefined) return wrong;
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      account: accountId,
      region,
      time: new Date(each.Time ?? clock.now()).toISOString(),
      source: each.Source as string,
      'detail-type': each.DetailType as string,
      resources: each.Resources ?? [],
      detail: each.Detail as string,
      bus: busOf(each),
    };
    kept.push(event);
    if (kept.length > MOST_KEPT) kept.splice(0, kept.length - MOST_KEPT);
    for (const listener of [...listeners]) listener(event);
    return { EventId: event.id };
  }

  const operations: Record<string, JsonOperation> = {
    PutEvents(raw) {
      const { Entries } = readPut(raw);
      if (Entries.reduce((sum, each) => sum + sizeOf(each), 0) > LARGEST_REQUEST) {
        throw new AwsError(
          'ValidationException',
          `Total size of the entries in the request is over the limit of ${LARGEST_REQUEST} bytes.`,
        );
      }
      const results = Entries.map(put);
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
    ListEventBuses: () => ({ EventBuses: [...buses].map((Name) => ({ Name, Arn: arnOf(Name) })) }),
  };
  return {
    ...awsJsonService({ names: ['events'], targetPrefix: 'AWSEvents', version: '1.1', operations }),
    events: () => [...kept],
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    createBus(name) {
      buses.add(name);
      return arnOf(name);
    },
  };
}

function busOf({ EventBusName: name = 'default' }: Entry): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
function sizeOf(each: Entry): number {
  const texts = [each.Source, each.DetailType, each.Detail, ...(each.Resources ?? [])];
  const time = each.Time === undefined ? 0 : 14;
  return texts.reduce((sum, text = '') => sum + Buffer.byteLength(text), time);
}

function faultOf(each: Entry, buses: ReadonlySet<string>): object | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!each[name]) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  if (each.Source?.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (!isObject(each.Detail as string)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  if (!buses.has(busOf(each))) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event bus ${busOf(each)} does not exist.` };
  }
  return undefined;
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
