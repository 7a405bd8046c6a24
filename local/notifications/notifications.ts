/** What happens in the account by itself: S3 tells of objects, rules match events, schedules come due. */
import type { Clock, Objects, TemplateResource, Worker } from '../account/contracts.ts';
import type { Caller, Targets } from '../account/targets.ts';
import { compilePattern, type Pattern } from '../mappings/pattern.ts';
import { bucketDetail, bucketEvent, type CreatedObject } from './bucket-event.ts';
import { type BucketNotifications, isTold, readNotifications } from './bucket-notifications.ts';
import { type BusEvent, busEvent, ruleTargets, scheduleTarget, type Target, valueAt } from './rule.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';
import { createSender, type SenderFigures } from './sender.ts';

export interface NotificationsOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly objects?: Objects;
  /** The targets as whoever tells of something may send to them: the service itself, or a role that it assumes. */
  readonly targets: (caller: Caller) => Targets;
  /** Why S3 may not send to a target, asked when a bucket is told to. */
  readonly refusal?: (caller: Caller, targetArn: string) => string | undefined;
}

export interface LocalNotifications extends Worker {
  /**
   * Takes up what an AWS::S3::Bucket, AWS::Events::Rule or AWS::Scheduler::Schedule asks for. `name` is what a Ref of
   * it gives. Throws for what can't be read.
   */
  create(resource: TemplateResource, name?: string): void;
  /** Forgets what was taken up under a name. */
  remove(name: string): void;
  /** Gives an event to the rules whose pattern matches it. */
  publish(event: BusEvent): void;
  figures(): SenderFigures;
}

interface Rule {
  readonly owner: Owner;
  readonly caller: Caller;
  readonly matches: Pattern;
  readonly targets: readonly Target[];
}

function bucketCaller(bucket: string): Caller {
  return { service: 's3.amazonaws.com', sourceArn: `arn:aws:s3:::${bucket}` };
}

/** A resource that was taken up; its schedules end with it. */
interface Owner {
  readonly name: string;
  gone: boolean;
}

