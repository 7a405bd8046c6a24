import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { input, integer, optional, structure, text, timestamp } from '../gateway/shape.ts';
import { decimalHashKey } from './hash-range.ts';
import { findStream, pageSize, seconds, shardId, streamName, streamRef, token } from './inputs.ts';
import type { StreamStore } from './store.ts';
import { openShards, type Shard, type Stream, trimHorizon, trimStream } from './stream.ts';
import { createTokens } from './tokens.ts';

const readDescribe = input({ ...streamRef, Limit: optional(pageSize), ExclusiveStartShardId: optional(shardId) });
const readSummary = input(streamRef);
const readListStreams = input({
  Limit: optional(pageSize),
  ExclusiveStartStreamName: optional(streamName),
  NextToken: optional(token),
});
const FILTERS = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;
const shardFilter = structure({
  Type: text<(typeof FILTERS)[number]>({ values: FILTERS }),
  ShardId: optional(shardId),
  Timestamp: optional(timestamp()),
});
const readListShards = input({
  ...streamRef,
  NextToken: optional(token),
  ExclusiveStartShardId: optional(shardId),
  MaxResults: optional(integer({ min: 1, max: 10_000 })),
  StreamCreationTimestamp: optional(timestamp()),
  ShardFilter: optional(shardFilter),
});

type ShardFilter = ReturnType<typeof readListShards>['ShardFilter'];

/** Source: ListShards' and DescribeStream's API references. */
const PAGE = { shards: 1000, describedShards: 100, streams: 100 };
const TOKEN_LIFE_MS = 300_000;

/** Where a page of shards goes on. */
interface ShardPage {
  readonly stream: string;
  readonly after: string;
  readonly filter: ShardFilter;
  readonly issuedAt: number;
}

export function describeOperations(store: StreamStore): Record<string, JsonOperation> {
  const pages = createTokens('list-shards');
  return {
    DescribeStream(raw) {
      const request = readDescribe(raw);
      const stream = freshStream(store, request);
      const after = request.ExclusiveStartShardId;
      const all = [...stream.shards.values()].filter((shard) => after === undefined || shard.id > after);
      const page = all.slice(0, request.Limit ?? PAGE.describedShards);
      const description = {
        ...summary(stream),
        Shards: page.map(describeShard),
        HasMoreShards: page.length < all.length,
      };
      return { StreamDescription: description };
    },
    DescribeStreamSummary(raw) {
      const stream = freshStream(store, readSummary(raw));
      const counts = { OpenShardCount: openShards(stream).length, ConsumerCount: stream.consumers.size };
      const size = { MaxRecordSizeInKiB: stream.maxRecordKiB };
      return { StreamDescriptionSummary: { ...summary(stream), ...counts, ...size } };
    },
    ListStreams(raw) {
      const request = readListStreams(raw);
      const after = request.NextToken ?? request.ExclusiveStartStreamName ?? '';
      const all = [...store.streams.values()]
        .filter((each) => each.name > after)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const page = all.slice(0, request.Limit ?? PAGE.streams);
      const more = page.length < all.length;
      return {
        StreamNames: page.map((each) => each.name),
        HasMoreStreams: more,
        StreamSummaries: page.map(listedStream),
        ...(more ? { NextToken: page[page.length - 1]?.name } : {}),
      };
    },
    ListShards(raw) {
      const request = readListShards(raw);
      const now = store.clock.now();
      const page =
        request.NextToken === undefined ? firstPage(store, request) : pages.open<ShardPage>(request.NextToken);
      checkPage(request, page, now);
      const stream = freshStream(store, { StreamName: page.stream });
      const all = filterShards(stream, page.filter, now).filter((shard) => shard.id > page.after);
      const shown = all.slice(0, request.MaxResults ?? PAGE.shards);
      const last = shown[shown.length - 1];
      const next =
        shown.length < all.length && last ? pages.seal({ ...page, after: last.id, issuedAt: now }) : undefined;
      return { Shards: shown.map(describeShard), ...(next === undefined ? {} : { NextToken: next }) };
    },
    DescribeLimits() {
      const streams = [...store.streams.values()];
      const onDemand = streams.filter((stream) => stream.onDemand).length;
      const open = streams
        .filter((stream) => !stream.onDemand)
        .reduce((sum, stream) => sum + openShards(stream).length, 0);
      return {
        ShardLimit: SHARD_LIMIT,
        OpenShardCount: open,
        OnDemandStreamCount: onDemand,
        OnDemandStreamCountLimit: 50,
      };
    },
  };
}

