import { AwsError } from '../gateway/aws-error.ts';
import type { JsonOperation } from '../gateway/json-service.ts';
import { bool, input, integer, list, optional, structure, text, textMap } from '../gateway/shape.ts';
import { SHARD_LIMIT } from './describe.ts';
import { parseHashKey } from './hash-range.ts';
import { findStream, hashKey, shardId, streamArn, streamName, streamRef } from './inputs.ts';
import { checkTargetCount, mergeShards, reshardTo, splitShard } from './reshard.ts';
import type { StreamStore } from './store.ts';
import { openShards, type Shard, type Stream } from './stream.ts';

const tags = textMap({ max: 50 });
const modeDetails = structure({ StreamMode: text({ values: ['PROVISIONED', 'ON_DEMAND'] }) });
const recordKiB = integer({ min: 1024, max: 10_240 });
const readCreate = input({
  StreamName: streamName,
  ShardCount: optional(integer({ min: 1 })),
  StreamModeDetails: optional(modeDetails),
  Tags: optional(tags),
  MaxRecordSizeInKiB: optional(recordKiB),
});
const readDelete = input({ ...streamRef, EnforceConsumerDeletion: optional(bool()) });
const readSplit = input({ ...streamRef, ShardToSplit: shardId, NewStartingHashKey: hashKey });
const readMerge = input({ ...streamRef, ShardToMerge: shardId, AdjacentShardToMerge: shardId });
const readUpdateCount = input({
  ...streamRef,
  TargetShardCount: integer({ min: 1 }),
  ScalingType: text({ values: ['UNIFORM_SCALING'] }),
});
const readRetention = input({ ...streamRef, RetentionPeriodHours: integer() });
const readMaxRecord = input({ StreamARN: streamArn, MaxRecordSizeInKiB: recordKiB });
const readMode = input({ StreamARN: streamArn, StreamModeDetails: modeDetails });
const readEncryption = input({
  ...streamRef,
  EncryptionType: text({ values: ['NONE', 'KMS'] }),
  KeyId: text({ min: 1, max: 2048 }),
});
const readMetrics = input({ ...streamRef, ShardLevelMetrics: list(text({ min: 1, max: 64 }), { min: 1, max: 8 }) });

/** Hours. Source: IncreaseStreamRetentionPeriod's API reference. */
const RETENTION = { least: 24, most: 8760 };

export function manageOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    ...lifeOperations(store),
    ...shardOperations(store),
    ...settingOperations(store),
    ...metricOperations(store),
  };
}

function lifeOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    CreateStream(raw) {
      const request = readCreate(raw);
      const onDemand = request.StreamModeDetails?.StreamMode === 'ON_DEMAND';
      if (onDemand && request.ShardCount !== undefined) {
        throw new AwsError('ValidationException', 'ShardCount must not be given for an on-demand stream.');
      }
      if (!onDemand && request.ShardCount === undefined) {
        throw new AwsError('ValidationException', 'ShardCount must be given for a provisioned stream.');
      }
      checkShardLimit(store, request.ShardCount ?? 0);
      store.create({
        name: request.StreamName,
        onDemand,
        ...(request.ShardCount === undefined ? {} : { shardCount: request.ShardCount }),
        ...(request.MaxRecordSizeInKiB === undefined ? {} : { maxRecordSizeKiB: request.MaxRecordSizeInKiB }),
        tags: request.Tags ?? {},
      });
      return undefined;
    },
    DeleteStream(raw) {
      const request = readDelete(raw);
      const stream = findStream(store, request);
      if (stream.consumers.size > 0 && request.EnforceConsumerDeletion !== true) {
        throw new AwsError(
          'ResourceInUseException',
          `Stream ${stream.name} under account ${store.accountId} has ${stream.consumers.size} registered consumers.`,
        );
      }
      store.remove(stream);
      return undefined;
    },
  };
}