export function createNotifications(options: NotificationsOptions): LocalNotifications {
  const { clock, region, accountId } = options;
  const sender = createSender(clock);
  const buckets = new Map<string, BucketNotifications>();
  let rules: readonly Rule[] = [];
  const cancels = new Set<() => void>();
  const owners = new Map<string, Owner>();
  const place = () => ({ accountId, region, now: clock.now() });

  const unsubscribe = options.objects?.onCreated((bucket, key, size) => {
    const notifications = buckets.get(bucket);
    if (notifications !== undefined) tell(notifications, { bucket, key, size, eTag: undefined, time: clock.now() });
  });

  function tell({ notifications, eventBridge }: BucketNotifications, object: CreatedObject): void {
    for (const notification of notifications) {
      if (isTold(notification, object.key)) {
        const targets = options.targets(bucketCaller(object.bucket));
        sender.send(targets, notification.targetArn, bucketEvent(object, region, notification.id));
      }
    }
    if (!eventBridge) return;
    const resources = [`arn:aws:s3:::${object.bucket}`];
    const about = { source: 'aws.s3', 'detail-type': 'Object Created', resources, detail: bucketDetail(object) };
    publish(busEvent(about, place()));
  }

  function publish(event: BusEvent): void {
    for (const { matches, targets, caller } of rules)
      if (matches(event)) for (const target of targets) send(target, event, caller);
  }

  function send(target: Target, event: BusEvent, caller: Caller): void {
    const key = target.partitionKeyPath === undefined ? event.id : valueAt(event, target.partitionKeyPath);
    const targets = options.targets({ ...caller, roleArn: target.roleArn });
    sender.send(targets, target.arn, target.message(event), { partitionKey: String(key) }, target.deadLetterArn);
  }

  /** Fires at each time that the schedule gives, one after another. */
  function run(owner: Owner, schedule: Schedule, end: number, fire: (due: number) => void): void {
    const due = schedule(clock.now());
    if (due === undefined || due > end) return;
    const cancel = clock.after(due - clock.now(), () => {
      cancels.delete(cancel);
      if (owner.gone) return;
      fire(due);
      run(owner, schedule, end, fire);
    });
    cancels.add(cancel);
  }

  function addRule(resource: TemplateResource, owner: Owner): void {
    const { EventPattern, ScheduleExpression, State } = resource.properties;
    const targets = ruleTargets(resource);
    const arn = `arn:aws:events:${region}:${accountId}:rule/${owner.name}`;
    const caller = { service: 'events.amazonaws.com', sourceArn: arn };
    if (State === 'DISABLED') return;
    if (EventPattern !== undefined) {
      const pattern = typeof EventPattern === 'string' ? (JSON.parse(EventPattern) as unknown) : EventPattern;
      const matches = compilePattern(pattern, `${resource.logicalId}.EventPattern`);
      rules = [...rules, { owner, caller, matches, targets }];
    }
    if (typeof ScheduleExpression !== 'string') return;
    const about = { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [arn], detail: {} };
    run(owner, parseSchedule(ScheduleExpression, clock.now()), Number.POSITIVE_INFINITY, (now) => {
      for (const target of targets) send(target, busEvent(about, { accountId, region, now }), caller);
    });
  }

  function addSchedule(resource: TemplateResource, owner: Owner): void {
    const { ScheduleExpression, ScheduleExpressionTimezone, State, StartDate, EndDate } = resource.properties;
    const arn = `arn:aws:scheduler:${region}:${accountId}:schedule/default/${owner.name}`;
    const target = scheduleTarget(resource, arn);
    if (State === 'DISABLED') return;
    const timeZone = typeof ScheduleExpressionTimezone === 'string' ? ScheduleExpressionTimezone : 'UTC';
    const start = typeof StartDate === 'string' ? Date.parse(StartDate) : clock.now();
    const schedule = parseSchedule(String(ScheduleExpression), start, timeZone);
    const end = typeof EndDate === 'string' ? Date.parse(EndDate) : Number.POSITIVE_INFINITY;
    const about = { source: 'aws.scheduler', 'detail-type': 'Scheduled Event', resources: [arn], detail: '{}' };
    const from: Schedule = (after) => schedule(Math.max(after, start - 1));
    const caller = { service: 'scheduler.amazonaws.com', sourceArn: arn };
    run(owner, from, end, (now) => send(target, busEvent(about, { accountId, region, now }), caller));
  }

  function addBucket(resource: TemplateResource, { name }: Owner): void {
    const read = readNotifications(resource);
    for (const { targetArn } of read.notifications) {
      const refused = options.refusal?.(bucketCaller(name), targetArn);
      if (refused !== undefined) {
        throw new Error(`Unable to validate the following destination configurations: ${targetArn} (${refused})`);
      }
    }
    buckets.set(name, read);
  }

  const MAKERS: Readonly<Record<string, (resource: TemplateResource, owner: Owner) => void>> = {
    'AWS::S3::Bucket': addBucket,
    'AWS::Events::Rule': addRule,
    'AWS::Scheduler::Schedule': addSchedule,
  };

  return {
    create(resource, name = resource.logicalId) {
      const make = MAKERS[resource.type];
      if (make === undefined) throw new Error(`${resource.logicalId}: nothing is told of by ${resource.type}`);
      const owner = { name, gone: false };
      make(resource, owner);
      owners.set(name, owner);
    },
    remove(name) {
      const owner = owners.get(name);
      if (owner === undefined) return;
      owner.gone = true;
      owners.delete(name);
      buckets.delete(name);
      rules = rules.filter((rule) => rule.owner !== owner);
    },
    publish,
    figures: sender.figures,
    idle: sender.idle,
    async stop() {
      unsubscribe?.();
      for (const cancel of cancels) cancel();
      sender.stop();
    },
  };
}