/** The default quota of us-east-1. */
export const SHARD_LIMIT = 20_000;

function freshStream(store: StreamStore, ref: Parameters<typeof findStream>[1]): Stream {
  const stream = findStream(store, ref);
  trimStream(stream, store.clock.now());
  return stream;
}

type ListShardsInput = ReturnType<typeof readListShards>;

function firstPage(store: StreamStore, request: ListShardsInput): ShardPage {
  const stream = findStream(store, request);
  const filter = request.ShardFilter;
  const after = request.ExclusiveStartShardId ?? (filter?.Type === 'AFTER_SHARD_ID' ? filter.ShardId : undefined) ?? '';
  return { stream: stream.name, after, filter, issuedAt: store.clock.now() };
}

function checkPage(request: ListShardsInput, page: ShardPage | undefined, now: number): asserts page is ShardPage {
  const also = request.StreamName ?? request.ExclusiveStartShardId;
  if (request.NextToken !== undefined && also !== undefined) {
    throw new AwsError('InvalidArgumentException', 'NextToken and StreamName cannot be provided together.');
  }
  if (page === undefined) throw new AwsError('InvalidArgumentException', 'Invalid NextToken.');
  if (now - page.issuedAt > TOKEN_LIFE_MS) throw new AwsError('ExpiredNextTokenException', 'NextToken has expired.');
  const { filter } = page;
  if (filter?.Type.endsWith('TIMESTAMP') && filter.Timestamp === undefined) {
    throw new AwsError('InvalidArgumentException', `ShardFilter of type ${filter.Type} needs a Timestamp.`);
  }
  if (filter?.Type === 'AFTER_SHARD_ID' && filter.ShardId === undefined) {
    throw new AwsError('InvalidArgumentException', 'ShardFilter of type AFTER_SHARD_ID needs a ShardId.');
  }
}

function filterShards(stream: Stream, filter: ShardFilter, now: number): Shard[] {
  const shards = [...stream.shards.values()];
  const horizon = trimHorizon(stream, now);
  const openAt = (time: number) => (shard: Shard) =>
    shard.createdAt <= time && (shard.closed === undefined || shard.closed.at > time);
  const openSince = (time: number) => (shard: Shard) => shard.closed === undefined || shard.closed.at >= time;
  switch (filter?.Type) {
    case 'AT_LATEST':
      return shards.filter((shard) => shard.closed === undefined);
    case 'AT_TRIM_HORIZON':
      return shards.filter(openAt(Math.max(horizon, stream.createdAt)));
    case 'AT_TIMESTAMP':
      return shards.filter(openAt(Math.max(filter.Timestamp ?? 0, stream.createdAt)));
    case 'FROM_TIMESTAMP':
      return shards.filter(openSince(filter.Timestamp ?? 0));
    case 'FROM_TRIM_HORIZON':
      return shards.filter(openSince(horizon));
    default:
      return shards;
  }
}

function describeShard(shard: Shard): object {
  const [parent, adjacent] = shard.parents;
  return {
    ShardId: shard.id,
    ...(parent === undefined ? {} : { ParentShardId: parent }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
    HashKeyRange: {
      StartingHashKey: decimalHashKey(shard.range.start),
      EndingHashKey: decimalHashKey(shard.range.end),
    },
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequenceNumber,
      ...(shard.closed === undefined ? {} : { EndingSequenceNumber: shard.closed.endingSequenceNumber }),
    },
  };
}

function mode(stream: Stream): object {
  return { StreamMode: stream.onDemand ? 'ON_DEMAND' : 'PROVISIONED' };
}

function listedStream(stream: Stream): object {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: mode(stream),
    StreamCreationTimestamp: seconds(stream.createdAt),
  };
}

function summary(stream: Stream): object {
  return {
    ...listedStream(stream),
    RetentionPeriodHours: stream.retentionHours,
    EnhancedMonitoring: [{ ShardLevelMetrics: [...stream.metrics] }],
    EncryptionType: stream.keyId === undefined ? 'NONE' : 'KMS',
    ...(stream.keyId === undefined ? {} : { KeyId: stream.keyId }),
  };
}
