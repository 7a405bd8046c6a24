/** Which objects of a bucket are told of, and to whom. https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html */
import type { TemplateResource } from '../account/contracts.ts';

export interface BucketNotification {
  readonly id: string;
  readonly targetArn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

export interface BucketNotifications {
  readonly notifications: readonly BucketNotification[];
  readonly eventBridge: boolean;
}

interface FilterRule {
  readonly Name?: string;
  readonly Value?: string;
}

/** As the template has it, one event each; as the S3 API has it, several. */
interface Configuration {
  readonly Id?: string;
  readonly Event?: string;
  readonly Events?: readonly string[];
  readonly Function?: string;
  readonly Queue?: string;
  readonly Topic?: string;
  readonly Filter?: { readonly S3Key?: { readonly Rules?: readonly FilterRule[] } };
}

export function readNotifications(resource: TemplateResource): BucketNotifications {
  const configuration = (resource.properties.NotificationConfiguration ?? {}) as Record<string, unknown>;
  const notifications: BucketNotification[] = [];
  for (const list of ['LambdaConfigurations', 'QueueConfigurations', 'TopicConfigurations']) {
    for (const each of (configuration[list] ?? []) as readonly Configuration[]) {
      notifications.push(readOne(each, `${resource.logicalId}.${list}[${notifications.length}]`));
    }
  }
  const eventBridge = configuration.EventBridgeConfiguration as { EventBridgeEnabled?: unknown } | undefined;
  return { notifications, eventBridge: eventBridge !== undefined && `${eventBridge.EventBridgeEnabled}` !== 'false' };
}

function readOne(configuration: Configuration, id: string): BucketNotification {
  const targetArn = configuration.Function ?? configuration.Queue ?? configuration.Topic;
  if (typeof targetArn !== 'string') throw new Error(`${id} names no function, queue or topic`);
  const rules = configuration.Filter?.S3Key?.Rules ?? [];
  const rule = (name: string): string => rules.find((each) => each.Name?.toLowerCase() === name)?.Value ?? '';
  return {
    id: configuration.Id ?? id,
    targetArn,
    events: configuration.Events ?? [configuration.Event ?? ''],
    prefix: rule('prefix'),
    suffix: rule('suffix'),
  };
}

/** Objects are taken to be put: how they were made is not told. */
const CREATED = ['s3:ObjectCreated:*', 's3:ObjectCreated:Put'];

export function isTold(notification: BucketNotification, key: string): boolean {
  return (
    notification.events.some((event) => CREATED.includes(event)) &&
    key.startsWith(notification.prefix) &&
    key.endsWith(notification.suffix)
  );
}
