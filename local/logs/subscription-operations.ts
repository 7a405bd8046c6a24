/** Subscription filters, as clients see and make them. */
import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { optional, text } from '../gateway/shape.ts';
import { findGroup, groupName, page, pageOf, readInput, token } from './inputs.ts';
import { LOGS } from './limits.ts';
import type { LogStore } from './log-store.ts';
import type { SubscriptionSettings } from './subscription.ts';
import type { Subscriptions } from './subscriptions.ts';

const filterName = text({ min: 1, max: 512, pattern: '[^:*]*' });
const put = readInput({
  logGroupName: groupName,
  filterName,
  filterPattern: text({ max: 1024 }),
  destinationArn: text({ min: 1 }),
  roleArn: optional(text({ min: 1 })),
  distribution: optional(text({ values: ['Random', 'ByLogStream'] })),
});
const describe = readInput({
  logGroupName: groupName,
  filterNamePrefix: optional(filterName),
  nextToken: token,
  limit: page,
});
const remove = readInput({ logGroupName: groupName, filterName });

export function subscriptionOperations(
  store: LogStore,
  subscriptions: Subscriptions,
  now: () => number,
): Record<string, JsonOperation> {
  return {
    PutSubscriptionFilter(value) {
      const asked = put(value);
      const group = findGroup(store, { logGroupName: asked.logGroupName });
      subscriptions.put(group, {
        name: asked.filterName,
        pattern: asked.filterPattern,
        destinationArn: asked.destinationArn,
        roleArn: asked.roleArn,
        distribution: asked.distribution === 'Random' ? 'Random' : 'ByLogStream',
        accountLevel: false,
        creationTime: now(),
      });
    },
    DescribeSubscriptionFilters(value) {
      const { logGroupName, filterNamePrefix = '', nextToken, limit } = describe(value);
      const { name } = findGroup(store, { logGroupName });
      const found = subscriptions.of(name).filter((filter) => filter.name.startsWith(filterNamePrefix));
      const { items, nextToken: next } = pageOf(found, limit ?? LOGS.describePage, nextToken);
      return { subscriptionFilters: items.map((filter) => describeFilter(name, filter)), nextToken: next };
    },
    DeleteSubscriptionFilter(value) {
      const asked = remove(value);
      const { name } = findGroup(store, { logGroupName: asked.logGroupName });
      if (subscriptions.remove(name, asked.filterName)) return;
      throw new AwsError('ResourceNotFoundException', 'The specified subscription filter does not exist.');
    },
  };
}

function describeFilter(logGroupName: string, filter: SubscriptionSettings): Record<string, unknown> {
  return {
    filterName: filter.name,
    logGroupName,
    filterPattern: filter.pattern,
    destinationArn: filter.destinationArn,
    roleArn: filter.roleArn,
    distribution: filter.distribution,
    creationTime: filter.creationTime,
  };
}
