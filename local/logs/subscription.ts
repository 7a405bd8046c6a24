/** One subscription: what it takes of a log group goes to a function, a stream or a delivery stream. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { AsyncFunctions, Clock, DeliveryStreams, Streams } from '../account/contracts.ts';
import { compileFilterPattern, type FilterPattern } from './filter-pattern.ts';
import { LOGS } from './limits.ts';
import type { LogEvent } from './log-store.ts';

export interface SubscriptionSettings {
  readonly name: string;
  readonly pattern: string;
  readonly destinationArn: string;
  readonly roleArn: string | undefined;
  readonly distribution: 'Random' | 'ByLogStream';
  /** Of all log groups of the account. */
  readonly accountLevel: boolean;
  readonly creationTime: number;
}

export interface SubscriptionOptions {
  readonly clock: Clock;
  readonly accountId: string;
  /** Asked for at each message: they may be made later. */
  /** Why CloudWatch Logs may not deliver to a subscription's destination. */
  readonly refusal?: (subscription: SubscriptionSettings, logGroup: string) => string | undefined;
  readonly services: () => {
    readonly functions?: AsyncFunctions | undefined;
    readonly streams?: Streams | undefined;
    readonly deliveryStreams?: DeliveryStreams | undefined;
  };
}

export interface SubscriptionFigures {
  /** Log events that matched, were delivered, and were given up on after 24 hours. */
  readonly matched: number;
  readonly delivered: number;
  readonly lost: number;
  readonly attemptsFailed: number;
}

export interface Subscription {
  readonly settings: SubscriptionSettings;
  take(logGroup: string, logStream: string, events: readonly LogEvent[]): void;
  pendingBytes(): number;
  idle(): boolean;
  figures(): SubscriptionFigures;
  stop(): void;
}

interface SubscribedEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
  readonly extractedFields?: Readonly<Record<string, string>>;
}

interface Pending {
  readonly logGroup: string;
  readonly logStream: string;
  readonly events: SubscribedEvent[];
  bytes: number;
  readonly since: number;
}

type DestinationKind = keyof typeof LOGS.messageBytes;

const compress = promisify(gzip);
/** What one message holds before compression. */
const MESSAGE_TEXT_BYTES = 2_000_000;

export function createSubscription(settings: SubscriptionSettings, options: SubscriptionOptions): Subscription {
  const { clock } = options;
  const pattern: FilterPattern = compileFilterPattern(settings.pattern);
  const kind = settings.destinationArn.split(':')[2] as DestinationKind;
  const gone = new AbortController();
  const queue: Pending[] = [];
  const figures = { matched: 0, delivered: 0, lost: 0, attemptsFailed: 0 };
  let pendingBytes = 0;
  let working = false;

  function take(logGroup: string, logStream: string, events: readonly LogEvent[]): void {
    for (const event of events) {
      const fields = pattern(event.message);
      if (fields !== undefined) add(logGroup, logStream, event, fields);
    }
    if (queue.length > 0 && !working) void work();
  }

  /** Joins what waits of the same stream into one message. */
  function add(logGroup: string, logStream: string, event: LogEvent, fields: Readonly<Record<string, string>>): void {
    const { id, timestamp, message } = event;
    const subscribed = { id, timestamp, message };
    const bytes = message.length + 120;
    let last = queue.at(-1);
    const joins =
      last?.logStream === logStream && last.logGroup === logGroup && last.bytes + bytes < MESSAGE_TEXT_BYTES;
    if (last === undefined || !joins) {
      last = { logGroup, logStream, events: [], bytes: 0, since: clock.now() };
      queue.push(last);
    }
    const extracted = Object.keys(fields).length > 0;
    last.events.push(extracted ? { ...subscribed, extractedFields: fields } : subscribed);
    last.bytes += bytes;
    pendingBytes += bytes;
    figures.matched += 1;
  }

  async function work(): Promise<void> {
    working = true;
    // Puts of the same moment are joined.
    await new Promise((resolve) => setImmediate(resolve));
    for (let pending = queue.shift(); pending !== undefined && !gone.signal.aborted; pending = queue.shift()) {
      await deliver(pending, pending.events);
      pendingBytes -= pending.bytes;
    }
    working = false;
  }

  async function deliver(pending: Pending, events: readonly SubscribedEvent[]): Promise<void> {
    const data = await compress(dataMessage(pending, events));
    if (data.length > LOGS.messageBytes[kind] && events.length > 1) {
      const middle = Math.ceil(events.length / 2);
      await deliver(pending, events.slice(0, middle));
      return deliver(pending, events.slice(middle));
    }
    if (await send(data, pending.logStream, pending.since)) figures.delivered += events.length;
    else figures.lost += events.length;
  }

  /** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/SubscriptionFilters.html */
  function dataMessage({ logGroup, logStream }: Pending, logEvents: readonly SubscribedEvent[]): string {
    return JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: options.accountId,
      logGroup,
      logStream,
      subscriptionFilters: [settings.name],
      logEvents,
      ...(settings.accountLevel ? { policyLevel: 'ACCOUNT_LEVEL_POLICY' } : {}),
    });
  }

  /** Sent when a subscription is made, to see whether its destination takes anything. */
  async function sendControl(): Promise<void> {
    const names = { lambda: 'Lambda', kinesis: 'Kinesis', firehose: 'Firehose' };
    const message = `CWL CONTROL MESSAGE: Checking health of destination ${names[kind]}.`;
    const document = {
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [{ id: '', timestamp: clock.now(), message }],
    };
    await send(await compress(JSON.stringify(document)), '', clock.now());
  }

  async function send(data: Buffer, logStream: string, since: number): Promise<boolean> {
    for (let attempt = 0; !gone.signal.aborted; attempt++) {
      try {
        await sendOnce(data, logStream);
        return true;
      } catch {
        figures.attemptsFailed += 1;
        const { first, most } = LOGS.deliveryDelayMs;
        const wait = Math.min(first * 2 ** Math.min(attempt, 16), most);
        if (clock.now() + wait - since > LOGS.deliveryMs) return false;
        await clock.sleep(wait, gone.signal);
      }
    }
    return false;
  }

  async function sendOnce(data: Buffer, logStream: string): Promise<void> {
    const { functions, streams, deliveryStreams } = options.services();
    const arn = settings.destinationArn;
    if (kind === 'lambda' && functions !== undefined) {
      await functions.submit(arn, `{"awslogs":{"data":"${data.toString('base64')}"}}`);
    } else if (kind === 'kinesis' && streams !== undefined) {
      const partitionKey = settings.distribution === 'Random' ? String(Math.random()) : logStream;
      streams.put(arn, [{ partitionKey: partitionKey || 'control', data }]);
    } else if (kind === 'firehose' && deliveryStreams !== undefined) {
      await deliveryStreams.put(arn, [data]);
    } else throw new Error(`The local account can't deliver logs to ${arn}`);
  }

  let opening = true;
  void sendControl().finally(() => {
    opening = false;
  });

  return {
    settings,
    take,
    pendingBytes: () => pendingBytes,
    idle: () => !working && !opening && queue.length === 0,
    figures: () => ({ ...figures }),
    stop() {
      gone.abort();
      queue.length = 0;
    },
  };
}
