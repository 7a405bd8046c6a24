/** EventBridge rules and schedules, as the template describes them, and what their targets get. */
import { randomUUID } from 'node:crypto';
import type { TemplateResource } from '../account/contracts.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface Target {
  readonly arn: string;
  /** What EventBridge sends with, where it is not the target's own policy that lets it. */
  readonly roleArn: string | undefined;
  readonly deadLetterArn: string | undefined;
  readonly partitionKeyPath: string | undefined;
  /** The message, made of the event. */
  readonly message: (event: BusEvent) => string;
}

interface TargetProperties {
  readonly Arn?: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate?: string;
  };
  readonly KinesisParameters?: { readonly PartitionKeyPath?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

export function ruleTargets(resource: TemplateResource): readonly Target[] {
  return ((resource.properties.Targets ?? []) as readonly TargetProperties[]).map((target) =>
    readTarget(target, resource.logicalId),
  );
}

/** AWS::Scheduler::Schedule has one target, and attributes of the run in its input. */
export function scheduleTarget(resource: TemplateResource, arn: string): Target {
  const properties = (resource.properties.Target ?? {}) as TargetProperties;
  const target = readTarget(properties, resource.logicalId);
  if (properties.Input === undefined) return target;
  const input = properties.Input;
  return {
    ...target,
    message: (event) =>
      input
        .replaceAll('<aws.scheduler.schedule-arn>', arn)
        .replaceAll('<aws.scheduler.scheduled-time>', event.time)
        .replaceAll('<aws.scheduler.execution-id>', event.id)
        .replaceAll('<aws.scheduler.attempt-number>', '1'),
  };
}

function readTarget(target: TargetProperties, logicalId: string): Target {
  if (typeof target.Arn !== 'string') throw new Error(`${logicalId}: a target has no Arn`);
  return {
    arn: target.Arn,
    roleArn: target.RoleArn,
    deadLetterArn: target.DeadLetterConfig?.Arn,
    partitionKeyPath: target.KinesisParameters?.PartitionKeyPath,
    message: messageOf(target),
  };
}

function messageOf({ Input, InputPath, InputTransformer }: TargetProperties): (event: BusEvent) => string {
  if (Input !== undefined) return () => Input;
  if (InputTransformer !== undefined) {
    const template = InputTransformer.InputTemplate ?? '';
    const paths = InputTransformer.InputPathsMap ?? {};
    return (event) => fillTemplate(template, paths, event);
  }
  if (InputPath !== undefined) return (event) => JSON.stringify(valueAt(event, InputPath) ?? null);
  return (event) => JSON.stringify(event);
}

/** `<name>` gives way to the value of its path: inside quotes to its text, elsewhere to its JSON. */
function fillTemplate(template: string, paths: Readonly<Record<string, string>>, event: BusEvent): string {
  let quoted = false;
  return template.replace(/\\.|"|<([^<>]+)>/g, (found, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined) return found;
    if (name === 'aws.events.event.json') return JSON.stringify(event);
    const path = paths[name];
    if (path === undefined) return found;
    const value = valueAt(event, path) ?? null;
    const json = JSON.stringify(value);
    if (!quoted) return json;
    return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
  });
}

/** `$.detail.bucket.name` */
export function valueAt(event: unknown, path: string): unknown {
  let value = event;
  for (const name of path.replace(/^\$\.?/, '').split('.')) {
    if (name === '') continue;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

export function busEvent(
  about: Pick<BusEvent, 'detail-type' | 'source' | 'resources' | 'detail'>,
  place: { accountId: string; region: string; now: number },
): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': about['detail-type'],
    source: about.source,
    account: place.accountId,
    time: `${new Date(place.now).toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: about.resources,
    detail: about.detail,
  };
}