function shardOperations(store: StreamStore): Record<string, JsonOperation> {
  const openShard = (stream: Stream, id: string): Shard => {
    const shard = store.shard(stream, id);
    if (shard.closed === undefined) return shard;
    throw new AwsError(
      'ResourceInUseException',
      `Shard ${id} in stream ${stream.name} under account ${store.accountId} is closed.`,
    );
  };
  return {
    SplitShard(raw) {
      const request = readSplit(raw);
      const stream = provisioned(findStream(store, request));
      const key = parseHashKey(request.NewStartingHashKey);
      if (key === undefined)
        throw new AwsError('InvalidArgumentException', 'NewStartingHashKey must be in the range: [0, 2^128-1].');
      checkShardLimit(store, 1);
      splitShard(stream, openShard(stream, request.ShardToSplit), key, store.clock.now());
      store.changed(stream);
      return undefined;
    },
    MergeShards(raw) {
      const request = readMerge(raw);
      const stream = provisioned(findStream(store, request));
      const [shard, adjacent] = [
        openShard(stream, request.ShardToMerge),
        openShard(stream, request.AdjacentShardToMerge),
      ];
      mergeShards(stream, shard, adjacent, store.clock.now());
      store.changed(stream);
      return undefined;
    },
    UpdateShardCount(raw) {
      const request = readUpdateCount(raw);
      const stream = provisioned(findStream(store, request));
      const current = openShards(stream).length;
      checkTargetCount(stream, request.TargetShardCount);
      checkShardLimit(store, request.TargetShardCount - current);
      reshardTo(stream, request.TargetShardCount, store.clock.now());
      store.changed(stream);
      return {
        StreamName: stream.name,
        StreamARN: stream.arn,
        CurrentShardCount: current,
        TargetShardCount: request.TargetShardCount,
      };
    },
  };
}

function settingOperations(store: StreamStore): Record<string, JsonOperation> {
  return {
    IncreaseStreamRetentionPeriod: (raw) => setRetention(store, raw, 1),
    DecreaseStreamRetentionPeriod: (raw) => setRetention(store, raw, -1),
    UpdateMaxRecordSize(raw) {
      const request = readMaxRecord(raw);
      store.stream(request.StreamARN).maxRecordKiB = request.MaxRecordSizeInKiB;
      return undefined;
    },
    UpdateStreamMode(raw) {
      const request = readMode(raw);
      store.stream(request.StreamARN).onDemand = request.StreamModeDetails.StreamMode === 'ON_DEMAND';
      return undefined;
    },
    StartStreamEncryption(raw) {
      const request = readEncryption(raw);
      findStream(store, request).keyId = request.KeyId;
      return undefined;
    },
    StopStreamEncryption(raw) {
      findStream(store, readEncryption(raw)).keyId = undefined;
      return undefined;
    },
  };
}

function metricOperations(store: StreamStore): Record<string, JsonOperation> {
  const change = (raw: unknown, act: (metrics: Set<string>, name: string) => void): object => {
    const request = readMetrics(raw);
    const stream = findStream(store, request);
    const before = [...stream.metrics];
    for (const name of request.ShardLevelMetrics) act(stream.metrics, name);
    const after = [...stream.metrics];
    return {
      StreamName: stream.name,
      StreamARN: stream.arn,
      CurrentShardLevelMetrics: before,
      DesiredShardLevelMetrics: after,
    };
  };
  return {
    EnableEnhancedMonitoring: (raw) => change(raw, (metrics, name) => metrics.add(name)),
    DisableEnhancedMonitoring: (raw) =>
      change(raw, (metrics, name) => (name === 'ALL' ? metrics.clear() : metrics.delete(name))),
  };
}

function setRetention(store: StreamStore, raw: unknown, direction: 1 | -1): undefined {
  const request = readRetention(raw);
  const stream = findStream(store, request);
  const hours = request.RetentionPeriodHours;
  const [word, side] = direction > 0 ? ['Maximum', 'shorter'] : ['Minimum', 'longer'];
  const bound = direction > 0 ? RETENTION.most : RETENTION.least;
  if ((hours - bound) * direction > 0) {
    throw new AwsError(
      'InvalidArgumentException',
      `${word} allowed retention period is ${bound} hours. Requested retention period (${hours} hours) is out of range.`,
    );
  }
  if ((hours - stream.retentionHours) * direction < 0) {
    throw new AwsError(
      'InvalidArgumentException',
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be ${side} than existing retention period (${stream.retentionHours} hours).`,
    );
  }
  stream.retentionHours = hours;
  return undefined;
}

function provisioned(stream: Stream): Stream {
  if (!stream.onDemand) return stream;
  throw new AwsError('ValidationException', `Stream ${stream.name} is in on-demand mode: its shards can't be changed.`);
}

function checkShardLimit(store: StreamStore, more: number): void {
  const open = [...store.streams.values()].reduce((sum, stream) => sum + openShards(stream).length, 0);
  if (open + more <= SHARD_LIMIT) return;
  throw new AwsError(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${store.accountId}. Current shard count for the account: ${open}. Limit: ${SHARD_LIMIT}.`,
  );
}
