import { eventbridge as connected } from '../platform/clients.ts';
import { LIMITS } from '../platform/limits.ts';
import { decodeUtf8 } from '../record/byte-string.ts';
import { permanent } from '../record/failure.ts';
import { failed } from '../record/outcome.ts';
import type { Delivery, Destination } from './destination.ts';
import { CONFIRMED, type Entry, type EntryResult } from './entry.ts';
import { unavailable } from './put-error.ts';

export interface EventBridgeOptions {
  /** Name or ARN of the event bus; default: the account's `default`. */
  readonly bus?: string;
  /** The events' `source`; default `sluice`. */
  readonly source?: string;
  /** The events' `detail-type`; default `record`. */
  readonly detailType?: string;
}

/** Bytes that an entry's time counts for. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const TIME_BYTES = 14;

/**
 * An EventBridge bus, by PutEvents: one event for each document, which must be a JSON object.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function eventBridge(options: EventBridgeOptions = {}): Delivery {
  return {
    name: 'eventBridge',
    target: `eventBridge ${options.bus ?? 'default'}`,
    connect: () => eventBridgeDestination(options),
  };
}

export function eventBridgeDestination(options: EventBridgeOptions = {}): Destination {
  const { records, bytes, record } = LIMITS.eventBridgePut;
  const { bus = 'default', source = 'sluice', detailType = 'record' } = options;
  const overhead = TIME_BYTES + Buffer.byteLength(source) + Buffer.byteLength(detailType);
  return {
    name: 'eventBridge',
    limits: { records, bytes, record },
    ordered: true,
    joinBytes: 0,
    oneDocument: true,
    sizeOf: (entry) => entry.data.length + overhead,
    put: async (entries, signal) => {
      const events = entries.filter(isObject);
      const answers = events.length === 0 ? [] : await putEvents(events);
      let next = 0;
      return entries.map((entry) => (isObject(entry) ? (answers[next++] ?? lost()) : notAnObject()));

      async function putEvents(sent: readonly Entry[]): Promise<readonly EntryResult[]> {
        const { aws, client } = await connected();
        const command = new aws.PutEventsCommand({
          Entries: sent.map(({ data }) => ({
            EventBusName: bus,
            Source: source,
            DetailType: detailType,
            Detail: decodeUtf8(data),
          })),
        });
        const response = await client.send(command, { abortSignal: signal });
        return (response.Entries ?? []).map(({ ErrorCode }) => resultOf(ErrorCode));
      }
    },
  };
}

function isObject({ data }: Entry): boolean {
  return /^\s*\{/.test(data);
}

function notAnObject(): EntryResult {
  return failed(permanent('NotAnObject', 'deliver', 'eventBridge takes JSON objects only.'));
}

function lost(): EntryResult {
  return failed(unavailable('eventBridge', 'NoAnswer'));
}

function resultOf(code: string | undefined): EntryResult {
  if (code === undefined) return CONFIRMED;
  if (code !== 'MalformedDetail') return failed(unavailable('eventBridge', code));
  return failed(permanent('DestinationRefused', 'deliver', `eventBridge refused the event: ${code}.`));
}
