/** Log groups and streams: made, described, tagged, deleted. */
import type { JsonOperation } from '../gateway/json-service.ts';
import { bool, integer, list, optional, text, textMap } from '../gateway/shape.ts';
import {
  exists,
  findGroup,
  findStream,
  groupName,
  groupOfArn,
  groupRef,
  invalid,
  page,
  pageOf,
  readInput,
  streamName,
  token,
} from './inputs.ts';
import { LOGS } from './limits.ts';
import type { LogGroup, LogStore, LogStream } from './log-store.ts';
import type { Subscriptions } from './subscriptions.ts';

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const createGroup = readInput({ logGroupName: groupName, tags: optional(textMap({ max: 50 })) });
const createStream = readInput({ logGroupName: groupName, logStreamName: streamName });
const describeGroups = readInput({
  logGroupNamePrefix: optional(text()),
  logGroupNamePattern: optional(text()),
  nextToken: token,
  limit: page,
});
const describeStreams = readInput({
  ...groupRef,
  logStreamNamePrefix: optional(text()),
  orderBy: optional(text({ values: ['LogStreamName', 'LastEventTime'] })),
  descending: optional(bool()),
  nextToken: token,
  limit: page,
});
const named = readInput({ logGroupName: groupName });
const putRetention = readInput({ logGroupName: groupName, retentionInDays: integer() });
const taggable = readInput({ resourceArn: text() });
const tagging = readInput({ resourceArn: text(), tags: textMap({ max: 50 }) });
const untagging = readInput({ resourceArn: text(), tagKeys: list(text()) });

export function groupOperations(store: LogStore, subscriptions: Subscriptions): Record<string, JsonOperation> {
  const byArn = (arn: string): LogGroup => findGroup(store, { logGroupName: groupOfArn(arn) });
  return {
    CreateLogGroup(value) {
      const { logGroupName, tags } = createGroup(value);
      if (store.groups.has(logGroupName)) throw exists('log group');
      const group = store.addGroup(logGroupName);
      for (const [key, tag] of Object.entries(tags ?? {})) group.tags.set(key, tag);
    },
    DeleteLogGroup(value) {
      const { name } = findGroup(store, named(value));
      subscriptions.removeGroup(name);
      store.removeGroup(name);
    },
    DescribeLogGroups(value) {
      const { logGroupNamePrefix = '', logGroupNamePattern = '', nextToken, limit } = describeGroups(value);
      const found = [...store.groups.values()]
        .filter(({ name }) => name.startsWith(logGroupNamePrefix) && name.includes(logGroupNamePattern))
        .sort((left, right) => (left.name < right.name ? -1 : 1));
      const { items, nextToken: next } = pageOf(found, limit ?? LOGS.describePage, nextToken);
      return { logGroups: items.map(describeGroup), nextToken: next };
    },
    CreateLogStream(value) {
      const { logGroupName, logStreamName } = createStream(value);
      const group = findGroup(store, { logGroupName });
      if (group.streams.has(logStreamName)) throw exists('log stream');
      store.addStream(group, logStreamName);
    },
    DeleteLogStream(value) {
      const { logGroupName, logStreamName } = createStream(value);
      const group = findGroup(store, { logGroupName });
      findStream(group, logStreamName);
      store.removeStream(group, logStreamName);
    },
    DescribeLogStreams(value) {
      const asked = describeStreams(value);
      const group = findGroup(store, asked);
      const byTime = asked.orderBy === 'LastEventTime';
      if (byTime && asked.logStreamNamePrefix !== undefined) {
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const found = [...group.streams.values()]
        .filter(({ name }) => name.startsWith(asked.logStreamNamePrefix ?? ''))
        .sort((left, right) => (byTime ? lastTime(left) - lastTime(right) : left.name < right.name ? -1 : 1));
      if (asked.descending === true) found.reverse();
      const { items, nextToken } = pageOf(found, asked.limit ?? LOGS.describePage, asked.nextToken);
      return { logStreams: items.map((stream) => describeStream(group, stream)), nextToken };
    },
    PutRetentionPolicy(value) {
      const { logGroupName, retentionInDays } = putRetention(value);
      if (!RETENTION_DAYS.includes(retentionInDays)) throw invalid(`retentionInDays can't be ${retentionInDays}`);
      findGroup(store, { logGroupName }).retentionInDays = retentionInDays;
    },
    DeleteRetentionPolicy(value) {
      findGroup(store, named(value)).retentionInDays = undefined;
    },
    TagResource(value) {
      const { resourceArn, tags } = tagging(value);
      for (const [key, tag] of Object.entries(tags)) byArn(resourceArn).tags.set(key, tag);
    },
    UntagResource(value) {
      const { resourceArn, tagKeys } = untagging(value);
      for (const key of tagKeys) byArn(resourceArn).tags.delete(key);
    },
    ListTagsForResource: (value) => ({ tags: Object.fromEntries(byArn(taggable(value).resourceArn).tags) }),
    ListTagsLogGroup: (value) => ({ tags: Object.fromEntries(findGroup(store, named(value)).tags) }),
  };
}

function lastTime(stream: LogStream): number {
  return stream.events.at(-1)?.timestamp ?? 0;
}

function describeGroup(group: LogGroup): Record<string, unknown> {
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    logGroupArn: group.arn,
    storedBytes: group.storedBytes,
    logGroupClass: 'STANDARD',
  };
}

function describeStream(group: LogGroup, stream: LogStream): Record<string, unknown> {
  return {
    logStreamName: stream.name,
    creationTime: stream.creationTime,
    firstEventTimestamp: stream.events[0]?.timestamp,
    lastEventTimestamp: stream.events.at(-1)?.timestamp,
    lastIngestionTime: stream.lastIngestionTime,
    uploadSequenceToken: '0',
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}
