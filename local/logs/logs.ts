/** CloudWatch Logs: log groups with what clients and the account's functions write, and their subscriptions. */
import type {
  AsyncFunctions,
  AwsService,
  Clock,
  DeliveryStreams,
  Streams,
  TemplateResource,
  Worker,
} from '../account/contracts.ts';
import { awsJsonService } from '../gateway/json-service.ts';
import { eventOperations } from './event-operations.ts';
import { groupOperations } from './group-operations.ts';
import { createLogStore, type LogGroup } from './log-store.ts';
import type { SubscriptionFigures, SubscriptionSettings } from './subscription.ts';
import { subscriptionOperations } from './subscription-operations.ts';
import { createSubscriptions } from './subscriptions.ts';

export interface LogsOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  /** Where subscriptions deliver. Asked for at each delivery: they may be made later. */
  readonly destinations?: () => {
    readonly functions?: AsyncFunctions;
    readonly streams?: Streams;
    readonly deliveryStreams?: DeliveryStreams;
  };
  /** Why CloudWatch Logs may not deliver to a subscription's destination. */
  readonly refusal?: (subscription: SubscriptionSettings, logGroup: string) => string | undefined;
  /** What all log events together may take; 64 MiB unless told. The oldest give way. */
  readonly memoryBytes?: number;
}

export interface LocalLogs extends AwsService, Worker {
  /** Makes an AWS::Logs::LogGroup, LogStream, SubscriptionFilter, or an AccountPolicy that subscribes. `name` is what a Ref gives. */
  create(resource: TemplateResource, name?: string): void;
  /** Writes a message of the account's own; the log group and stream are made where they are missing. */
  append(logGroup: string, logStream: string, message: string): void;
  /** Ends a subscription: of a log group, or of the account. */
  unsubscribe(logGroup: string | undefined, name: string): void;
  /** The messages of a log group that are still held, by time. */
  read(
    logGroup: string,
  ): readonly { readonly logStream: string; readonly timestamp: number; readonly message: string }[];
  figures(): readonly (SubscriptionFigures & { name: string; logGroup: string | undefined })[];
  /** Log events that gave way to newer ones. */
  dropped(): number;
}

const MEMORY_BYTES = 64 * 1024 * 1024;

export function createLogs(options: LogsOptions): LocalLogs {
  const { clock } = options;
  const now = (): number => clock.now();
  const store = createLogStore({ ...options, now, mostBytes: options.memoryBytes ?? MEMORY_BYTES });
  const services = options.destinations ?? (() => ({}));
  const { accountId, refusal } = options;
  const subscriptions = createSubscriptions({ clock, accountId, services, ...(refusal !== undefined && { refusal }) });
  const service = awsJsonService({
    names: ['logs'],
    targetPrefix: 'Logs_20140328',
    version: '1.1',
    operations: {
      ...groupOperations(store, subscriptions),
      ...eventOperations(store, subscriptions, clock),
      ...subscriptionOperations(store, subscriptions, now),
    },
  });

  const groupOf = (name: string): LogGroup => store.groups.get(name) ?? store.addGroup(name);

  function createFromTemplate(resource: TemplateResource, name: string): void {
    const properties = resource.properties as Record<string, string | undefined>;
    const maker = MAKERS[resource.type];
    if (maker === undefined) throw new Error(`${resource.logicalId}: CloudWatch Logs has no ${resource.type}`);
    maker(properties, name);
  }

  const MAKERS: Readonly<Record<string, (properties: Record<string, string | undefined>, name: string) => void>> = {
    'AWS::Logs::LogGroup': ({ LogGroupName = undefined, RetentionInDays }, name) => {
      const group = groupOf(LogGroupName ?? name);
      group.retentionInDays = RetentionInDays === undefined ? undefined : Number(RetentionInDays);
    },
    'AWS::Logs::LogStream': ({ LogGroupName, LogStreamName }, name) => {
      store.addStream(groupOf(String(LogGroupName)), LogStreamName ?? name);
    },
    'AWS::Logs::SubscriptionFilter': (properties, name) => {
      const settings = settingsOf(properties, properties.FilterName ?? name, false, now());
      subscriptions.put(groupOf(String(properties.LogGroupName)), settings);
    },
    'AWS::Logs::AccountPolicy': (properties, name) => {
      if (properties.PolicyType !== 'SUBSCRIPTION_FILTER_POLICY') return;
      const document = JSON.parse(String(properties.PolicyDocument)) as Record<string, string>;
      const settings = settingsOf(document, properties.PolicyName ?? name, true, now());
      subscriptions.put(undefined, settings, excludedBy(properties.SelectionCriteria));
    },
  };

  return {
    ...service,
    create: (resource, name = resource.logicalId) => createFromTemplate(resource, name),
    append(logGroup, logStream, message) {
      const group = groupOf(logGroup);
      const stream = group.streams.get(logStream) ?? store.addStream(group, logStream);
      subscriptions.take(logGroup, logStream, store.append(group, stream, [{ timestamp: now(), message }]));
    },
    unsubscribe: (logGroup, name) => void subscriptions.remove(logGroup, name),
    read(logGroup) {
      const streams = [...(store.groups.get(logGroup)?.streams.values() ?? [])];
      return streams
        .flatMap(({ name: logStream, events }) => events.map((event) => ({ ...event, logStream })))
        .sort((left, right) => (left.id < right.id ? -1 : 1));
    },
    figures: subscriptions.figures,
    dropped: store.dropped,
    idle: subscriptions.idle,
    async stop() {
      subscriptions.stop();
    },
  };
}

function settingsOf(
  properties: Readonly<Record<string, string | undefined>>,
  name: string,
  accountLevel: boolean,
  creationTime: number,
): SubscriptionSettings {
  return {
    name,
    pattern: properties.FilterPattern ?? '',
    destinationArn: String(properties.DestinationArn),
    roleArn: properties.RoleArn,
    distribution: properties.Distribution === 'Random' ? 'Random' : 'ByLogStream',
    accountLevel,
    creationTime,
  };
}

/** `LogGroupName NOT IN ["a", "b"]`: the one criterion that AWS has. */
function excludedBy(criteria: string | undefined): (logGroup: string) => boolean {
  const names = new Set(Array.from((criteria ?? '').matchAll(/"([^"]+)"/g), ([, name]) => name));
  return (logGroup) => names.has(logGroup);
}
