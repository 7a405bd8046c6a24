/** The subscriptions of the account: those of a log group, and those of all. */
import { AwsError } from '../gateway/aws-error.ts';
import { FilterPatternError } from './expression.ts';
import { LOGS } from './limits.ts';
import type { LogEvent, LogGroup } from './log-store.ts';
import {
  createSubscription,
  type Subscription,
  type SubscriptionFigures,
  type SubscriptionOptions,
  type SubscriptionSettings,
} from './subscription.ts';

export interface Subscriptions {
  /** Makes one, or replaces the one of that name. */
  put(group: LogGroup | undefined, settings: SubscriptionSettings, exclude?: (logGroup: string) => boolean): void;
  of(logGroup: string): readonly SubscriptionSettings[];
  accountLevel(): readonly SubscriptionSettings[];
  /** False when there is none of that name. */
  remove(logGroup: string | undefined, name: string): boolean;
  removeGroup(logGroup: string): void;
  take(logGroup: string, logStream: string, events: readonly LogEvent[]): void;
  /** Resolves when not too much waits for delivery. */
  room(): Promise<void>;
  figures(): readonly (SubscriptionFigures & { name: string; logGroup: string | undefined })[];
  idle(): boolean;
  stop(): void;
}

interface Held {
  readonly logGroup: string | undefined;
  readonly subscription: Subscription;
  readonly exclude: (logGroup: string) => boolean;
}

/** What may wait for delivery before a put does. */
const PENDING_BYTES = 32 * 1024 * 1024;
const ROOM_LOOK_MS = 20;
const KINDS = ['lambda', 'kinesis', 'firehose'];

export function createSubscriptions(options: SubscriptionOptions): Subscriptions {
  const held: Held[] = [];
  const closing: Subscription[] = [];
  let stopped = false;

  const of = (logGroup: string | undefined): Held[] => held.filter((each) => each.logGroup === logGroup);

  function takeOut(each: Held): void {
    held.splice(held.indexOf(each), 1);
    // What it has matched is still delivered.
    closing.push(each.subscription);
  }

  function find(logGroup: string | undefined, name: string): Held | undefined {
    return of(logGroup).find(({ subscription }) => subscription.settings.name === name);
  }

  return {
    put(group, settings, exclude = () => false) {
      const before = find(group?.name, settings.name);
      if (before === undefined && of(group?.name).length >= LOGS.subscriptionsPerGroup) {
        throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
      }
      const refusal = options.refusal?.(settings, group?.name ?? '*');
      if (refusal !== undefined) throw new AwsError('InvalidParameterException', refusal);
      const subscription = open(settings, options);
      if (before !== undefined) takeOut(before);
      held.push({ logGroup: group?.name, subscription, exclude });
    },
    of: (logGroup) => of(logGroup).map(({ subscription }) => subscription.settings),
    accountLevel: () => of(undefined).map(({ subscription }) => subscription.settings),
    remove(logGroup, name) {
      const found = find(logGroup, name);
      if (found !== undefined) takeOut(found);
      return found !== undefined;
    },
    removeGroup: (logGroup) => of(logGroup).forEach(takeOut),
    take(logGroup, logStream, events) {
      for (const each of held) {
        if (each.logGroup === logGroup || (each.logGroup === undefined && !each.exclude(logGroup))) {
          each.subscription.take(logGroup, logStream, events);
        }
      }
    },
    async room() {
      const pending = (): number => held.reduce((sum, { subscription }) => sum + subscription.pendingBytes(), 0);
      while (pending() > PENDING_BYTES && !stopped) await new Promise((resolve) => setTimeout(resolve, ROOM_LOOK_MS));
    },
    figures: () =>
      held.map(({ logGroup, subscription }) => ({
        name: subscription.settings.name,
        logGroup,
        ...subscription.figures(),
      })),
    idle: () => held.every(({ subscription }) => subscription.idle()) && closing.every((each) => each.idle()),
    stop() {
      stopped = true;
      for (const { subscription } of held) subscription.stop();
      for (const subscription of closing) subscription.stop();
    },
  };
}

function open(settings: SubscriptionSettings, options: SubscriptionOptions): Subscription {
  if (!KINDS.includes(settings.destinationArn.split(':')[2] ?? '')) {
    throw new AwsError(
      'InvalidParameterException',
      'destinationArn must name a function, a stream or a delivery stream',
    );
  }
  try {
    return createSubscription(settings, options);
  } catch (cause) {
    if (!(cause instanceof FilterPatternError)) throw cause;
    throw new AwsError('InvalidParameterException', cause.message);
  }
}
